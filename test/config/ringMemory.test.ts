/** What the cameras' video takes of the memory. */

import { expect, test } from "vitest";
import { readSite } from "../../config/load.ts";
import { ringMemory, ringNeed } from "../../config/ringMemory.ts";
import type { Site } from "../../config/site.ts";

function siteOf(lines: readonly string[]): Site {
  const head = ["site: { id: s, name: s }", "buses: {}", "devices: {}", "points: {}"];
  const text = `${[...head, "tanks: { T: { name: T } }", ...lines].join("\n")}\n`;
  const read = readSite({ file: "site.yaml", text, io: { fileMode: () => null } });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value.site;
}

const rtsp = 'rtsp: "rtsp://10.0.0.1/a"';

test("64 cameras as they usually are: what is taken all the time fits, with room for many alarms at once", () => {
  const cameras = Array.from({ length: 64 }, (_, i) => `  c${i}: { ${rtsp}, tanks: [T] }`);
  const need = ringMemory(siteOf(["cameras:", ...cameras]));
  // 15 s and a group of 4 s at 512 bytes a millisecond, and half a megabyte.
  expect(need).toEqual({
    cameras: 64,
    keptBytes: 64 * (19_000 * 512 + 524_288),
    heldBytes: 64 * (49_000 * 512 + 524_288),
    limitBytes: 1_073_741_824,
  });
  expect(need.keptBytes).toBeLessThan(0.7 * need.limitBytes);
});

test("a camera that nothing belongs to, or without a stream, takes nothing", () => {
  const site = siteOf([
    "cameras:",
    `  a: { ${rtsp} }`,
    '  b: { snapshot: "http://10.0.0.1/a.jpg", tanks: [T] }',
    `  c: { ${rtsp}, tanks: [T], expected: { kbps: 1000 }, ring: 12s }`,
    "evidence: { before: 20s, memory: 64MiB }",
  ]);
  expect(ringMemory(site)).toMatchObject({ cameras: 1, limitBytes: 67_108_864 });
  // A ring is never longer than it is written, whatever evidence would want.
  const camera = site.cameras["c"];
  if (camera === undefined) throw new Error("no camera c");
  const { keepMs, heldMs, keptBytes } = ringNeed(camera, site.evidence);
  expect({ keepMs, heldMs }).toEqual({ keepMs: 12_000, heldMs: 12_000 });
  expect(keptBytes).toBe(16_000 * 125 + 524_288);
});
