import { expect, test } from "vitest";
import type { GreyPicture } from "../../../agent/cameras/greyPicture.ts";
import type { Learnt, PictureFault } from "../../../agent/cameras/pictureJudge.ts";
import { PictureWatch } from "../../../agent/cameras/pictureWatch.ts";
import { blurred, instant, Scene, type SceneLook, seeded, still } from "./scene.ts";

const afterMs: Readonly<Record<PictureFault, number>> = {
  ...{ black: 20_000, bright: 20_000, frozen: 60_000, covered: 60_000, moved: 120_000 },
};
const hourMs = 3_600_000;

interface Told {
  readonly fault: PictureFault;
  readonly atMs: number;
}

/** Tells each fault when it begins to stand. */
class Watch {
  readonly told: Told[] = [];
  standing: readonly PictureFault[] = [];
  readonly #pictures: PictureWatch;

  constructor(learnt: Learnt | null = null) {
    this.#pictures = new PictureWatch(afterMs, 0, learnt);
  }

  get learnt(): Learnt {
    return this.#pictures.learnt;
  }

  take(picture: GreyPicture): void {
    const before = this.standing;
    this.#pictures.take(picture);
    this.standing = this.#pictures.standing;
    for (const fault of this.standing) {
      if (!before.includes(fault)) this.told.push({ fault, atMs: picture.takenAt.monotonicMs });
    }
  }
}

/** Day to night within an hour, with all that a plant does in it. */
function busyHour(atMs: number, random: () => number): SceneLook {
  const part = atMs / hourMs;
  const minute = Math.floor(atMs / 60_000);
  return {
    daylight: Math.max(0, Math.min(1, 1.4 - 2 * part)),
    noise: 0.8 + 2 * part,
    people: minute % 3,
    lorry: minute % 10 >= 6 ? 0.45 : 0,
    rain: minute % 12 >= 9 ? 60 * random() : 0,
    areLampsOn: part > 0.55 && minute % 7 !== 0,
    autoExposure: minute % 9 >= 4 ? 0.6 : 0.5,
  };
}

for (const everyMs of [2_000, 10_000]) {
  test(`an hour from day to night with people, lorries, rain and lamps is no fault, a picture each ${everyMs / 1000} s`, () => {
    for (const seed of everyMs < 5_000 ? [1, 3] : [1, 2, 3, 4]) {
      const scene = new Scene(seed);
      const random = seeded(seed + 100);
      const watch = new Watch();
      for (let atMs = 0; atMs <= hourMs; atMs += everyMs) {
        watch.take(scene.picture(atMs, busyHour(atMs, random)));
      }
      expect(watch.told, `seed ${seed}`).toEqual([]);
    }
  });
}

test("a still, quiet scene at night lives for hours", () => {
  for (const seed of [5, 6, 7]) {
    const scene = new Scene(seed);
    const watch = new Watch();
    for (let atMs = 0; atMs <= 2 * hourMs; atMs += 10_000) {
      const noise = atMs < hourMs ? 0.5 - (0.42 * atMs) / hourMs : 0.08;
      watch.take(scene.picture(atMs, { ...still, daylight: 0.1, areLampsOn: true, noise }));
    }
    expect(watch.told, `seed ${seed}`).toEqual([]);
  }
});

type MakeFault = (scene: Scene, atMs: number, look: SceneLook) => GreyPicture;

const frozenAt = (scene: Scene, look: SceneLook) => scene.picture(0, look).grey;

function faultOf(fault: string, scene: Scene, look: SceneLook): MakeFault {
  const copy = frozenAt(scene, look);
  const makers: Readonly<Record<string, MakeFault>> = {
    black: (s, atMs) => ({
      takenAt: instant(atMs),
      grey: s.sensed(new Float32Array(14_400).fill(4), 2),
    }),
    bright: (s, atMs, l) => ({
      takenAt: instant(atMs),
      grey: s.sensed(
        s.picture(atMs, l).grey.map((level) => Math.min(255, 238 + level)),
        1,
      ),
    }),
    frozen: (_, atMs) => ({ takenAt: instant(atMs), grey: copy }),
    "frozen, coded anew": (_, atMs) => ({
      takenAt: instant(atMs),
      grey: copy.map((level, i) => (i % 45 === Math.floor(atMs / 2_000) % 45 ? level ^ 1 : level)),
    }),
    "covered by cloth": (s, atMs) => ({
      takenAt: instant(atMs),
      grey: s.sensed(
        Float32Array.from({ length: 14_400 }, (_, i) => 60 + (i % 160) / 8),
        1,
      ),
    }),
    "out of focus": (s, atMs, l) => ({
      takenAt: instant(atMs),
      grey: s.sensed(blurred(s.picture(atMs, l), 3), l.noise),
    }),
    "turned by 15 px": (s, atMs, l) => s.picture(atMs, l, 15),
    "turned by 60 px": (s, atMs, l) => s.picture(atMs, l, 60),
  };
  const maker = makers[fault];
  if (maker === undefined) throw new Error(`no such fault: ${fault}`);
  return maker;
}

const cases: readonly (readonly [string, PictureFault])[] = [
  ["black", "black"],
  ["bright", "bright"],
  ["frozen", "frozen"],
  ["frozen, coded anew", "frozen"],
  ["covered by cloth", "covered"],
  ["out of focus", "covered"],
  ["turned by 15 px", "moved"],
  ["turned by 60 px", "moved"],
];

for (const [name, fault] of cases) {
  test(`${name}: told as ${fault} within the stated time, by day and at night, and over when it is over`, () => {
    const needed: number[] = [];
    for (const seed of [11, 13]) {
      for (const everyMs of [2_000, 10_000]) {
        for (const look of [
          still,
          { ...still, daylight: 0.15, areLampsOn: true, noise: 1.8, people: 1 },
        ]) {
          const scene = new Scene(seed);
          const watch = new Watch();
          const beginMs = 3 * 60_000 + 1_000;
          const endMs = beginMs + 3 * 60_000;
          const make = faultOf(name, scene, look);
          for (let atMs = 0; atMs < endMs + 60_000; atMs += everyMs) {
            const isFaulty = atMs >= beginMs && atMs < endMs;
            watch.take(isFaulty ? make(scene, atMs, look) : scene.picture(atMs, look));
          }
          const label = `seed ${seed}, each ${everyMs} ms, daylight ${look.daylight}`;
          expect(
            watch.told.map((told) => told.fault),
            label,
          ).toEqual([fault]);
          needed.push((watch.told[0]?.atMs ?? Number.NaN) - beginMs);
          expect(watch.standing, label).toEqual([]);
        }
      }
    }
    expect(Math.max(...needed)).toBeLessThanOrEqual(afterMs[fault]);
    process.stdout.write(
      `${name}: told as ${fault} ${Math.min(...needed) / 1000}-${Math.max(...needed) / 1000} s after it began (stated ${afterMs[fault] / 1000} s)\n`,
    );
  });
}

test("copies coded anew with rough differences are told once a day and a night of the camera's noise are known", () => {
  const scene = new Scene(31);
  const dayMs = 26 * 3_600_000;
  const told = [1, 0].map((days) => {
    const watch = new Watch();
    const beginMs = days * dayMs + 600_000;
    for (let atMs = 0; atMs < beginMs; atMs += 60_000) watch.take(scene.picture(atMs, still));
    const copy = scene.picture(beginMs, still).grey;
    for (let atMs = beginMs; atMs < beginMs + 120_000; atMs += 10_000) {
      const grey = copy.map((level, i) => ((i + atMs / 10_000) % 10 === 0 ? level ^ 1 : level));
      watch.take({ takenAt: instant(atMs), grey });
    }
    return watch.told.map(({ fault, atMs }) => [fault, atMs - beginMs <= 70_000]);
  });
  expect(told).toEqual([[["frozen", true]], []]);
});

test("a camera that was away and shows black for fifteen seconds while it starts is no fault", () => {
  const scene = new Scene(32);
  const watch = new Watch();
  const black = (atMs: number) => ({
    takenAt: instant(atMs),
    grey: scene.sensed(new Float32Array(14_400).fill(4), 2),
  });
  for (let atMs = 0; atMs < 300_000; atMs += 5_000) watch.take(scene.picture(atMs, still));
  for (const atMs of [600_000, 605_000, 610_000, 615_000]) watch.take(black(atMs));
  for (let atMs = 620_000; atMs < 900_000; atMs += 5_000) watch.take(scene.picture(atMs, still));
  expect(watch.told).toEqual([]);
  for (const atMs of [900_000, 905_000, 910_000, 915_000, 920_000]) watch.take(black(atMs));
  expect(watch.told.map(({ fault }) => fault)).toEqual(["black"]);
});
