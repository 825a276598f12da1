/** Takes evidence into the journal, and says what became of it. */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Fates, SeqRange } from "../records.ts";
import type { EvidenceBody } from "../wire/evidence.ts";
import { rangesOf } from "./goneTable.ts";
import { type StorageTrouble, storageTrouble } from "./journalError.ts";
import type { Draft, Recorder } from "./recorder.ts";
import type { Tables } from "./tables.ts";

export interface EvidenceKeeper {
  /**
   * Seals one record for each body, all or none, durably: the numbers they got. Makes no room: evidence that does
   * not fit pushes nothing out, and is offered again later.
   */
  keep(bodies: readonly EvidenceBody[]): Result<readonly number[], StorageTrouble>;
  fates(ranges: readonly SeqRange[]): Result<Fates, StorageTrouble>;
}

export function createEvidenceKeeper(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly transaction: <T>(work: (draft: Draft) => T) => Result<T, StorageTrouble>;
}): EvidenceKeeper {
  const { tables, recorder, transaction } = options;
  const waiting = tables.db
    .prepare<[number, number], number>(
      "SELECT seq FROM record WHERE seq BETWEEN ? AND ? AND delivered_age IS NULL ORDER BY seq",
    )
    .pluck();
  const lost = tables.db.prepare<[number, number], { readonly from: number; readonly to: number }>(
    `SELECT from_seq AS "from", to_seq AS "to" FROM gone
     WHERE to_seq >= ? AND from_seq <= ? AND why <> 'delivered' ORDER BY from_seq`,
  );

  const lostIn = ({ from, to }: SeqRange, nextSeq: number): readonly SeqRange[] => {
    const gone = lost
      .all(from, to)
      .map((one) => ({ from: Math.max(from, one.from), to: Math.min(to, one.to) }));
    // A journal that was put back from a copy does not know of them.
    return to < nextSeq ? gone : [...gone, { from: Math.max(from, nextSeq), to }];
  };

  return {
    keep: (bodies) => transaction((draft) => bodies.map((body) => recorder.evidence(draft, body))),
    fates(ranges) {
      try {
        const { nextSeq } = tables.life.read();
        return ok({
          waiting: ranges.flatMap(({ from, to }) => rangesOf(waiting.all(from, to))),
          lost: ranges.flatMap((range) => lostIn(range, nextSeq)),
        });
      } catch (error) {
        return fail(storageTrouble(error));
      }
    },
  };
}
