/** A journal in a folder of its own, and readings to put into it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AlarmEvent, PointHead, ReadingBlock } from "../../agent/records.ts";
import { openForReading } from "../../agent/store/database.ts";
import type { Engine, JournalSettings } from "../../agent/store/engine.ts";
import { type Inspection, inspect } from "../../agent/store/inspection.ts";
import { openEngine } from "../../agent/store/openEngine.ts";
import { openPayload } from "../../agent/wire/payload.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import { pointId } from "../../config/words/names.ts";
import {
  type Clock,
  type Instant,
  type MonotonicMs,
  monotonicMs,
  type Timer,
  wallMs,
} from "../../config/words/time.ts";

export const heads: readonly PointHead[] = [
  { id: pointId("LT-101"), unit: "m", decimals: 2 },
  { id: pointId("PT-101"), unit: "kPa", decimals: 1 },
  { id: pointId("TT-101"), unit: "°C", decimals: undefined },
  { id: pointId("气体-1"), unit: "%LEL", decimals: 1 },
];

export const settings: JournalSettings = {
  maxSizeBytes: 64 * 1024 * 1024,
  keepReadingsMs: 90 * 86_400_000,
  keepAlarmsMs: 1095 * 86_400_000,
  liveEveryMs: 5_000,
  backlogEveryMs: 60_000,
};

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "hazgate-journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Opened {
  readonly engine: Engine;
  readonly lock: Disposable;
}

let epochs = 0;

export function open(
  file: string,
  clock: Clock,
  more: Partial<JournalSettings> & {
    readonly heads?: readonly PointHead[];
    readonly pendingReadingsMax?: number;
    readonly openReadingsMax?: number;
  } = {},
): Opened {
  epochs += 1;
  const { heads: ownHeads, pendingReadingsMax, openReadingsMax, ...ownSettings } = more;
  const opened = openEngine({
    file,
    site: "demo",
    box: "box1",
    heads: ownHeads ?? heads,
    settings: { ...settings, ...ownSettings },
    clock,
    newEpoch: `epoch-${epochs}`,
    ...(pendingReadingsMax === undefined ? {} : { pendingReadingsMax }),
    ...(openReadingsMax === undefined ? {} : { openReadingsMax }),
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

export function close({ engine, lock }: Opened): void {
  const closed = engine.close();
  lock[Symbol.dispose]();
  if (!closed.ok) throw new Error(closed.error.message);
}

/** One reading of each value, of points 0, 1, 2, ... */
export function block(takenAt: Instant, values: readonly number[], quality = 0): ReadingBlock {
  return {
    takenAt,
    points: Uint32Array.from(values, (_, position) => position),
    values: Float64Array.from(values),
    qualities: new Uint8Array(values.length).fill(quality),
  };
}

export function alarm(at: Instant, change: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    alarmId: "01J0000000000000000000000A",
    source: "LT-101",
    tank: "T-101",
    hazard: null,
    type: "HH",
    event: "raise",
    value: 9.5,
    quality: "good",
    unit: "m",
    limit: 9,
    priority: 1,
    stateAfter: "active",
    reason: "level 9.5 m above HH 9 m",
    at,
    ...change,
  };
}

/** A clock for engines: goes when told, and has no timers, since the engine wants none. */
export class HandClock implements Clock {
  #monotonicMs = 1_000_000;
  #offsetMs = Date.UTC(2026, 0, 1) - 1_000_000;

  pass(ms: number): void {
    this.#monotonicMs += ms;
  }
  stepWall(ms: number): void {
    this.#offsetMs += ms;
  }
  now(): Instant {
    return {
      wallMs: wallMs(this.#monotonicMs + this.#offsetMs),
      monotonicMs: monotonicMs(this.#monotonicMs),
    };
  }
  monotonicMs(): MonotonicMs {
    return monotonicMs(this.#monotonicMs);
  }
  sleep(): Promise<void> {
    throw new Error("the engine must not sleep");
  }
  timer(): Timer {
    throw new Error("the engine must set no timer");
  }
}

/** A second look at the file, as `hazgate audit --deep` takes it. */
export function look(file: string): Inspection {
  const opened = openForReading(file);
  if (!opened.ok) throw new Error(opened.error.message);
  try {
    return inspect(opened.value, { isDeep: true });
  } finally {
    opened.value.close();
  }
}

/** The numbers in a readings record. */
export function valuesOf(bytes: Uint8Array): number[] {
  const opened = openPayload(bytes);
  const decoded = opened.ok ? decodeReadings(opened.value.body) : opened;
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value.flatMap(({ values }) => values.map((one) => one ?? Number.NaN));
}

/** The body of a record of another kind. */
export function bodyOf(bytes: Uint8Array): unknown {
  const opened = openPayload(bytes);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value.body;
}
