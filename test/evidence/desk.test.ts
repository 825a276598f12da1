/** An alarm that cameras see has its evidence on the box, whole or with a word about what is missing. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { firstPrevious, sha256 } from "../../agent/evidence/manifest.ts";
import { verifyEvidence } from "../../agent/evidence/verify.ts";
import { begin, block, plant, raise, until } from "./rig.ts";

test("a bundle has readings around the alarm, three pictures and a clip of each camera, each with its hash", async () => {
  const at = plant();
  const life = await begin(at);
  for (let second = 0; second < 70; second += 1) {
    life.memory.take(block(at.clock.now(), [second / 10, 5]));
    await at.clock.advance(1_000);
  }
  const alarmAtMs = at.clock.monotonicMs();
  life.desk.alarms([raise(at.clock, "T-101")]);
  expect(at.cameras.held).toEqual(["东侧", "cam-2"]);
  for (let second = 0; second < 40; second += 1) {
    life.memory.take(block(at.clock.now(), [9, 5]));
    await life.pass(1_000);
  }
  await until(
    () => life.closed.length === 1,
    () => life.pass(1_000),
  );
  expect(at.cameras.held).toEqual([]);
  const [bundle] = life.closed;
  expect(bundle?.manifest).toMatchObject({
    ...{ v: 1, n: 1, previous: firstPrevious, state: "whole", missing: [], moreAlarms: 0 },
    ...{ site: "demo", box: "box1", audit: { n: 7 } },
    alarms: [{ source: "LT-101", tank: "T-101", event: "raise" }],
    cameras: [{ id: "东侧", code: "34020000001320000001" }, { id: "cam-2" }],
  });
  const names = bundle?.manifest.files.map(({ name }) => name).sort();
  const ofEach = ["after.jpg", "at.jpg", "before.jpg", "clip.mp4"];
  expect(names).toEqual(
    ["cam-2", "readings", "东侧"].flatMap((id) =>
      id === "readings" ? ["readings.json"] : ofEach.map((end) => `${id}.${end}`),
    ),
  );
  const path = bundle?.path ?? "";
  for (const { name, sha256: hash, sizeBytes } of bundle?.manifest.files ?? []) {
    const bytes = readFileSync(join(path, name));
    expect(bytes.length).toBe(sizeBytes);
    expect(sha256(bytes)).toBe(hash);
  }
  expect(readdirSync(path).sort()).toEqual([...(names ?? []), "manifest.json"].sort());
  const readings = JSON.parse(readFileSync(join(path, "readings.json"), "utf8"));
  const [level] = readings.points;
  expect(readings.points).toHaveLength(1);
  expect(level).toMatchObject({ point: "LT-101", unit: "m" });
  expect(level.monotonicMs[0]).toBe(alarmAtMs - 60_000);
  expect(level.monotonicMs.at(-1)).toBe(alarmAtMs + 30_000);
  expect(level.values.at(-1)).toBe(9);
  const clip = bundle?.manifest.files.find(({ name }) => name === "cam-2.clip.mp4");
  expect(clip).toMatchObject({ fromMs: alarmAtMs - 10_000, toMs: alarmAtMs + 20_000 });
  expect(await verifyEvidence(at.folder)).toMatchObject({
    ok: true,
    value: { bundles: 1, files: 9, faults: [], open: 0, head: bundle?.sha256 },
  });
  await life.stop();
  expect(at.clock.pending).toBe(0);
});

test("a flood of the same cameras makes one bundle that names them all; other cameras make their own", async () => {
  const at = plant();
  const life = await begin(at);
  const first = raise(at.clock, "T-101");
  life.desk.alarms([first]);
  for (let second = 0; second < 19; second += 1) {
    await life.pass(1_000);
    for (let i = 0; i < 20; i += 1) life.desk.alarms([raise(at.clock, "T-101")]);
  }
  life.desk.alarms([first, { ...first, event: "escalate" }]);
  life.desk.alarms([raise(at.clock, "T-102"), raise(at.clock, "T-103"), raise(at.clock, null)]);
  life.desk.alarms([raise(at.clock, "T-101", { type: "CAMERA" })]);
  life.desk.alarms([raise(at.clock, "T-101", { event: "ack" })]);
  await until(
    () => life.closed.length === 2,
    () => life.pass(1_000),
  );
  // Which is closed first is the disk's matter.
  const both = life.closed.map(({ manifest }) => manifest);
  const [flood, other] = both.toSorted((a, b) => b.cameras.length - a.cameras.length);
  expect(flood?.cameras).toHaveLength(2);
  expect(flood?.alarms).toHaveLength(200);
  expect((flood?.alarms.length ?? 0) + (flood?.moreAlarms ?? 0)).toBe(1 + 19 * 20 + 1);
  expect(other?.alarms).toHaveLength(1);
  expect(life.closed[1]?.manifest.previous).toBe(life.closed[0]?.sha256);
  expect(life.events).toEqual([]);
  await life.stop();
});

test("cameras that are down, hang or throw cost their own pictures, with the reason, and nothing else", async () => {
  const at = plant();
  const life = await begin(at);
  at.cameras.moods = { 东侧: "down", "cam-2": "hanging" };
  life.desk.alarms([raise(at.clock, "T-101")]);
  await until(
    () => life.closed.length === 1,
    () => life.pass(5_000),
  );
  at.cameras.moods = { 东侧: "well", "cam-2": "throwing" };
  life.desk.alarms([raise(at.clock, "T-101")]);
  await until(
    () => life.closed.length === 2,
    () => life.pass(5_000),
  );
  const [down, thrown] = life.closed.map(({ manifest }) => manifest);
  expect(down?.files.map(({ name }) => name)).toEqual(["readings.json"]);
  expect(down?.state).toBe("whole");
  expect(down?.missing).toHaveLength(8);
  expect(down?.missing).toContainEqual({
    ...{ what: "picture", camera: "东侧", offsetMs: -10_000 },
    why: "the camera does not answer",
  });
  expect(down?.missing).toContainEqual({
    ...{ what: "clip", camera: "cam-2", offsetMs: null, why: "no answer within 20 s" },
  });
  expect(thrown?.files.filter(({ camera }) => camera === "东侧")).toHaveLength(4);
  expect(thrown?.missing[0]?.why).toContain("a bug of a camera");
  await life.stop();
});

test("a stop cuts a bundle short, a kill leaves a draft that the next start closes: both say so", async () => {
  const at = plant();
  const first = await begin(at);
  const picturesOnDisk = (): number =>
    readdirSync(at.folder, { recursive: true }).filter((name) => String(name).endsWith(".jpg"))
      .length;
  first.desk.alarms([raise(at.clock, "T-101")]);
  await until(
    () => picturesOnDisk() > 0,
    () => first.pass(1),
  );
  await first.stop();
  expect(first.closed).toHaveLength(1);
  expect(first.closed[0]?.manifest).toMatchObject({ state: "cut-short" });
  expect(first.closed[0]?.manifest.files.map(({ what }) => what)).toContain("picture");
  expect(first.events).toMatchObject([{ type: "evidence", details: { outcome: "cut-short" } }]);

  // Killed: nobody closes it.
  const killed = await begin(at);
  const before = picturesOnDisk();
  killed.desk.alarms([raise(at.clock, "T-102")]);
  await until(
    () => picturesOnDisk() > before,
    () => killed.pass(1),
  );
  const next = await begin(at);
  await until(
    () => next.closed.length === 1,
    () => next.pass(1_000),
  );
  expect(next.closed[0]?.manifest).toMatchObject({
    ...{ n: 2, state: "cut-short", previous: first.closed[0]?.sha256 },
    alarms: [{ tank: "T-102" }],
    missing: [{ what: "clip", camera: "cam-2", why: "the agent ended before" }],
  });
  expect(await verifyEvidence(at.folder)).toMatchObject({ value: { bundles: 2, faults: [] } });
  await next.stop();
});

test("each camera has so many bundles a day, also after a restart; what is refused is told together", async () => {
  const at = plant();
  const life = await begin(at, { perCameraPerDay: 2 });
  for (let i = 0; i < 2; i += 1) {
    life.desk.alarms([raise(at.clock, "T-102")]);
    await until(
      () => life.closed.length === i + 1,
      () => life.pass(5_000),
    );
  }
  life.desk.alarms([raise(at.clock, "T-102"), raise(at.clock, "T-102")]);
  await life.pass(3_000);
  expect(life.events).toMatchObject([
    { details: { outcome: "refused", why: "per-camera-per-day", alarms: [{}, {}] } },
  ]);
  await life.stop();
  const again = await begin(at, { perCameraPerDay: 2 });
  again.desk.alarms([raise(at.clock, "T-102")]);
  // One camera of two has still pictures left.
  again.desk.alarms([raise(at.clock, "T-101")]);
  await until(
    () => again.closed.length === 1,
    () => again.pass(5_000),
  );
  await again.stop();
  expect(again.events).toMatchObject([{ details: { why: "per-camera-per-day", alarms: [{}] } }]);
  const tomorrow = await begin(at, { perCameraPerDay: 2 });
  at.clock.stepWall(86_400_000);
  tomorrow.desk.alarms([raise(at.clock, "T-102")]);
  await until(
    () => tomorrow.closed.length === 1,
    () => tomorrow.pass(5_000),
  );
  await tomorrow.stop();
});

test("at the size limit the oldest bundle that was sent goes, with a word; one that was not is never dropped", async () => {
  const at = plant();
  const sent = new Set<string>();
  const life = await begin(at, { maxSizeBytes: 200_000, mayDrop: ({ id }) => sent.has(id) });
  const make = async (): Promise<void> => {
    const before = life.closed.length;
    life.desk.alarms([raise(at.clock, "T-102")]);
    await until(
      () => life.closed.length === before + 1 || life.desk.open === 0,
      () => life.pass(5_000),
    );
  };
  for (let i = 0; i < 4; i += 1) await make();
  expect(life.store.usedBytes).toBeLessThanOrEqual(200_000);
  const [first, , , fourth] = life.closed;
  expect(fourth?.manifest.missing).toMatchObject([{ what: "clip", why: "no room" }]);
  expect(life.store.bundles.map(({ n }) => n)).toEqual([1, 2, 3, 4]);

  sent.add(first?.id ?? "");
  await make();
  expect(life.store.bundles.map(({ n }) => n)).toEqual([2, 3, 4, 5]);
  expect(existsSync(first?.path ?? "")).toBe(false);
  expect(life.closed.at(-1)?.manifest.missing).toEqual([]);
  expect(life.store.usedBytes).toBeLessThanOrEqual(200_000);
  expect(await verifyEvidence(at.folder)).toMatchObject({
    value: { bundles: 4, dropped: 1, faults: [] },
  });
  await life.stop();
});

test("whatever is changed or taken away afterwards, the verification names it", async () => {
  const at = plant();
  const life = await begin(at);
  for (let i = 0; i < 3; i += 1) {
    life.desk.alarms([raise(at.clock, "T-102")]);
    await until(
      () => life.closed.length === i + 1,
      () => life.pass(5_000),
    );
  }
  await life.stop();
  const [one, two, three] = life.closed.map(({ path }) => path);
  const faults = async (): Promise<readonly string[]> => {
    const verdict = await verifyEvidence(at.folder);
    return verdict.ok ? verdict.value.faults : [verdict.error];
  };
  expect(await faults()).toEqual([]);
  const clip = join(one ?? "", "cam-2.clip.mp4");
  const bytes = readFileSync(clip);
  bytes.writeUInt8((bytes[1_000] ?? 0) ^ 1, 1_000);
  writeFileSync(clip, bytes);
  expect(await faults()).toEqual([expect.stringContaining("cam-2.clip.mp4 was changed")]);
  const manifest = join(two ?? "", "manifest.json");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"priority": 1', '"priority": 4'));
  expect(await faults()).toContainEqual(expect.stringContaining("its manifest was changed"));
  rmSync(three ?? "", { recursive: true });
  expect(await faults()).toContainEqual(expect.stringContaining("it was taken away"));
  const chain = join(at.folder, "chain.jsonl");
  const lines = readFileSync(chain, "utf8").trimEnd().split("\n");
  writeFileSync(chain, `${lines.slice(1).join("\n")}\n`);
  expect(await faults()).toContainEqual(expect.stringContaining("it is not in the chain"));
  expect(await faults()).toContainEqual(expect.stringContaining("wrong number"));
});

test("a power cut between the closing of a bundle and its line in the chain is mended", async () => {
  const at = plant();
  const life = await begin(at);
  for (let i = 0; i < 2; i += 1) {
    life.desk.alarms([raise(at.clock, "T-102")]);
    await until(
      () => life.closed.length === i + 1,
      () => life.pass(5_000),
    );
  }
  await life.stop();
  const chain = join(at.folder, "chain.jsonl");
  const text = readFileSync(chain, "utf8");
  const [first = ""] = text.split("\n");
  writeFileSync(chain, text.slice(0, first.length + 1 + 20));
  const next = await begin(at);
  expect(await verifyEvidence(at.folder)).toMatchObject({ value: { bundles: 2, faults: [] } });
  expect(readFileSync(chain, "utf8")).toBe(text);
  await next.stop();
});
