import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DeviceHealth, nextHealth, up } from "../../agent/acquire/deviceHealth.ts";
import { createScheduler } from "../../agent/acquire/scheduler.ts";

interface Unit {
  readonly everyMs: number;
  readonly replyMs: number;
  readonly isHazard?: boolean;
  /** When it is silent, in ms from the start. */
  readonly isDead?: (ms: number) => boolean;
}

interface Seen {
  readonly reads: number[][];
  readonly silences: number[];
  readonly probes: number[];
}

const timeout = { kind: "timeout", message: "" } as const;

/** A line of one-question units in pure time: an answer takes `replyMs`, silence takes `timeoutMs`. */
function runLine(units: readonly Unit[], timeoutMs: number, endMs: number): Seen {
  const health: DeviceHealth[] = units.map(() => up);
  const scheduler = createScheduler(
    units.map((unit, device) => ({
      everyMs: unit.everyMs,
      readMsMax: timeoutMs,
      device,
      isHazard: unit.isHazard ?? false,
    })),
    0,
  );
  const seen: Seen = { reads: units.map(() => []), silences: units.map(() => 0), probes: [] };
  let nowMs = 0;
  let turns = 0;
  while (nowMs < endMs) {
    turns += 1;
    if (turns > endMs * 10) throw new Error("the scheduler spins");
    const decision = scheduler.next(nowMs, health);
    if (decision.do === "wait") {
      expect(decision.untilMs).toBeGreaterThan(nowMs);
      nowMs = decision.untilMs;
      continue;
    }
    const { question } = decision;
    const unit = units[question]!;
    if (decision.do === "silence") {
      seen.silences[question]! += 1;
      scheduler.done(question, nowMs);
      continue;
    }
    const isDead = unit.isDead?.(nowMs) ?? false;
    nowMs += isDead ? timeoutMs : unit.replyMs;
    const before = health[question]!;
    health[question] = nextHealth(before, isDead ? timeout : null, nowMs);
    if (before.phase === "down" && !isDead) scheduler.revive(question, nowMs);
    if (!isDead) seen.reads[question]!.push(nowMs);
    if (decision.isProbe) seen.probes.push(nowMs);
    if (!decision.isProbe || !isDead) scheduler.done(question, nowMs);
  }
  return seen;
}

function worstGapMs(times: readonly number[], fromMs: number): number {
  const late = times.filter((ms) => ms >= fromMs);
  return Math.max(...late.slice(1).map((ms, i) => ms - late[i]!));
}

const dead = (): boolean => true;
const units = (living: number, deadOnes: number, unit: Unit): Unit[] => [
  ...Array.from({ length: living }, () => unit),
  ...Array.from({ length: deadOnes }, () => ({ ...unit, isDead: dead })),
];

describe("staleness of a living unit, 10 units of 62.5 ms at 9600 baud, time-out 500 ms", () => {
  test.each([0, 1, 3, 5, 9])(
    "with %d of them dead it stays within its period of 1 s + one reply",
    (n) => {
      const seen = runLine(units(10 - n, n, { everyMs: 1_000, replyMs: 62.5 }), 500, 120_000);
      for (const reads of seen.reads.slice(0, 10 - n)) {
        expect(worstGapMs(reads, 20_000)).toBeLessThanOrEqual(1_000 + 62.5 + 1e-6);
      }
    },
  );
  test("free running, it pays at most one time-out a round, however many are dead", () => {
    for (const n of [3, 9]) {
      const living = 10 - n;
      const seen = runLine(units(living, n, { everyMs: 10, replyMs: 62.5 }), 500, 120_000);
      const best = living * 62.5 + 500;
      for (const reads of seen.reads.slice(0, living)) {
        expect(worstGapMs(reads, 20_000)).toBeLessThanOrEqual(best * 1.1);
      }
      expect(seen.probes.length).toBeGreaterThan(5);
    }
  });
});

test("a dead unit comes back within its back-off of at most 30 s and gets its period again", () => {
  const flaky: Unit = { everyMs: 1_000, replyMs: 50, isDead: (ms) => ms > 10_000 && ms < 60_000 };
  const seen = runLine([{ everyMs: 1_000, replyMs: 50 }, flaky], 500, 120_000);
  const back = seen.reads[1]!.find((ms) => ms >= 60_000) ?? Number.POSITIVE_INFINITY;
  expect(back).toBeLessThanOrEqual(60_000 + 31_000);
  expect(worstGapMs(seen.reads[1]!, back)).toBeLessThanOrEqual(1_050);
});

test("every due time of a dead unit yields silence: as many as a living one has reads", () => {
  const seen = runLine(units(1, 1, { everyMs: 1_000, replyMs: 50 }), 200, 60_000);
  expect(seen.silences[1]! + 2).toBeGreaterThanOrEqual(seen.reads[0]!.length - 1);
});

test("hazard points go first when the line cannot serve all", () => {
  const line: Unit[] = [
    ...Array.from({ length: 20 }, () => ({ everyMs: 1_000, replyMs: 100 })),
    { everyMs: 1_000, replyMs: 100, isHazard: true },
  ];
  const seen = runLine(line, 500, 60_000);
  expect(worstGapMs(seen.reads[20]!, 5_000)).toBeLessThanOrEqual(1_101);
  for (const reads of seen.reads.slice(0, 20)) expect(reads.length).toBeGreaterThan(15);
});

test("what the line has no time for is silence, not an old value; a stall of the machine starves nobody", () => {
  const greedy = { everyMs: 100, replyMs: 100, isHazard: true };
  const seen = runLine([greedy, greedy, { everyMs: 1_000, replyMs: 100 }], 500, 60_000);
  expect(seen.reads[2]!.length).toBe(0);
  expect(seen.silences[2]!).toBeGreaterThanOrEqual(10);
  const line = [0, 1, 2].map(() => ({
    everyMs: 1_000,
    readMsMax: 500,
    device: 0,
    isHazard: false,
  }));
  const stalled = createScheduler(line, 0);
  for (const question of [0, 1, 2]) stalled.done(question, 0);
  expect(stalled.next(60_000, [up])).toMatchObject({ do: "ask" });
});

const unit = fc.record({
  everyMs: fc.integer({ min: 50, max: 5_000 }),
  replyMs: fc.integer({ min: 5, max: 100 }),
  isHazard: fc.boolean(),
  isDead: fc.option(fc.constant(dead), { nil: undefined }),
});

test("on any line with room to spare no living unit is ever later than a period and one occupation", () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 12 }), (line) => {
      const timeoutMs = 200;
      const living = line.filter((one) => one.isDead === undefined);
      const load = living.reduce((sum, one) => sum + one.replyMs / one.everyMs, 0);
      const shortest = Math.min(...living.map((one) => one.everyMs));
      const roundMs = living.reduce((sum, one) => sum + one.replyMs, 0);
      fc.pre(living.length > 0 && load < 0.5 && shortest >= 2 * (roundMs + timeoutMs));
      const seen = runLine(line as Unit[], timeoutMs, 60_000);
      for (const [i, one] of line.entries()) {
        if (one.isDead !== undefined) continue;
        expect(worstGapMs(seen.reads[i]!, 10_000)).toBeLessThanOrEqual(
          one.everyMs + roundMs + timeoutMs,
        );
      }
    }),
    { numRuns: 60 },
  );
});

test("however long the box has been up, a question is asked once each period", () => {
  // Milliseconds since the boot carry a fraction, and are rounded ever more coarsely beyond each power of two.
  const sinceBoot = fc.record({
    power: fc.integer({ min: 10, max: 41 }),
    beforeMs: fc.double({ min: 0, max: 3_000, noNaN: true }),
    everyMs: fc.integer({ min: 10, max: 2_000 }),
    lateMs: fc.double({ min: 0, max: 5, noNaN: true }),
  });
  fc.assert(
    fc.property(sinceBoot, ({ power, beforeMs, everyMs, lateMs }) => {
      const startMs = 2 ** power - beforeMs;
      const line = [{ everyMs, readMsMax: 5, device: 0, isHazard: false }];
      const scheduler = createScheduler(line, startMs, () => 5);
      const periods = Math.ceil(6_000 / everyMs);
      const endMs = startMs + periods * everyMs - 0.5;
      let asks = 0;
      for (let nowMs = startMs; nowMs < endMs && asks <= 2 * periods; ) {
        const decision = scheduler.next(nowMs, [up]);
        if (decision.do === "ask") {
          asks += 1;
          scheduler.done(0, nowMs);
        } else if (decision.do === "wait") nowMs = decision.untilMs + lateMs;
        else throw new Error(`unasked: ${decision.do}`);
      }
      // Late by its own waits only, never more often.
      expect(asks).toBeLessThanOrEqual(periods);
      expect(asks).toBeGreaterThan(periods / 2);
    }),
    { numRuns: 2_000 },
  );
});
