/** The journal's engine fed with seconds of readings, as the agent would feed it. */

import type { PointHead } from "../../../agent/records.ts";
import type { Engine } from "../../../agent/store/engine.ts";
import { openEngine } from "../../../agent/store/openEngine.ts";
import type { ReadingColumns } from "../../../agent/wire/readingColumns.ts";
import { pointId } from "../../../config/words/names.ts";
import { type SteppedClock, steppedClock } from "./steppedClock.ts";
import type { TankData } from "./tankData.ts";

export interface Filling extends Disposable {
  readonly engine: Engine;
  readonly clock: SteppedClock;
  /** One second: takes the readings, and commits. */
  feed(columns: ReadingColumns): void;
  /** Seals what is left and closes the file. */
  close(): void;
}

const minute = 60_000;

export function tagName(tag: number): string {
  return `T${tag}`;
}

export function heads(tags: number, decimals: number | undefined): PointHead[] {
  return Array.from({ length: tags }, (_, tag) => ({
    id: pointId(tagName(tag)),
    unit: "mm",
    decimals,
  }));
}

/** `uplink`: live seals every 5 s, down every 60 s. */
export function openFilling(options: {
  readonly file: string;
  readonly tags: number;
  readonly decimals: number | undefined;
  readonly uplink: "live" | "down";
  readonly startWallMs: number;
}): Filling {
  const clock = steppedClock(options.startWallMs);
  const opened = openEngine({
    file: options.file,
    site: "bench",
    box: "box1",
    heads: heads(options.tags, options.decimals),
    settings: {
      maxSizeBytes: 8 * 2 ** 30,
      keepReadingsMs: 90 * 24 * 60 * minute,
      keepAlarmsMs: 1095 * 24 * 60 * minute,
      liveEveryMs: 5_000,
      backlogEveryMs: minute,
    },
    clock,
    newEpoch: `bench-${options.startWallMs}`,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const { engine, lock } = opened.value;
  engine.uplinkIs(options.uplink);
  const must = (outcome: ReturnType<Engine["commit"]>): void => {
    if (!outcome.ok) throw new Error(outcome.error.message);
  };
  return {
    engine,
    clock,
    feed(columns) {
      engine.append(columns);
      clock.step(1_000);
      must(engine.commit());
    },
    close() {
      must(engine.close());
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}

/** Readings come in blocks of one question; a question of float32 holds 62. */
const blockSize = 62;

/** One second of readings in arrays of its own: the engine keeps them. */
export function columnsOf(data: TankData, second: number, startWallMs: number): ReadingColumns {
  const { tags } = data;
  const blocks = Math.ceil(tags / blockSize);
  // The blocks of one second come one after another, a millisecond apart for every tenth.
  const offsetMs = (block: number): number => Math.floor(block / 10);
  return {
    wallMs: Float64Array.from(
      { length: blocks },
      (_, i) => startWallMs + second * 1_000 + offsetMs(i),
    ),
    monotonicMs: Float64Array.from(
      { length: blocks },
      (_, i) => 1_000_000 + second * 1_000 + offsetMs(i),
    ),
    counts: Uint32Array.from({ length: blocks }, (_, i) =>
      Math.min(blockSize, tags - i * blockSize),
    ),
    points: Uint32Array.from({ length: tags }, (_, tag) => tag),
    values: Float64Array.from(data.seconds[second] ?? []),
    qualities: new Uint8Array(tags),
  };
}
