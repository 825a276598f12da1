/**
 * The sealed records: heads in `record`, bytes in `payload`, so that marking thousands as delivered
 * rewrites no payload. Every read for use checks the checksum; a damaged record is never given out.
 */

import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { Lane, RecordKind, SealedRecord, SeqRange } from "../records.ts";

export interface RecordHead {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly lane: Lane;
  readonly readings: number;
  readonly encoding: SealedRecord["encoding"];
  readonly size: number;
  readonly crc: number;
  readonly from_wall: number;
  readonly to_wall: number;
  /** Age of the journal when the oldest reading in it was sealed. */
  readonly sealed_age: number;
  /** How often its readings were thinned. */
  readonly thinned: number;
}

export interface NewRecord extends SealedRecord {
  readonly fromWallMs: number;
  readonly toWallMs: number;
  readonly sealedAgeMs: number;
  readonly thinned?: number;
}

export interface LaneBacklog {
  readonly lane: Lane;
  readonly records: number;
  readonly readings: number;
  readonly sizeBytes: number;
  readonly oldestWallMs: number;
}

export interface RecordTable {
  insert(record: NewRecord): void;
  /** Heads of undelivered records of a lane after `afterSeq`, ascending. */
  waiting(request: {
    readonly lane: Lane;
    readonly afterSeq: number;
    readonly limit: number;
  }): readonly RecordHead[];
  /** The record's bytes; null when they are missing or not those that were sealed. */
  sound(head: RecordHead): Uint8Array | null;
  /** Marks undelivered records in the range and returns what they were. */
  deliver(
    range: SeqRange,
    ageMs: number,
  ): readonly { readonly kind: RecordKind; readonly readings: number }[];
  /** Delivered records of a kind, oldest first. */
  oldestDelivered(
    kind: RecordKind,
    limit: number,
  ): readonly (RecordHead & { readonly delivered_age: number })[];
  /** Undelivered records of readings, oldest first, over both lanes. */
  oldestWaitingReadings(limit: number): readonly RecordHead[];
  remove(seq: number): void;
  backlog(): readonly LaneBacklog[];
}

/** What a record's checksum covers: its bytes, and what the head says of them. */
export function recordCrc(record: {
  readonly seq: number;
  readonly kind: string;
  readonly readings: number;
  readonly bytes: Uint8Array;
}): number {
  return crc32(record.bytes, crc32(`${record.seq} ${record.kind} ${record.readings}`));
}

export function openRecordTable(db: Database): RecordTable {
  const insertHead = db.prepare<
    [number, string, string, number, string, number, number, number, number, number, number]
  >(
    `INSERT INTO record
       (seq, kind, lane, readings, encoding, size, crc, from_wall, to_wall, sealed_age, thinned)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertBytes = db.prepare<[number, Uint8Array]>(
    "INSERT INTO payload (seq, bytes) VALUES (?, ?)",
  );
  const waiting = db.prepare<[Lane, number, number], RecordHead>(
    `SELECT * FROM record INDEXED BY record_waiting
     WHERE lane = ? AND seq > ? AND delivered_age IS NULL ORDER BY seq LIMIT ?`,
  );
  const bytesOf = db
    .prepare<[number], Uint8Array>("SELECT bytes FROM payload WHERE seq = ?")
    .pluck();
  const deliver = db.prepare<
    [number, number, number],
    { readonly kind: RecordKind; readonly readings: number }
  >(
    `UPDATE record SET delivered_age = ? WHERE seq BETWEEN ? AND ? AND delivered_age IS NULL
     RETURNING kind, readings`,
  );
  const oldestDelivered = db.prepare<
    [RecordKind, number],
    RecordHead & { readonly delivered_age: number }
  >(`SELECT * FROM record INDEXED BY record_delivered
     WHERE kind = ? AND delivered_age IS NOT NULL ORDER BY seq LIMIT ?`);
  const removeHead = db.prepare<[number]>("DELETE FROM record WHERE seq = ?");
  const removeBytes = db.prepare<[number]>("DELETE FROM payload WHERE seq = ?");
  const backlog = db.prepare<[], LaneBacklog>(
    `SELECT lane, count(*) AS records, sum(readings) AS readings, sum(size) AS sizeBytes,
       min(from_wall) AS oldestWallMs
     FROM record WHERE delivered_age IS NULL GROUP BY lane`,
  );
  return {
    insert(record) {
      const { seq, kind, lane, readings, encoding, bytes } = record;
      const crc = recordCrc(record);
      const [from, to] = [Math.round(record.fromWallMs), Math.round(record.toWallMs)];
      const age = Math.round(record.sealedAgeMs);
      const thinned = record.thinned ?? 0;
      insertHead.run(
        seq,
        kind,
        lane,
        readings,
        encoding,
        bytes.length,
        crc,
        from,
        to,
        age,
        thinned,
      );
      insertBytes.run(seq, bytes);
    },
    waiting: ({ lane, afterSeq, limit }) => waiting.all(lane, afterSeq, limit),
    sound(head) {
      const bytes = bytesOf.get(head.seq);
      return bytes !== undefined && recordCrc({ ...head, bytes }) === head.crc ? bytes : null;
    },
    deliver: ({ from, to }, ageMs) => deliver.all(Math.round(ageMs), from, to),
    oldestDelivered: (kind, limit) => oldestDelivered.all(kind, limit),
    oldestWaitingReadings(limit) {
      const lanes = [waiting.all("live", 0, limit), waiting.all("backlog", 0, limit)];
      return lanes
        .flat()
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit);
    },
    remove(seq) {
      removeHead.run(seq);
      removeBytes.run(seq);
    },
    backlog: () => backlog.all(),
  };
}
