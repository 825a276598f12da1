/** Which readings stay when not all can, and that those keep their times, values and qualities exactly. */

import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { intervalMsOf, telling, thinned } from "../../agent/store/thinning.ts";
import { openPayload } from "../../agent/wire/payload.ts";
import { type DecodedPoint, decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import { qualities } from "../../config/words/quality.ts";
import { close, HandClock, look, open, scratchFolder } from "./scratchJournal.ts";

const series = fc
  .array(
    fc.record({
      stepMs: fc.integer({ min: 0, max: 90_000 }),
      value: fc.option(fc.integer({ min: -50, max: 50 })),
      quality: fc.constantFrom(...qualities.slice(0, 3)),
    }),
    { minLength: 1, maxLength: 200 },
  )
  .map((steps) => {
    let ms = 1_000_000;
    const monotonicMs = steps.map(({ stepMs }) => {
      ms += stepMs;
      return ms;
    });
    return {
      monotonicMs,
      values: steps.map(({ value }) => value),
      qualities: steps.map(({ quality }) => quality),
    };
  });

test("first, last, every change of quality, the extremes and one of each interval stay", () => {
  fc.assert(
    fc.property(series, fc.constantFrom(1 as const, 2 as const), (one, level) => {
      const intervalMs = intervalMsOf[level];
      const stays = telling(one, intervalMs);
      expect(stays).toEqual([...new Set(stays)].sort((a, b) => a - b));
      expect(stays).toContain(0);
      expect(stays).toContain(one.values.length - 1);
      const of = (ms: number): number[] =>
        one.monotonicMs.map((at) => Math.floor(at / ms)).filter((_, i) => stays.includes(i));
      const intervals = new Set(one.monotonicMs.map((at) => Math.floor(at / intervalMs)));
      expect(new Set(of(intervalMs))).toEqual(intervals);
      for (const [i, quality] of one.qualities.entries()) {
        if (i === 0 || quality === one.qualities[i - 1]) continue;
        expect(stays).toContain(i);
        expect(stays).toContain(i - 1);
      }
      const keyOf = (i: number): string =>
        `${Math.floor((one.monotonicMs[i] ?? 0) / 600_000)} ${one.qualities[i]}`;
      const extremesOf = (which: readonly number[]): Map<string, [number, number]> => {
        const found = new Map<string, [number, number]>();
        for (const i of which) {
          const value = one.values[i] ?? null;
          if (value === null) continue;
          const [low, high] = found.get(keyOf(i)) ?? [value, value];
          found.set(keyOf(i), [Math.min(low, value), Math.max(high, value)]);
        }
        return found;
      };
      expect(extremesOf(stays)).toEqual(extremesOf(one.values.map((_, i) => i)));
    }),
  );
});

test("thinning what was thinned takes nothing more away", () => {
  fc.assert(
    fc.property(series, fc.constantFrom(1 as const, 2 as const), (one, level) => {
      const stays = telling(one, intervalMsOf[level]);
      const only = <T>(column: readonly T[]): T[] => column.filter((_, i) => stays.includes(i));
      const again = {
        monotonicMs: only(one.monotonicMs),
        values: only(one.values),
        qualities: only(one.qualities),
      };
      expect(telling(again, intervalMsOf[level])).toHaveLength(stays.length);
    }),
  );
});

test("what is dropped is counted for each point, and all else is kept", () => {
  fc.assert(
    fc.property(fc.array(series, { minLength: 1, maxLength: 4 }), (all) => {
      const points: DecodedPoint[] = all.map((one, i) => ({
        ...one,
        tag: `P${i}`,
        unit: "m",
        wallMs: one.monotonicMs.map((ms) => ms + 5_000_000),
      }));
      const { kept, lost, dropped } = thinned([points], 1);
      const made = points.reduce((sum, { values }) => sum + values.length, 0);
      expect(kept.points.length + lost).toBe(made);
      expect([...dropped.values()].reduce((sum, one) => sum + one, 0)).toBe(lost);
      const ordered = [...kept.monotonicMs];
      expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
    }),
  );
});

interface Seen {
  readonly wallMs: number;
  readonly monotonicMs: number;
  readonly value: number | null;
  readonly quality: string;
}

function readingsOf(bytes: Uint8Array): Seen[] {
  const opened = openPayload(bytes);
  const decoded = opened.ok ? decodeReadings(opened.value.body) : opened;
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value.flatMap((point) =>
    point.values.map((value, i) => ({
      wallMs: point.wallMs[i] ?? 0,
      monotonicMs: point.monotonicMs[i] ?? 0,
      value,
      quality: point.qualities[i] ?? "good",
    })),
  );
}

test("the journal thins oldest first; what stays keeps its times to the millisecond, across clock steps", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const maxSizeBytes = 8 * 1024 * 1024 + 400 * 4096;
  const life = open(file, clock, { maxSizeBytes });
  const taken = new Map<number, Seen>();
  let value = 0;
  for (let minute = 0; minute < 400; minute += 1) {
    const { wallMs, monotonicMs } = clock.now();
    const at = Array.from({ length: 600 }, (_, i) => i * 100);
    const values = at.map(() => {
      value += 1;
      return value + Math.fround(Math.sin(value)) / 3;
    });
    for (const [i, ms] of at.entries()) {
      const one = { wallMs: wallMs + ms, monotonicMs: monotonicMs + ms, quality: "good" };
      taken.set(values[i] ?? 0, { ...one, value: values[i] ?? 0 });
    }
    life.engine.append({
      wallMs: Float64Array.from(at, (ms) => wallMs + ms),
      monotonicMs: Float64Array.from(at, (ms) => monotonicMs + ms),
      counts: new Uint32Array(600).fill(1),
      points: new Uint32Array(600).fill(2),
      values: Float64Array.from(values),
      qualities: new Uint8Array(600),
    });
    clock.pass(60_000);
    if (minute % 37 === 0) clock.stepWall(minute % 2 === 0 ? 3_600_000 : -1_800_000);
    expect(life.engine.commit().ok).toBe(true);
  }
  const next = life.engine.next({ lane: "backlog", afterSeq: 0, maxRecords: 1e6, maxBytes: 1e9 });
  if (!next.ok) throw new Error(next.error.message);
  const kept = next.value.flatMap(({ bytes }) => readingsOf(bytes));
  const { account } = life.engine.stats();
  expect(kept).toHaveLength(account.stored);
  expect(account.declaredLost).toBeGreaterThan(50_000);
  expect(account.made).toBe(account.stored + account.declaredLost);
  for (const one of kept) {
    const was = taken.get(one.value ?? Number.NaN);
    expect(was).toBeDefined();
    // The first sealing may round by less than 5 ms; thinning adds nothing to it.
    expect(Math.abs(one.wallMs - (was?.wallMs ?? 0))).toBeLessThan(5);
    expect(one.monotonicMs).toBe(was?.monotonicMs);
  }
  // The last hour is as measured.
  const fresh = [...taken.values()].filter(
    ({ monotonicMs }) => monotonicMs >= clock.monotonicMs() - 3_000_000,
  );
  const keptValues = new Set(kept.map((one) => one.value));
  expect(fresh.every((one) => keptValues.has(one.value))).toBe(true);
  expect(look(file).faults).toEqual([]);
  close(life);
});
