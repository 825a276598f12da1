/**
 * Given values through the agent's own judging, with the clock of the values. Between two values of a point the device
 * is taken to go on answering the same: the value holds, read again at the point's own period; nothing is interpolated.
 * A recorded value holds no longer than the journal may leave out what has not changed: where more is missing, nothing
 * was read.
 */

import type { Site } from "../../config/site.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { type Clock, type Instant, monotonicMs, wallMs } from "../../config/words/time.ts";
import { tickAll } from "../alarming.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import type { Unjudged } from "../evaluate/rules/ruleBench.ts";
import { openDesk, openEvaluator } from "../judging.ts";
import { type ListedPoint, listPoints } from "../pointList.ts";
import { createTransfers } from "../transfers.ts";
import type { TypedValue } from "./alarmTestValues.ts";

export interface RunOptions {
  readonly site: Site;
  /** By time; `atMs` since the first. */
  readonly values: readonly TypedValue[];
  /** When the first value was. */
  readonly startWallMs: number;
  /** How long the last values stay. */
  readonly forMs: number;
  readonly isRecorded: boolean;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface Told {
  readonly atMs: number;
  readonly event: AlarmEvent;
}

interface Held {
  readonly point: ListedPoint;
  value: number;
  quality: number;
  givenMs: number;
  readMs: number;
}

const tickMs = 1_000;
const periodsTrusted = 3;
const slackMs = 5_000;

export function runValues(options: RunOptions): {
  readonly events: readonly Told[];
  readonly unjudged: readonly Unjudged[];
} {
  const { values, forMs } = options;
  const bench = createBench(options);
  const endMs = (values.at(-1)?.atMs ?? 0) + forMs;
  let next = 0;
  for (let untilMs = 0; ; untilMs = Math.min(untilMs + tickMs, endMs)) {
    while (next < values.length && (values[next]?.atMs ?? 0) <= untilMs) {
      const atMs = values[next]?.atMs ?? 0;
      const first = next;
      while (values[next]?.atMs === atMs) next += 1;
      bench.give(atMs, values.slice(first, next));
    }
    bench.tick(untilMs);
    if (untilMs >= endMs) break;
  }
  return { events: bench.events, unjudged: bench.evaluator.unjudged() };
}

function createBench(options: RunOptions) {
  const { site, startWallMs, random } = options;
  let nowMs = 0;
  const now = (): Instant => ({
    wallMs: wallMs(startWallMs + nowMs),
    monotonicMs: monotonicMs(nowMs),
  });
  // Time is that of the values.
  const clock: Clock = { ...options.clock, now, monotonicMs: () => now().monotonicMs };
  const list = listPoints(site);
  const points = new Map<string, ListedPoint>(list.points.map((point) => [point.id, point]));
  const evaluator = openEvaluator({ site, list, transfers: createTransfers(clock), standing: [] });
  const desk = openDesk({ site, clock, random, evaluator, standing: [], onFlood: () => {} });
  const held = new Map<string, Held>();
  const events: Told[] = [];
  const tell = (found: readonly AlarmEvent[]): void => {
    events.push(...found.map((event) => ({ atMs: nowMs, event })));
  };

  const read = (some: readonly Held[]): void => {
    if (some.length === 0) return;
    const changes = evaluator.evaluate({
      takenAt: now(),
      points: Uint32Array.from(some, ({ point }) => point.position),
      values: Float64Array.from(some, ({ value }) => value),
      qualities: Uint8Array.from(some, ({ quality }) => quality),
    });
    for (const one of some) one.readMs = nowMs;
    tell([...desk.conditions(changes), ...desk.suppressions(evaluator.takeSuppressions())]);
  };

  return {
    evaluator,
    events,
    give(atMs: number, values: readonly TypedValue[]): void {
      nowMs = atMs;
      for (const { tag, value, quality } of values) {
        const point = points.get(tag);
        if (point === undefined) continue;
        const seen = quality ?? inRange(value, point.settings.range);
        held.set(tag, { point, value, quality: seen, givenMs: atMs, readMs: atMs });
      }
      const tags = new Set(values.map(({ tag }) => tag));
      read([...tags].flatMap((tag) => held.get(tag) ?? []));
    },
    tick(atMs: number): void {
      nowMs = atMs;
      read([...held.values()].filter((one) => isDue(one, atMs, options.isRecorded)));
      tell(tickAll({ evaluator, desk, at: now() }));
    },
  };
}

/** Whether a held value would have been read again by now. */
function isDue({ point, givenMs, readMs }: Held, nowMs: number, isRecorded: boolean): boolean {
  const { every, report } = point.settings;
  if (nowMs - readMs < every) return false;
  const holdMs = periodsTrusted * every + slackMs + (report?.max ?? 0);
  return !isRecorded || nowMs - givenMs <= holdMs;
}

function inRange(value: number, range: readonly [number, number] | undefined): number {
  const [low, high] = range ?? [-Infinity, Infinity];
  if (value < low) return qualityCode["under-range"];
  return value > high ? qualityCode["over-range"] : qualityCode.good;
}
