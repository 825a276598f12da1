/** A journal as a box with a good uplink leaves it: 500 points a second, one record for five seconds. */

import { openEngine } from "../../agent/store/openEngine.ts";
import { ColumnsBuilder } from "../../agent/wire/readingColumns.ts";
import { pointId } from "../../config/words/names.ts";
import {
  type Clock,
  type Instant,
  monotonicMs,
  type Timer,
  wallMs,
} from "../../config/words/time.ts";
import { block, settings } from "../store/samples.ts";

const pointCount = 500;
const sealEvery = 5;

/** Goes when told; the engine wants no timers. */
class SecondHand implements Clock {
  #ms = 0;
  readonly #wallMs: number;

  constructor(beginWallMs: number) {
    this.#wallMs = beginWallMs;
  }
  pass(ms: number): void {
    this.#ms += ms;
  }
  now(): Instant {
    return { wallMs: wallMs(this.#wallMs + this.#ms), monotonicMs: monotonicMs(this.#ms) };
  }
  monotonicMs() {
    return monotonicMs(this.#ms);
  }
  sleep(): Promise<void> {
    throw new Error("the engine must not sleep");
  }
  timer(): Timer {
    throw new Error("the engine must set no timer");
  }
}

/** `readings`: a multiple of 2,500. They end at `untilWallMs`. */
export function fillJournal(file: string, readings: number, untilWallMs = Date.now()): void {
  const seconds = readings / pointCount;
  const clock = new SecondHand(untilWallMs - seconds * 1_000);
  const heads = Array.from({ length: pointCount }, (_, i) => ({
    id: pointId(`P-${i}`),
    unit: "m",
    decimals: 2,
  }));
  const opened = openEngine({
    ...{ file, heads, settings, clock, site: "demo", box: "box1", newEpoch: "filled" },
    openReadingsMax: pointCount * sealEvery,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const { engine, lock } = opened.value;
  const builder = new ColumnsBuilder();
  for (let second = 1; second <= seconds; second += 1) {
    const values = heads.map((_, i) => Math.round(100 * Math.sin(second / 50 + i)) / 100);
    builder.append(block(clock.now(), values));
    clock.pass(1_000);
    if (second % sealEvery > 0) continue;
    engine.append(builder.take());
    const committed = engine.commit();
    if (!committed.ok) throw new Error(committed.error.message);
  }
  const closed = engine.close();
  lock[Symbol.dispose]();
  if (!closed.ok) throw new Error(closed.error.message);
}
