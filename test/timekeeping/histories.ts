/** Histories of clock trouble: the ones with a name, and as many more as a seed gives. */

import fc from "fast-check";
import type { Happening, History } from "./happening.ts";

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const year = 365.25 * day;

/** In both directions. */
export const stepSizesMs: readonly number[] = [second, hour, day, 10 * year].flatMap((ms) => [
  ms,
  -ms,
]);

function wait(seconds: number): Happening {
  return { do: "wait", seconds };
}
function set(ms: number): Happening {
  return { do: "set", ms };
}
const lost: Happening = { do: "server", isReachable: false };
const found: Happening = { do: "server", isReachable: true };
const out: Happening = { do: "uplink", isUp: false };
const back: Happening = { do: "uplink", isUp: true };

/** A step while all is well, during an outage, and while its backlog drains; chrony sets the clock right each time. */
export function stepsEverywhere(ms: number): History {
  return {
    name: `the clock is set by ${ms / second} s`,
    startWallMs: null,
    happenings: [
      ...[wait(70), set(ms), wait(70), out, wait(90), set(ms), wait(160)],
      ...[back, wait(2), set(ms), wait(60)],
    ],
  };
}

export const namedHistories: readonly History[] = [
  {
    name: "a box without a clock chip begins in 1970 and finds its server minutes later",
    startWallMs: 0,
    isAlone: true,
    happenings: [wait(200), found, wait(100)],
  },
  {
    name: "1970, and somebody sets the date by hand before there is a server",
    startWallMs: 0,
    isAlone: true,
    happenings: [
      lost,
      out,
      wait(65),
      set(56.9 * year),
      wait(65),
      set(90 * second),
      wait(30),
      found,
    ],
  },
  {
    name: "1970 at each of three boots, the last with a power cut in doubt",
    startWallMs: 0,
    isAlone: true,
    happenings: [
      ...[wait(70), found, wait(60), lost, { do: "boot", wallMs: 0, downMs: hour }],
      ...[wait(45), { do: "boot", wallMs: 0, downMs: 30 * second }, wait(45), found],
    ] as readonly Happening[],
  },
  {
    name: "a clock that somebody slews while chrony slews it back",
    startWallMs: null,
    happenings: [wait(60), { do: "slew", seconds: 60, msEach: 30 }, wait(60)],
  },
  {
    name: "a leap second",
    startWallMs: null,
    happenings: [wait(60), { do: "leap" }, wait(60)],
  },
  {
    name: "the box sleeps for a night, known and unknown",
    startWallMs: null,
    happenings: [
      ...[wait(60), { do: "sleep", ms: 8 * hour }, wait(60), lost, set(-day), wait(20)],
      ...[{ do: "sleep", ms: 8 * hour }, wait(20), found],
    ] as readonly Happening[],
  },
  {
    name: "a day's steps while delivered readings are due to go",
    startWallMs: null,
    happenings: [wait(300), set(10 * year), wait(250), set(-20 * year), wait(300)],
  },
];

const stepMs = fc.oneof(
  fc.constantFrom(...stepSizesMs),
  fc.integer({ min: -10_000, max: 10_000 }),
  fc.integer({ min: -20 * year, max: 20 * year }),
);
const happening = fc.oneof(
  { weight: 8, arbitrary: stepMs.map(set) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        seconds: fc.integer({ min: 1, max: 20 }),
        msEach: fc.integer({ min: -30, max: 30 }),
      })
      .map((slew): Happening => ({ do: "slew", ...slew })),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 2_000, max: 1e8 }).map((ms): Happening => ({ do: "sleep", ms })),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map((isReachable): Happening => ({ do: "server", isReachable })),
  },
  { weight: 1, arbitrary: fc.boolean().map((isUp): Happening => ({ do: "chronyd", isUp })) },
  { weight: 2, arbitrary: fc.boolean().map((isUp): Happening => ({ do: "uplink", isUp })) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        wallMs: fc.constantFrom(0, "right" as const, 1_000_000_000_000),
        downMs: fc.integer({ min: 1_000, max: 1e8 }),
      })
      .map((boot): Happening => ({ do: "boot", ...boot })),
  },
);

/** Each happening is followed by up to forty seconds of running. */
const seeded: fc.Arbitrary<History> = fc
  .record({
    startWallMs: fc.constantFrom(null, 0, 4_000_000_000_000),
    isAlone: fc.boolean(),
    pairs: fc.array(fc.tuple(happening, fc.integer({ min: 1, max: 40 })), {
      minLength: 12,
      maxLength: 20,
    }),
  })
  .map(({ pairs, ...start }) => ({
    ...start,
    name: "seeded",
    happenings: pairs.flatMap(([one, seconds]) => [one, wait(seconds)]),
  }));

export function seededHistories(count: number, seed: number): readonly History[] {
  const histories = fc.sample(seeded, { numRuns: count, seed });
  return histories.map((history, i) => ({ ...history, name: `seed ${seed}, number ${i}` }));
}
