/** The journal's side of sending: gives out undelivered records, notes what was delivered. */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Outbox, SealedRecord, SentAgain, SeqRange } from "../records.ts";
import { type StorageTrouble, storageTrouble } from "./journalError.ts";
import type { Draft, Recorder } from "./recorder.ts";
import type { RecordHead } from "./recordTable.ts";
import type { Tables } from "./tables.ts";

export interface OutboxReader {
  /** Damaged records met on the way are declared lost instead of given out. */
  next(request: Parameters<Outbox["next"]>[0]): Result<readonly SealedRecord[], StorageTrouble>;
  delivered(ranges: readonly SeqRange[]): Result<number, StorageTrouble>;
  sendAgain(ranges: readonly SeqRange[]): Result<SentAgain, StorageTrouble>;
}

/** One re-request makes so many records undelivered; to ask once more for the same goes on behind them. */
export const sentAgainMax = 100_000;
/** Heads read from the index at once. */
const pieceRecords = 256;

export function createOutboxReader(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly transaction: <T>(work: (draft: Draft) => T) => Result<T, StorageTrouble>;
}): OutboxReader {
  const { tables, recorder, transaction } = options;
  const { records, resend, account } = tables;

  type Request = Parameters<Outbox["next"]>[0];

  const collect = (request: Request, damaged: RecordHead[]): readonly SealedRecord[] => {
    const found: SealedRecord[] = [];
    let sizeBytes = 0;
    for (const head of headsAfter(request)) {
      sizeBytes += head.size;
      if (found.length > 0 && sizeBytes > request.maxBytes) break;
      const bytes = records.sound(head);
      if (bytes === null) damaged.push(head);
      else found.push(sealedRecord(head, bytes));
      if (found.length >= request.maxRecords) break;
    }
    return found;
  };

  /** Piece by piece; no statement stays open between two of them. */
  function* headsAfter({ lane, afterSeq, maxRecords }: Request): Generator<RecordHead> {
    const limit = Math.min(pieceRecords, maxRecords);
    let heads = records.waiting({ lane, afterSeq, limit });
    while (heads.length > 0) {
      yield* heads;
      heads = records.waiting({ lane, afterSeq: heads.at(-1)?.seq ?? afterSeq, limit });
    }
  }

  return {
    next(request) {
      const damaged: RecordHead[] = [];
      try {
        const found = collect(request, damaged);
        if (damaged.length > 0) {
          const told = transaction((draft) => {
            for (const head of damaged) recorder.damaged(draft, head);
          });
          // Should it fail for another reason, they are met again at the next reading.
          if (!told.ok && told.error.kind === "damaged") return told;
        }
        return ok(found);
      } catch (error) {
        return fail(storageTrouble(error));
      }
    },
    delivered: (ranges) =>
      transaction(({ ageMs }) => {
        let marked = 0;
        for (const range of ranges) {
          for (const { kind, readings } of records.deliver(range, ageMs)) {
            account.add(kind, { delivered: kind === "readings" ? readings : 1 });
            marked += 1;
          }
        }
        return marked;
      }),
    sendAgain: (ranges) =>
      transaction(() => {
        const absent: SeqRange[] = [];
        let again = 0;
        for (const range of ranges) {
          for (const { kind, readings } of resend.undeliver(range, sentAgainMax - again)) {
            account.add(kind, { delivered: kind === "readings" ? -readings : -1 });
            again += 1;
          }
          absent.push(...resend.absentIn(range));
        }
        return { again, absent };
      }),
  };
}

function sealedRecord(head: RecordHead, bytes: Uint8Array): SealedRecord {
  const { seq, kind, lane, readings, encoding } = head;
  return { seq, kind, lane, readings, bytes, encoding };
}
