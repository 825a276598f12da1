/** A journal in a folder of its own, and readings to put into it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { PointHead } from "../../agent/records.ts";
import { openForReading } from "../../agent/store/database.ts";
import type { Engine } from "../../agent/store/engine.ts";
import type { JournalSettings } from "../../agent/store/engineOptions.ts";
import { type Inspection, inspect } from "../../agent/store/inspection.ts";
import { openEngine } from "../../agent/store/openEngine.ts";
import { openPayload } from "../../agent/wire/payload.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import {
  type Clock,
  type Instant,
  type MonotonicMs,
  monotonicMs,
  type Timer,
  wallMs,
} from "../../config/words/time.ts";
import { heads, settings } from "./samples.ts";

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
