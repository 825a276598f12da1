import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkIoFor } from "../../agent/checkIo.ts";
import { alarmTest } from "../../agent/commands/alarmTest.ts";
import { checkSite } from "../../config/check.ts";
import { loadSite } from "../../config/load.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const page = readFileSync(new URL("../../deploy/docs/manual/alarms.md", import.meta.url), "utf8");
const [, rules = ""] = /```yaml\n(.*?)```/su.exec(page) ?? [];
const levels = ["LT-101", "LT-101B", "LT-103"];
const gases = ["GT-101A", "GT-106B", "GT-106C", "GT-106D"];

function pointLine(tag: string, address: number, what: string): string {
  return `  ${tag}: { device: d, register: { address: ${address} }, ${what} }`;
}

const text = `site: { id: s, name: s }
buses: { b: { type: modbus-tcp, host: 127.0.0.1 } }
devices: { d: { bus: b, unit: 1 } }
points:
${levels.map((tag, i) => pointLine(tag, i, "kind: level, unit: mm, range: [0, 12000], limits: { l: 1200 }")).join("\n")}
${gases.map((tag, i) => pointLine(tag, 10 + i, 'kind: gas-combustible, unit: "%LEL", range: [0, 100], limits: { gas1: 25, gas2: 50 }')).join("\n")}
${pointLine("PT-101", 20, "kind: pressure, unit: kPa, range: [0, 100]")}
${pointLine("P-101", 21, "kind: state, range: [0, 1]")}
${rules}`;

const dir = mkdtempSync(join(tmpdir(), "hazgate-alarm-manual-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("the manual's rules have no fault", () => {
  const loaded = loadSite({ file: "site.yaml", text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error, null, 1));
  const faults = checkSite(loaded.value, checkIoFor("site.yaml"));
  expect(faults.filter(({ code }) => code.startsWith("E"))).toEqual([]);
  expect(Object.keys(loaded.value.site.alarms.rules)).toHaveLength(5);
});

test("the manual's example of a test answers as the manual says", () => {
  const config = join(dir, "site.yaml");
  writeFileSync(config, text);
  const [, words = ""] = /alarm test leak-101 (--set .*)/u.exec(page) ?? [];
  const [, answer = "nothing"] = /^(\+70s {2}raised .*)$/mu.exec(page) ?? [];
  let out = "";
  const code = alarmTest({
    ...{ config, only: ["leak-101"], from: null, recorded: null, forMs: 0, json: false },
    ...{ expect: true, clock: new FakeClock(), random: () => 0.5 },
    set: words
      .split("--set ")
      .slice(1)
      .map((word) => word.trim()),
    io: {
      ...{ lang: "en", isTerminal: false, colour: false, width: 80 },
      out: (said) => {
        out += said;
      },
      err: (said) => {
        out += said;
      },
    },
  });
  expect(out).toContain(answer);
  expect(code).toBe(0);
});
