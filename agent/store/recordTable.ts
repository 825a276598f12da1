/**
 * The sealed records: heads in `record`, bytes in `payload`, so that marking thousands as delivered
 * rewrites no payload. Every read for use checks the checksum; a damaged record is never given out.
 */

import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { Lane, RecordKind, SealedRecord, SeqRange } from "../records.ts";
import { lazily } from "./lazily.ts";

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
  /** Undelivered records of readings that were thinned `level` times, those sealed first before others. */
  oldestAtLevel(request: {
    readonly level: number;
    /** Sealed at this age or before. */
    readonly maxAgeMs: number;
    readonly limit: number;
  }): readonly RecordHead[];
  /** Says of a sound record that it was thinned so often, though its bytes stay as they are. */
  passLevel(head: RecordHead, level: number): void;
  remove(seq: number): void;
  backlog(): readonly LaneBacklog[];
}

/** What the checksum of a record covers beside its bytes. */
export interface Covered {
  readonly seq: number;
  readonly kind: string;
  readonly lane: string;
  readonly readings: number;
  readonly encoding: string;
  readonly from_wall: number;
  readonly to_wall: number;
  /** Undefined in a file of format 1. */
  readonly sealed_age: number | undefined;
  readonly thinned: number | undefined;
}

/** All that the head says, but when it was delivered: that changes. And whose it is: files can be exchanged. */
export function recordCrc(head: Covered, bytes: Uint8Array, epoch: string): number {
  const { seq, kind, lane, readings, encoding, from_wall, to_wall, sealed_age, thinned } = head;
  const span = [from_wall, to_wall, sealed_age, thinned];
  const covered = [epoch, seq, kind, lane, readings, encoding, ...span];
  // As JSON: a text that has become a blob of the same letters is not the same.
  return crc32(bytes, crc32(JSON.stringify(covered)));
}

/** Whether these are the head and the bytes that were sealed together. */
export function isSealed(
  head: Covered & { readonly crc: number },
  bytes: Uint8Array,
  epoch: string,
): boolean {
  return recordCrc(head, bytes, epoch) === head.crc || isOfFirstFormat(head, bytes);
}

/** Format 1 covered less; what it did not cover can only be judged by its form. */
function isOfFirstFormat(head: Covered & { readonly crc: number }, bytes: Uint8Array): boolean {
  const { seq, kind, lane, readings, encoding, sealed_age = 0, thinned = 0 } = head;
  if (sealed_age !== 0 || thinned !== 0) return false;
  const isInLane = kind === "readings" ? lane === "live" || lane === "backlog" : lane === kind;
  if (typeof kind !== "string" || typeof lane !== "string") return false;
  if (!isInLane || (encoding !== "json" && encoding !== "json+zstd")) return false;
  return crc32(bytes, crc32(`${seq} ${kind} ${readings}`)) === head.crc;
}

/** Never 0 or 1: a single flipped bit makes those of "not yet". */
function deliveredAge(ageMs: number): number {
  return Math.max(deliveredAgeMin, Math.round(ageMs));
}

export const deliveredAgeMin = 2;

export function openRecordTable(db: Database): RecordTable {
  const epoch = lazily(() => String(db.prepare("SELECT epoch FROM life").pluck().get()));
  // Prepared when first used: a file of an older format is only read.
  const insertHead = lazily(() =>
    db.prepare<
      [number, string, string, number, string, number, number, number, number, number, number]
    >(
      `INSERT INTO record
         (seq, kind, lane, readings, encoding, size, crc, from_wall, to_wall, sealed_age, thinned)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
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
  const oldestAtLevel = lazily(() =>
    db.prepare<[number, number, number], RecordHead>(
      `SELECT * FROM record INDEXED BY record_thinning
       WHERE thinned = ? AND sealed_age <= ? AND delivered_age IS NULL AND kind = 'readings'
       ORDER BY sealed_age, seq LIMIT ?`,
    ),
  );
  const passLevel = lazily(() =>
    db.prepare<[number, number, number]>("UPDATE record SET thinned = ?, crc = ? WHERE seq = ?"),
  );
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
      const [from, to] = [Math.round(record.fromWallMs), Math.round(record.toWallMs)];
      const age = Math.round(record.sealedAgeMs);
      const thinned = record.thinned ?? 0;
      const covered = { from_wall: from, to_wall: to, sealed_age: age, thinned };
      const crc = recordCrc({ seq, kind, lane, readings, encoding, ...covered }, bytes, epoch());
      insertHead().run(
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
      // A flipped type makes null, a number or a text of what was a blob.
      if (!(bytes instanceof Uint8Array) || bytes.length !== head.size) return null;
      return isSealed(head, bytes, epoch()) ? bytes : null;
    },
    deliver: ({ from, to }, ageMs) => deliver.all(deliveredAge(ageMs), from, to),
    oldestDelivered: (kind, limit) => oldestDelivered.all(kind, limit),
    oldestAtLevel: ({ level, maxAgeMs, limit }) =>
      oldestAtLevel().all(level, Math.min(maxAgeMs, Number.MAX_SAFE_INTEGER), limit),
    passLevel(head, level) {
      const bytes = bytesOf.get(head.seq);
      if (!(bytes instanceof Uint8Array)) return;
      passLevel().run(level, recordCrc({ ...head, thinned: level }, bytes, epoch()), head.seq);
    },
    remove(seq) {
      removeHead.run(seq);
      removeBytes.run(seq);
    },
    backlog: () => backlog.all(),
  };
}
