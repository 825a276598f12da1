/**
 * Reads every record again while the agent runs, in small steps: whether table and indexes say the same, and whether
 * the bytes are those that were sealed; at the end of each pass also the small tables and the balance. All of it at
 * least once a day, whatever its size. A record with damaged bytes is taken out and told; anything else that is
 * not as it was written means that the file is damaged.
 */

import type { Database } from "better-sqlite3";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import { lanes, recordKinds, type SeqRange } from "../records.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { Draft, Recorder } from "./recorder.ts";
import type { RecordHead } from "./recordTable.ts";
import { bookDamage, sequenceDamage } from "./soundness.ts";
import type { Tables } from "./tables.ts";

export interface CheckFigures {
  /** When the last whole pass ended; null: none yet. */
  readonly checkedWallMs: number | null;
  /** Records read in the pass under way. */
  readonly checkedRecords: number;
  /** Records found damaged since the start. */
  readonly damagedRecords: number;
}

export interface BackgroundCheck {
  readonly figures: CheckFigures;
  /** One small step, when it is time for one; false: it was not. Trouble of kind `damaged`: the file is. */
  step(options: { readonly at: Instant; readonly ageMs: number }): Result<boolean, StorageTrouble>;
}

/** A pass over the whole file takes this long at most; a small file is not read more often than that either. */
const passMs = 12 * 3_600_000;
const stepEveryMs = 1_000;
const stepRecordsMin = 4;
/** So that no step takes longer than a few milliseconds; a larger journal gets more steps. */
const stepRecordsMax = 32;
const format = 2;

type Head = RecordHead & { readonly delivered_age: number | null };

export function createBackgroundCheck(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
}): BackgroundCheck {
  const { tables, recorder } = options;
  const { db, records, gone, life } = tables;
  const pieces = openPieces(db);
  let after = 0;
  let dueMs = Number.NEGATIVE_INFINITY;
  let passBegunMs = Number.NEGATIVE_INFINITY;
  let figures: CheckFigures = { checkedWallMs: null, checkedRecords: 0, damagedRecords: 0 };

  const takeOut = (draft: Draft, head: Head): void => {
    if (head.delivered_age === null) {
      recorder.damaged(draft, head);
      return;
    }
    records.remove(head.seq);
    gone.add([head.seq], "damaged");
    recorder.event(draft, {
      type: "journal-damaged",
      at: draft.at,
      by: "box",
      note: `the stored bytes of ${head.kind} record ${head.seq}, already delivered, no longer match their checksum`,
      details: { seq: head.seq, kind: head.kind, readings: head.readings },
    });
  };

  const checkBytes = (
    heads: readonly Head[],
    when: { readonly at: Instant; readonly ageMs: number },
  ): Result<void, StorageTrouble> => {
    const bad = heads.filter((head) => records.sound(head) === null);
    if (bad.length > 0) {
      const done = recorder.transaction({ ...when, isClean: false }, (draft) => {
        for (const head of bad) takeOut(draft, head);
      });
      if (!done.ok) return done;
    }
    figures = {
      ...figures,
      checkedRecords: figures.checkedRecords + heads.length,
      damagedRecords: figures.damagedRecords + bad.length,
    };
    return ok(undefined);
  };

  const beginPass = (ageMs: number): void => {
    passBegunMs = ageMs;
    figures = { ...figures, checkedRecords: 0 };
  };

  const endPass = (at: Instant): Result<boolean, StorageTrouble> => {
    const damage = db.transaction(() => bookDamage(db, format) ?? sequenceDamage(db))();
    if (damage !== null) return damaged(damage);
    after = 0;
    dueMs = passBegunMs + passMs;
    figures = { ...figures, checkedWallMs: at.wallMs };
    return ok(true);
  };

  return {
    get figures() {
      return figures;
    },
    step({ at, ageMs }) {
      if (ageMs < dueMs) return ok(false);
      if (after === 0) beginPass(ageMs);
      const { nextSeq } = life.read();
      const size = stepRecords(nextSeq);
      const heads = pieces.heads(after, size);
      const last = heads.at(-1)?.seq;
      const isEnd = heads.length < size || last === undefined;
      const to = isEnd ? Number.MAX_SAFE_INTEGER : last;
      const damage = pieces.indexDamage(heads, { from: after + 1, to });
      if (damage !== null) return damaged(damage);
      const read = checkBytes(heads, { at, ageMs });
      if (!read.ok) return read;
      if (isEnd) return endPass(at);
      after = last;
      // More records than steps of this size in a pass: the steps come closer.
      dueMs = ageMs + Math.min(stepEveryMs, (passMs * size) / nextSeq);
      return ok(true);
    },
  };
}

interface Pieces {
  heads(after: number, limit: number): readonly Head[];
  /** What differs between both indexes and these rows, which are all of this range; null: nothing. */
  indexDamage(heads: readonly Head[], range: SeqRange): string | null;
}

function openPieces(db: Database): Pieces {
  const piece = db.prepare<[number, number], Head>(
    "SELECT * FROM record NOT INDEXED WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  const waiting = db.prepare<[string, number, number], Omit<Head, "delivered_age">>(
    `SELECT lane, seq, kind, readings, size, from_wall, thinned, sealed_age
     FROM record INDEXED BY record_waiting
     WHERE lane = ? AND seq BETWEEN ? AND ? AND delivered_age IS NULL`,
  );
  const delivered = db.prepare<
    [string, number, number],
    Pick<Head, "kind" | "seq" | "delivered_age">
  >(
    `SELECT kind, seq, delivered_age FROM record INDEXED BY record_delivered
     WHERE kind = ? AND seq BETWEEN ? AND ? AND delivered_age IS NOT NULL`,
  );
  const indexDamage = (heads: readonly Head[], { from, to }: SeqRange): string | null => {
    const inIndex = [
      ...lanes.flatMap((lane) => waiting.all(lane, from, to)).map(waitingKey),
      ...recordKinds.flatMap((kind) => delivered.all(kind, from, to)).map(deliveredKey),
    ];
    const inTable = heads.map((head) =>
      head.delivered_age === null ? waitingKey(head) : deliveredKey(head),
    );
    const isSame =
      inIndex.length === inTable.length &&
      new Set([...inIndex, ...inTable]).size === inTable.length;
    return isSame ? null : `table and index differ between records ${from} and ${to}`;
  };

  return { heads: (after, limit) => piece.all(after, limit), indexDamage };
}

/** How many records a step reads, so that a pass over so many ends in time. */
function stepRecords(nextSeq: number): number {
  const steps = passMs / stepEveryMs;
  return Math.min(stepRecordsMax, Math.max(stepRecordsMin, Math.ceil(nextSeq / steps)));
}

function waitingKey(head: Omit<Head, "delivered_age" | "crc" | "encoding" | "to_wall">): string {
  const { lane, seq, kind, readings, size, from_wall, thinned, sealed_age } = head;
  return JSON.stringify([0, lane, seq, kind, readings, size, from_wall, thinned, sealed_age]);
}

function deliveredKey({
  kind,
  seq,
  delivered_age,
}: Pick<Head, "kind" | "seq" | "delivered_age">): string {
  return JSON.stringify([1, kind, seq, delivered_age]);
}

function damaged(why: string): Result<never, StorageTrouble> {
  return fail({ kind: "damaged", message: why });
}
