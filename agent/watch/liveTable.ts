/** The newest reading of every point and the alarms that stand: what a summary or a page shows. */

import { carriesNumber, qualityCode } from "../../config/words/quality.ts";
import type { MonotonicMs } from "../../config/words/time.ts";
import type { AlarmEvent, StandingAlarm } from "../alarmRecords.ts";
import type { ReadingBlock } from "../records.ts";

export interface LiveReading {
  /** NaN when `quality` says that there is none. */
  readonly value: number;
  readonly quality: number;
  /** Null before the first sample. */
  readonly takenMs: MonotonicMs | null;
}

export interface LiveTable {
  take(block: ReadingBlock): void;
  /** Events as they are announced. `isStored` false: the disk does not have it yet, `stored` follows. */
  announce(event: AlarmEvent, isStored: boolean): void;
  stored(event: AlarmEvent): void;
  reading(position: number): LiveReading;
  /** Points whose newest reading carries a number. */
  readonly withNumber: number;
  /** When the newest reading of all was taken; null: none yet. */
  readonly newestMs: MonotonicMs | null;
  /** Every alarm that is not normal, as it was announced last. */
  readonly standing: readonly StandingAlarm[];
  /** Those of them whose condition stands, wherever they are listed. */
  readonly active: number;
  /** Announced transitions that a power cut now would forget: the disk does not answer. */
  readonly unstored: number;
  readonly counts: { readonly raised: number; readonly returned: number };
}

export function createLiveTable(size: number, restored: readonly StandingAlarm[]): LiveTable {
  const values = new Float64Array(size).fill(Number.NaN);
  const codes = new Uint8Array(size).fill(qualityCode["comm-fail"]);
  const takenMs: (MonotonicMs | null)[] = new Array<MonotonicMs | null>(size).fill(null);
  const standing = new Map(restored.map((alarm) => [keyOf(alarm), alarm]));
  const counts = { raised: 0, returned: 0 };
  const unstored = new Set<AlarmEvent>();
  let withNumber = 0;
  let newestMs: MonotonicMs | null = null;
  return {
    counts,
    get newestMs() {
      return newestMs;
    },
    get withNumber() {
      return withNumber;
    },
    get standing() {
      return [...standing.values()];
    },
    get active() {
      return [...standing.values()].filter((alarm) => alarm.detail?.isActive ?? true).length;
    },
    take(block) {
      for (let i = 0; i < block.points.length; i += 1) {
        const position = block.points[i] ?? 0;
        const quality = block.qualities[i] ?? 0;
        withNumber +=
          Number(carriesNumber(quality)) - Number(carriesNumber(codes[position] ?? quality));
        values[position] = block.values[i] ?? Number.NaN;
        codes[position] = quality;
        takenMs[position] = block.takenAt.monotonicMs;
      }
      if (block.points.length > 0) newestMs = block.takenAt.monotonicMs;
    },
    get unstored() {
      return unstored.size;
    },
    stored(event) {
      unstored.delete(event);
    },
    announce(event, isStored) {
      if (!isStored) unstored.add(event);
      if (event.stateAfter === "normal") standing.delete(keyOf(event));
      else standing.set(keyOf(event), event.standing ?? { ...event, since: event.at });
      counts.raised += Number(event.event === "raise");
      counts.returned += Number(event.event === "return");
    },
    reading(position) {
      return {
        value: values[position] ?? Number.NaN,
        quality: codes[position] ?? qualityCode["comm-fail"],
        takenMs: takenMs[position] ?? null,
      };
    },
  };
}

function keyOf({ source, type }: Pick<StandingAlarm, "source" | "type">): string {
  return `${type} ${source}`;
}
