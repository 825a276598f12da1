import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { learntFileOf, readLearnt, writeLearnt } from "../../../agent/cameras/learntFile.ts";
import { LearntKeeper } from "../../../agent/cameras/learntKeeper.ts";
import type { Learnt, PictureFault } from "../../../agent/cameras/pictureJudge.ts";
import { PictureWatch } from "../../../agent/cameras/pictureWatch.ts";
import { FakeClock } from "../../fakes/fakeClock.ts";
import { Scene, type SceneLook, still } from "./scene.ts";

const checks: Readonly<Record<PictureFault, number>> = {
  ...{ black: 20_000, bright: 20_000, frozen: 60_000, covered: 60_000, moved: 120_000 },
};
const minuteMs = 60_000;
const night: SceneLook = { ...still, daylight: 0, areLampsOn: true, noise: 1.8 };
const camera = "东-1";
let dir = "";
let file = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hazgate-learnt-"));
  file = learntFileOf(dir, camera);
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Pictures of one life of the agent; what was told of them, and what was learnt. */
function live(
  scene: Scene,
  given: {
    readonly look: SceneLook;
    readonly minutes: number;
    readonly turned?: number;
    readonly learnt?: Learnt | null;
  },
): { readonly told: ReadonlySet<PictureFault>; readonly learnt: Learnt } {
  const watch = new PictureWatch(checks, 0, given.learnt ?? null);
  const told = new Set<PictureFault>();
  for (let atMs = 10_000; atMs < given.minutes * minuteMs; atMs += 10_000) {
    watch.take(scene.picture(atMs, given.look, given.turned));
    for (const fault of watch.standing) told.add(fault);
  }
  return { told, learnt: watch.learnt };
}

async function keptAndRead(learnt: Learnt): Promise<Learnt> {
  expect(await writeLearnt(file, camera, learnt)).toBeNull();
  const read = await readLearnt(file, camera);
  if (!read.ok || read.value === null) throw new Error("nothing was kept");
  return read.value;
}

test("a camera turned while the agent was down is told as moved; without the file it would not be", async () => {
  for (const seed of [51, 52, 53]) {
    const scene = new Scene(seed);
    const { learnt } = live(scene, { look: still, minutes: 5 });
    const kept = await keptAndRead(learnt);
    const turned = { look: still, minutes: 4, turned: 20 };
    expect([...live(scene, { ...turned, learnt: kept }).told], `seed ${seed}`).toEqual(["moved"]);
    expect([...live(scene, turned).told], `seed ${seed}`).toEqual([]);
    expect(readFileSync(file).byteLength).toBeLessThan(16_000);
  }
});

test("what was learnt by day holds at night, and the other way round, after a restart in between", async () => {
  for (const seed of [61, 62, 63, 64, 65, 66]) {
    for (const [before, after] of [
      [still, night],
      [night, still],
      [still, { ...night, rain: 40, people: 2, autoExposure: 0.5 }],
    ] as const) {
      const scene = new Scene(seed);
      const { learnt } = live(scene, { look: before, minutes: 20 });
      const kept = await keptAndRead(learnt);
      const { told } = live(scene, { look: after, minutes: 30, learnt: kept });
      expect([...told], `seed ${seed}`).toEqual([]);
    }
  }
});

test("the noise of a day and a night lives over a restart", async () => {
  const scene = new Scene(71);
  const watch = new PictureWatch(checks, 0, null);
  for (let atMs = 0; atMs < 25 * 3_600_000; atMs += minuteMs)
    watch.take(scene.picture(atMs, still));
  const kept = await keptAndRead(watch.learnt);
  expect(kept.noise).toEqual(watch.learnt.noise);
  const standing = [kept, null].map((earlier) => {
    const next = new PictureWatch(checks, 0, earlier);
    for (let atMs = 0; atMs < 60_000; atMs += 10_000) next.take(scene.picture(atMs, still));
    const copy = scene.picture(0, still).grey;
    for (let atMs = 60_000; atMs <= 130_000; atMs += 10_000) {
      const grey = copy.map((level, i) => ((i + atMs / 10_000) % 10 === 0 ? level ^ 1 : level));
      next.take({ takenAt: scene.picture(atMs, still).takenAt, grey });
    }
    return next.standing;
  });
  expect(standing).toEqual([["frozen"], []]);
});

test("a file that is damaged, cut short, of another version or camera is none, with the reason", async () => {
  const { learnt } = live(new Scene(81), { look: still, minutes: 3 });
  expect(await readLearnt(file, camera)).toEqual({ ok: true, value: null });
  await writeLearnt(file, camera, learnt);
  const whole = readFileSync(file, "utf8");
  expect((await readLearnt(file, "another")).ok).toBe(false);
  for (const damaged of [
    ...["", "\0".repeat(500), whole.slice(0, -300), "null"],
    ...[whole.replace('"v":1', '"v":2'), whole.replace(/"x":"..../, '"x":"')],
  ]) {
    writeFileSync(file, damaged);
    const read = await readLearnt(file, camera);
    expect(read.ok, damaged.slice(0, 40)).toBe(false);
  }
});

test("is written once the view is known, then every six hours, and leaves no other file behind", async () => {
  const clock = new FakeClock();
  const { learnt } = live(new Scene(91), { look: still, minutes: 3 });
  let now: Learnt = { view: null, noise: [] };
  const keeper = new LearntKeeper({ file, camera, clock, learnt: () => now, hasView: false });
  const writes: number[] = [];
  let before = 0;
  for (let minute = 0; minute < 24 * 60; minute += 10) {
    if (minute === 60) now = learnt;
    await clock.advance(10 * minuteMs);
    expect(await keeper.keepIfDue()).toBeNull();
    const changed = statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
    if (changed !== before) writes.push(minute);
    before = changed;
  }
  expect(writes[0]).toBe(60);
  expect(writes.length).toBeLessThanOrEqual(5);
  // The camera was turned on purpose: the old view must not come back with the next start.
  now = { view: null, noise: learnt.noise };
  await keeper.keep();
  const read = await readLearnt(file, camera);
  expect(read.ok && read.value?.view).toBeNull();
  expect(readdirSync(dirname(file))).toHaveLength(1);
});

test("a place that cannot be written is told in a sentence", async () => {
  writeFileSync(join(dir, "cameras"), "");
  const { learnt } = live(new Scene(92), { look: still, minutes: 3 });
  expect(await writeLearnt(file, camera, learnt)).toMatch(/EEXIST|ENOTDIR/);
});
