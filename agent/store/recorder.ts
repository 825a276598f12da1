/**
 * Adds sealed records within one transaction. The sequence number lives in the file alone: it is read
 * when the transaction begins and written back before it ends, so that a failed commit uses up none.
 */

import { fail, ok, type Result } from "../../config/words/result.ts";
import { type Instant, type WallMs, wallMs } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import type { BoxEvent, GapRecord, Lane, RecordKind, SeqRange } from "../records.ts";
import type { GapBody } from "../wire/envelope.ts";
import type { EvidenceBody } from "../wire/evidence.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import type { PointLabel } from "../wire/readingsEncoder.ts";
import { type StorageTrouble, storageTrouble } from "./journalError.ts";
import type { RecordHead } from "./recordTable.ts";
import type { Sealer } from "./sealing.ts";
import type { SequenceMark } from "./sequenceMark.ts";
import type { Tables } from "./tables.ts";

/** A transaction under way. */
export interface Draft {
  readonly at: Instant;
  readonly ageMs: number;
  nextSeq: number;
  /** Lanes that got a record. */
  readonly lanes: Set<Lane>;
}

export type Gap = GapRecord & {
  readonly seqs: readonly SeqRange[];
  /** Of `seqs`, when it is not this journal's. */
  readonly epoch?: string;
  /** Who or what stopped the agent. */
  readonly by?: string;
};

/** Points one gap record names at most, so that it stays within a record's size. */
const gapPointsMax = 1_000;

export interface Recorder {
  /** All or nothing. `isClean`: nothing is to be written after this. */
  transaction<T>(
    options: { readonly at: Instant; readonly ageMs: number; readonly isClean: boolean },
    work: (draft: Draft) => T,
  ): Result<T, StorageTrouble>;
  readings(draft: Draft, parts: readonly ReadingColumns[], lane: "live" | "backlog"): void;
  alarm(draft: Draft, event: AlarmEvent): void;
  event(draft: Draft, event: BoxEvent): void;
  /** Returns the number it got. */
  evidence(draft: Draft, body: EvidenceBody): number;
  /** Tells the loss; the counters are the caller's. */
  gap(draft: Draft, gap: Gap): void;
  /** Takes a record with damaged bytes out and declares it lost. */
  damaged(draft: Draft, head: RecordHead): void;
}

export function createRecorder(options: {
  readonly tables: Tables;
  readonly mark: SequenceMark;
  readonly sealer: Sealer;
  readonly labelOf: (point: number) => PointLabel;
}): Recorder {
  const { tables, sealer, labelOf } = options;
  const { db, life, records, account } = tables;

  const other = (
    draft: Draft,
    record: {
      readonly kind: Exclude<RecordKind, "readings">;
      readonly lane: Lane;
      readonly readings: number;
      readonly body: object;
      readonly from: WallMs;
      readonly to: WallMs;
    },
  ): void => {
    const { kind, lane, readings, body } = record;
    const seq = draft.nextSeq;
    const payload = sealer.other({ kind, seq, sealedAt: draft.at.wallMs, body });
    const span = { fromWallMs: record.from, toWallMs: record.to };
    records.insert({
      seq,
      kind,
      lane,
      readings,
      sealedAgeMs: draft.ageMs,
      ...span,
      ...payload,
    });
    account.add(kind, { made: 1 });
    draft.nextSeq += 1;
    draft.lanes.add(lane);
  };

  const recorder: Recorder = {
    transaction({ at, ageMs, isClean }, work) {
      try {
        const run = db.transaction(() => {
          const { epoch, nextSeq } = life.read();
          const draft: Draft = { at, ageMs, nextSeq, lanes: new Set() };
          const value = work(draft);
          const counters = account.counters();
          const said = { nextSeq: draft.nextSeq, ageMs: Math.round(ageMs), counters };
          life.save({ ...said, at, isClean });
          return { value, marked: { ...said, epoch } };
        });
        const done = run.immediate();
        options.mark.save(done.marked);
        return ok(done.value);
      } catch (error) {
        return fail(storageTrouble(error));
      }
    },
    readings(draft, parts, lane) {
      const sealed = sealer.readings({
        parts,
        labelOf,
        firstSeq: draft.nextSeq,
        isReplay: lane === "backlog",
        sealedAt: draft.at.wallMs,
      });
      for (const record of sealed) {
        records.insert({ kind: "readings", lane, sealedAgeMs: draft.ageMs, ...record });
      }
      draft.nextSeq += sealed.length;
      if (sealed.length > 0) draft.lanes.add(lane);
    },
    alarm(draft, event) {
      const { wallMs } = event.at;
      // The alarm's whole state is the journal's own matter.
      const { standing: _, ...body } = event;
      other(draft, { ...as("alarm"), readings: 0, body, from: wallMs, to: wallMs });
      tables.alarms.apply(event);
    },
    event(draft, event) {
      const { wallMs } = event.at;
      other(draft, { ...as("event"), readings: 0, body: event, from: wallMs, to: wallMs });
    },
    evidence(draft, body) {
      const { wallMs } = draft.at;
      const seq = draft.nextSeq;
      const lane = body.part === "piece" ? "piece" : "evidence";
      other(draft, { kind: "evidence", lane, readings: 0, body, from: wallMs, to: wallMs });
      return seq;
    },
    gap(draft, gap) {
      for (const body of gapBodies(gap)) {
        const span = { from: gap.from.wallMs, to: gap.to.wallMs };
        other(draft, { ...as("gap"), readings: body.lost, body, ...span });
      }
    },
    damaged(draft, head) {
      const { seq, kind, readings } = head;
      const lost = kind === "readings" ? readings : 0;
      records.remove(seq);
      tables.gone.add([seq], "damaged");
      account.add(kind, { lost: kind === "readings" ? lost : 1 });
      recorder.gap(draft, damagedGap(head, { lost, at: draft.at }));
    },
  };
  return recorder;
}

function damagedGap(
  { seq, kind, from_wall, to_wall }: RecordHead,
  { lost, at: { monotonicMs } }: { readonly lost: number; readonly at: Instant },
): Gap {
  return {
    reason: "damaged",
    from: { wallMs: wallMs(from_wall), monotonicMs },
    to: { wallMs: wallMs(to_wall), monotonicMs },
    lost,
    points: null,
    seqs: [{ from: seq, to: seq }],
    note: `the stored bytes of ${kind} record ${seq} no longer match their checksum`,
  };
}

/** A record whose kind has a lane of its own. */
function as<T extends "alarm" | "event" | "gap">(kind: T): { readonly kind: T; readonly lane: T } {
  return { kind, lane: kind };
}

/** One body, or several when many points are named: each with its own share, the first with the seqs. */
function gapBodies({ seqs, points, ...gap }: Gap): GapBody[] {
  const ranges = seqs.map(({ from, to }): [number, number] => [from, to]);
  const entries = points === null ? [] : Object.entries(points);
  if (points === null || entries.length <= gapPointsMax) {
    return [{ ...gap, points: points === null ? null : { ...points }, seqs: ranges }];
  }
  const bodies: GapBody[] = [];
  for (let from = 0; from < entries.length; from += gapPointsMax) {
    const share = entries.slice(from, from + gapPointsMax);
    const lost = share.reduce((sum, [, count]) => sum + count, 0);
    const seqsHere = from === 0 ? ranges : [];
    bodies.push({ ...gap, lost, points: Object.fromEntries(share), seqs: seqsHere });
  }
  return bodies;
}
