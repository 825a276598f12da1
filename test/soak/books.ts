/** Two sets of books, the box's journal and what the platform received, held against each other record by record. */

import { join } from "node:path";
import Database from "better-sqlite3";
import { openPayload } from "../../agent/wire/payload.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import type { Site } from "../../config/site.ts";

export interface Books {
  readonly figures: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

interface BoxRecord {
  readonly seq: number;
  readonly kind: string;
  readonly readings: number;
  readonly isDelivered: number;
  readonly bytes: Buffer;
}

interface HeldRecord {
  readonly seq: number;
  readonly epoch: string;
  readonly kind: string;
  readonly readings: number;
  readonly lost: number;
  readonly bytes: Buffer;
}

/** A machine's own stalls, on top of what a point's period and report rule allow. */
const slackMs = 2_500;

/** Reads both databases after everything has stopped. */
export function compareBooks(at: {
  readonly site: Site;
  readonly journalDir: string;
  readonly platformDir: string;
}): Books {
  const faults: string[] = [];
  const journal = new Database(join(at.journalDir, "journal.db"), { readonly: true });
  const platform = new Database(join(at.platformDir, "platform.db"), { readonly: true });
  const box = journal
    .prepare<[], BoxRecord>(
      `SELECT r.seq, r.kind, r.readings, r.delivered_age IS NOT NULL AS isDelivered, p.bytes
       FROM record r JOIN payload p USING (seq) ORDER BY r.seq`,
    )
    .all();
  const held = platform
    .prepare<[], HeldRecord>(
      "SELECT seq, epoch, kind, readings, lost, bytes FROM record ORDER BY seq",
    )
    .all();
  const account = journal
    .prepare<[], { made: number; declared_lost: number }>(
      "SELECT made, declared_lost FROM account WHERE class = 'readings'",
    )
    .all()[0] ?? { made: -1, declared_lost: -1 };
  const open = journal
    .prepare<[], { readings: number | null }>("SELECT sum(readings) AS readings FROM open_row")
    .all()[0]?.readings;

  const heldBySeq = new Map(held.map((record) => [record.seq, record]));
  const boxBySeq = new Map(box.map((record) => [record.seq, record]));
  const epochs = new Set(held.map((record) => record.epoch));
  if (epochs.size !== 1) faults.push(`${epochs.size} epochs instead of 1`);
  let waiting = open ?? 0;
  for (const record of box) {
    const twin = heldBySeq.get(record.seq);
    if (twin === undefined) {
      if (record.isDelivered) faults.push(`record ${record.seq} is marked delivered but not held`);
      if (record.kind === "readings") waiting += record.readings;
    } else if (!twin.bytes.equals(record.bytes)) {
      faults.push(`record ${record.seq} differs between box and platform`);
    }
  }
  for (const record of held) {
    if (!boxBySeq.has(record.seq))
      faults.push(`record ${record.seq} is held but not in the journal`);
  }
  const lastSeq = box.at(-1)?.seq ?? 0;
  if (box.length !== lastSeq) faults.push(`${lastSeq} numbers given, ${box.length} records kept`);

  const readings = held.filter((record) => record.kind === "readings");
  const heldReadings = readings.reduce((sum, record) => sum + record.readings, 0);
  if (heldReadings + waiting + account.declared_lost !== account.made) {
    faults.push(
      `made ${account.made} is not held ${heldReadings} + waiting ${waiting} + lost ${account.declared_lost}`,
    );
  }
  const seen = timelines(readings, faults);
  const gaps = gapsOf(held);
  let explained = 0;
  for (const [tag, times] of seen) {
    const quietMsMax = quietMs(at.site, tag);
    const sorted = times.toSorted((a, b) => a - b);
    for (let i = 1; i < sorted.length; i += 1) {
      const from = sorted[i - 1] ?? 0;
      const to = sorted[i] ?? 0;
      if (to === from) faults.push(`${tag} has two readings of one moment ${to}`);
      if (to - from <= quietMsMax) continue;
      const isDeclared = gaps.some(
        (gap) => gap.from <= from + quietMsMax && gap.to >= to - quietMsMax,
      );
      if (isDeclared) explained += 1;
      else
        faults.push(`${tag} is silent for ${to - from} ms from ${from} and no gap record says so`);
    }
  }
  journal.close();
  platform.close();
  const counted = [...seen.values()].reduce((sum, times) => sum + times.length, 0);
  if (counted !== heldReadings)
    faults.push(`${heldReadings} readings announced, ${counted} decoded`);
  return {
    figures: {
      made: account.made,
      heldByPlatform: heldReadings,
      waitingInJournal: waiting,
      declaredLost: account.declared_lost,
      records: box.length,
      recordsHeld: held.length,
      points: seen.size,
      gapRecords: gaps.length,
      silencesExplainedByGaps: explained,
    },
    faults: faults.slice(0, 20),
  };
}

/** Longest silence between two readings of a point that needs no gap record. */
function quietMs(site: Site, tag: string): number {
  const point = site.points[tag];
  if (point === undefined) return 0;
  return Math.max(2 * point.every, (point.report?.max ?? 0) + point.every) + slackMs;
}

/** Wall times of every reading, by tag. */
function timelines(records: readonly HeldRecord[], faults: string[]): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  for (const record of records) {
    const envelope = openPayload(record.bytes);
    const points = envelope.ok ? decodeReadings(envelope.value.body) : envelope;
    if (!points.ok) {
      faults.push(`record ${record.seq} cannot be decoded: ${points.error}`);
      continue;
    }
    for (const point of points.value) {
      for (const [i, value] of point.values.entries()) {
        const isBare = value === null;
        const quality = point.qualities[i] ?? "?";
        if (isBare && (quality === "good" || quality === "uncertain")) {
          faults.push(`${point.tag} has no value but quality ${quality}`);
        }
      }
      const times = seen.get(point.tag) ?? [];
      for (const ms of point.wallMs) times.push(ms);
      seen.set(point.tag, times);
    }
  }
  return seen;
}

function gapsOf(records: readonly HeldRecord[]): { from: number; to: number }[] {
  return records
    .filter((record) => record.kind === "gap")
    .flatMap((record) => {
      const envelope = openPayload(record.bytes);
      if (!envelope.ok) return [];
      const body = envelope.value.body as { from: { wallMs: number }; to: { wallMs: number } };
      return [{ from: body.from.wallMs, to: body.to.wallMs }];
    });
}
