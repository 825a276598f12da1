/** Proves from the stored records alone what is there, what is declared lost and what is simply missing. */

import { openPayload } from "../../wire/payload.ts";
import { decodeReadings } from "../../wire/readingsDecoder.ts";
import type { LifeSummary } from "./lives.ts";
import type { RecordStore, StoredRecord } from "./recordStore.ts";

export interface LifeProof extends LifeSummary {
  /** Readings found by decoding every record. */
  readonly decodedReadings: number;
  /** Records whose bytes do not say what their envelope counts. */
  readonly damaged: number;
  /** No hole without a gap, nothing damaged, and decoded = announced. */
  readonly isComplete: boolean;
}

/** Decodes every record: takes about a second per 10 million readings. */
export function completeness(store: RecordStore): readonly LifeProof[] {
  const found = new Map<string, { readings: number; damaged: number }>();
  for (const page of store.pages()) {
    for (const record of page) {
      const key = `${record.site}/${record.box}/${record.epoch}`;
      const sum = found.get(key) ?? { readings: 0, damaged: 0 };
      const readings = readingsIn(record);
      if (readings === null) sum.damaged += 1;
      else sum.readings += readings;
      found.set(key, sum);
    }
  }
  return store.summaries().map((summary) => {
    const sum = found.get(`${summary.site}/${summary.box}/${summary.epoch}`);
    const decodedReadings = sum?.readings ?? 0;
    const damaged = sum?.damaged ?? 0;
    const isComplete =
      summary.holes.length === 0 &&
      damaged === 0 &&
      decodedReadings === summary.readings + summary.repeatedReadings;
    return { ...summary, decodedReadings, damaged, isComplete };
  });
}

/** Null: damaged. */
function readingsIn(record: StoredRecord): number | null {
  const opened = openPayload(record.bytes);
  if (!opened.ok || opened.value.seq !== record.seq) return null;
  if (record.kind !== "readings") return 0;
  const points = decodeReadings(opened.value.body);
  return points.ok ? points.value.reduce((sum, point) => sum + point.values.length, 0) : null;
}
