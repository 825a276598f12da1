/** Opens what a power cut left, as a restart of the agent would, and compares it with what was promised. */

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { createRealClock } from "../../agent/realClock.ts";
import type { BoxEvent } from "../../agent/records.ts";
import { openForReading } from "../../agent/store/database.ts";
import { inspect, isInOrder } from "../../agent/store/inspection.ts";
import { openEngine } from "../../agent/store/openEngine.ts";
import { openPayload } from "../../agent/wire/payload.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import { heads, settings } from "../store/samples.ts";
import { type Claims, partnerOf } from "./claims.ts";

export interface Verdict {
  /** Promised and not there, or there with other content. */
  readonly lost: number;
  /** The file did not open, was given up as damaged, or contradicts itself. */
  readonly isCorrupt: boolean;
  /** Handed over, not promised, and gone: those of the open second. */
  readonly openLost: number;
  /** Milliseconds from handing over the oldest of those to the last commit that reached the disk; 0: none was older. */
  readonly openLostMs: number;
  /** Handed over, not promised, and there. */
  readonly recovered: readonly number[];
  /** Each of the above in words; a few of many. */
  readonly faults: readonly string[];
}

const faultsMax = 5;

/** `committedMs`: when the last sync before the cut answered, by the clock of the claims. */
export function checkImage(file: string, claims: Claims, committedMs = 0): Verdict {
  try {
    return checked(file, claims, committedMs);
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return corrupt(claims, words);
  }
}

function corrupt(claims: Claims, why: string): Verdict {
  const lost = claims.kept.size + claims.sent.size;
  return { lost, isCorrupt: true, openLost: 0, openLostMs: 0, recovered: [], faults: [why] };
}

function checked(file: string, claims: Claims, committedMs: number): Verdict {
  const opened = openEngine({
    file,
    site: "demo",
    box: "box1",
    heads,
    settings,
    clock: createRealClock(),
    newEpoch: "opened-by-the-check",
  });
  if (!opened.ok) return corrupt(claims, `it does not open: ${opened.error.message}`);
  const { engine, lock } = opened.value;
  try {
    const aside = readdirSync(dirname(file)).find((name) => /damaged-\d+$/.test(name));
    if (aside !== undefined && claims.epoch !== null)
      return givenUp(join(dirname(file), aside), claims);
    if (claims.epoch !== null && engine.epoch !== claims.epoch) {
      return { ...corrupt(claims, "a journal of another epoch is there"), isCorrupt: false };
    }
    const reader = openForReading(file);
    if (!reader.ok) return corrupt(claims, reader.error.message);
    try {
      return compared(reader.value, claims, committedMs);
    } finally {
      reader.value.close();
    }
  } finally {
    engine.close();
    lock[Symbol.dispose]();
  }
}

/** Sound in itself, it was given up because it had forgotten numbers: promises are lost, nothing is corrupt. */
function givenUp(file: string, claims: Claims): Verdict {
  const verdict = corrupt(claims, `it was given up as ${file}`);
  const db = openForReading(file);
  if (!db.ok) return verdict;
  try {
    return { ...verdict, isCorrupt: contradictions(db.value).length > 0 };
  } finally {
    db.value.close();
  }
}

function compared(db: Database, claims: Claims, committedMs: number): Verdict {
  const structure = contradictions(db);
  const found = contentsOf(db);
  const lost = lostPromises(found, claims);
  return {
    lost: lost.length,
    isCorrupt: structure.length > 0,
    ...openSecond(found, claims, committedMs),
    faults: [...structure, ...lost].slice(0, faultsMax),
  };
}

function contradictions(db: Database): string[] {
  const found: string[] = [];
  const integrity = db.pragma("integrity_check", { simple: true });
  if (integrity !== "ok") found.push(`integrity_check: ${String(integrity)}`);
  const inspection = inspect(db, { isDeep: true });
  if (!isInOrder(inspection)) {
    const { holes, faults, account } = inspection;
    found.push(`not in order: ${JSON.stringify({ holes, faults, account })}`);
  }
  return found;
}

interface Contents {
  /** First point -> third point, of each reading. */
  readonly readings: ReadonlyMap<number, number>;
  readonly twice: number;
  /** Checksums of the bodies of alarms and events, by name. */
  readonly kept: ReadonlyMap<string, number>;
  /** Checksums of records, by `epoch/seq`. */
  readonly records: ReadonlyMap<string, number>;
  readonly undelivered: ReadonlySet<number>;
}

function contentsOf(db: Database): Contents {
  const readings = new Map<number, number>();
  const kept = new Map<string, number>();
  const records = new Map<string, number>();
  const undelivered = new Set<number>();
  let twice = 0;
  const rows = db.prepare<
    [],
    {
      readonly seq: number;
      readonly bytes: Uint8Array;
      readonly age: number | null;
      readonly epoch: string;
    }
  >(
    `SELECT seq, bytes, delivered_age AS age, (SELECT epoch FROM life) AS epoch
     FROM record JOIN payload USING (seq)`,
  );
  for (const { seq, bytes, age, epoch } of rows.all()) {
    records.set(`${epoch}/${seq}`, crc32(bytes));
    if (age === null) undelivered.add(seq);
    const payload = openPayload(bytes);
    if (!payload.ok) throw new Error(payload.error);
    const { kind, body } = payload.value;
    const name = nameOf(kind, body);
    if (name !== null) kept.set(name, crc32(JSON.stringify(body)));
    if (kind !== "readings") continue;
    const points = decodeReadings(body);
    if (!points.ok) throw new Error(points.error);
    const valuesOf = (position: number): readonly (number | null)[] =>
      points.value.find(({ tag }) => tag === heads[position]?.id)?.values ?? [];
    const partners = valuesOf(2);
    for (const [i, id] of valuesOf(0).entries()) {
      if (id === null) continue;
      if (readings.has(id)) twice += 1;
      readings.set(id, partners[i] ?? Number.NaN);
    }
  }
  return { readings, kept, records, undelivered, twice };
}

function nameOf(kind: string, body: unknown): string | null {
  if (kind === "alarm") return (body as AlarmEvent).alarmId;
  if (kind !== "event") return null;
  const name = (body as BoxEvent).details["name"];
  return typeof name === "string" ? name : null;
}

function lostPromises(found: Contents, claims: Claims): string[] {
  const lost: string[] = [];
  if (found.twice > 0) lost.push(`${found.twice} readings are there twice`);
  for (const [name, crc] of claims.kept) {
    if (found.kept.get(name) !== crc) lost.push(`alarm or event ${name} is lost or changed`);
  }
  for (const [first, last] of claims.durable) {
    for (let id = first; id <= last; id += 1) {
      if (found.readings.get(id) !== partnerOf(id)) lost.push(`reading ${id} is lost or changed`);
    }
  }
  for (const [name, crc] of claims.sent) {
    if (found.records.get(name) !== crc) lost.push(`record ${name}, sent, is lost or changed`);
  }
  for (const seq of claims.delivered) {
    if (found.undelivered.has(seq)) lost.push(`record ${seq} is no longer known as delivered`);
  }
  return lost;
}

function openSecond(
  found: Contents,
  claims: Claims,
  committedMs: number,
): Pick<Verdict, "openLost" | "openLostMs" | "recovered"> {
  const recovered: number[] = [];
  let openLost = 0;
  let openLostMs = 0;
  for (const [id, handedOverMs] of claims.appended) {
    if ([...claims.durable].some(([first, last]) => id >= first && id <= last)) continue;
    if (found.readings.has(id)) recovered.push(id);
    else {
      openLost += 1;
      openLostMs = Math.max(openLostMs, committedMs - handedOverMs);
    }
  }
  return { openLost, openLostMs, recovered };
}
