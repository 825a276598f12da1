/**
 * One bounded step of thinning within a transaction: the oldest undelivered readings of a level are opened, the
 * telling ones sealed again under new numbers, the old records removed, the difference declared lost.
 */

import type { Instant } from "../../config/words/time.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import type { ClockState, Envelope } from "../wire/envelope.ts";
import { openPayload } from "../wire/payload.ts";
import { type DecodedPoint, decodeReadings } from "../wire/readingsDecoder.ts";
import type { Draft, Recorder } from "./recorder.ts";
import type { RecordHead } from "./recordTable.ts";
import { createSealer, type SealedReadings, type Sender } from "./sealing.ts";
import type { Tables } from "./tables.ts";
import { type Thinned, type ThinningLevel, thinned, thinningLevels } from "./thinning.ts";

export interface Thinner {
  /** Thins some of the oldest undelivered readings sealed at `maxAgeMs` or before; false: there are none. */
  step(draft: Draft, maxAgeMs: number): boolean;
  /** Removes these records and declares their readings lost. */
  evict(draft: Draft, heads: readonly RecordHead[]): void;
}

/** Of one step: bounds how long the journal's thread is busy with it. */
const stepReadingsMax = 100_000;
const stepRecordsMax = 64;
/** Thinning that leaves more than this share of the bytes is not worth the readings it costs. */
const leftShareMax = 0.9;
/** Records are sealed together when their clocks agreed within this. */
const clockDriftMsMax = 1_000;

/** A record opened for thinning. */
interface Source {
  readonly head: RecordHead;
  readonly envelope: Envelope;
  readonly points: readonly DecodedPoint[];
  readonly from: Instant;
  readonly to: Instant;
}

export function createThinner(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly sender: Sender;
}): Thinner {
  const { tables, recorder, sender } = options;
  const { records, gone, account, openGap } = tables;

  const source = (draft: Draft, head: RecordHead): Source | null => {
    const bytes = records.sound(head);
    const opened = bytes === null ? null : opening(head, bytes);
    if (opened === null) recorder.damaged(draft, head);
    return opened;
  };

  const group = (draft: Draft, heads: readonly RecordHead[]): readonly Source[] => {
    const sources: Source[] = [];
    for (const head of heads) {
      const next = source(draft, head);
      if (next === null) continue;
      if (!isOneLine(sources, next)) break;
      sources.push(next);
    }
    return sources;
  };

  const remove = (draft: Draft, sources: readonly Source[], how: Removal): void => {
    const seqs = sources.map(({ head }) => head.seq).sort((a, b) => a - b);
    for (const seq of seqs) records.remove(seq);
    gone.add(seqs, "eviction");
    account.add("readings", { lost: how.lost });
    openGap.add({ ...how, ...spanOf(sources), seqs, ageMs: draft.ageMs });
  };

  const replace = (
    draft: Draft,
    sources: readonly Source[],
    by: { readonly sealed: readonly SealedReadings[]; readonly level: ThinningLevel } & Thinned,
  ): void => {
    const { lost, dropped: points } = by;
    // First, so that what comes may use the room of what goes.
    remove(draft, sources, { reason: "thinned", lost, points });
    const sealedAgeMs = Math.min(...sources.map(({ head }) => head.sealed_age));
    for (const record of by.sealed) {
      const what = { kind: "readings", lane: "backlog", sealedAgeMs, thinned: by.level } as const;
      records.insert({ ...what, ...record });
    }
    draft.nextSeq += by.sealed.length;
    draft.lanes.add("backlog");
  };

  const thin = (draft: Draft, sources: readonly Source[], level: ThinningLevel): void => {
    const result = thinned(
      sources.map(({ points }) => points),
      level,
    );
    const sealed = sealAgain(draft, sources, result);
    const sizeBefore = sources.reduce((sum, { head }) => sum + head.size, 0);
    const sizeAfter = sealed.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (sizeAfter <= sizeBefore * leftShareMax)
      replace(draft, sources, { ...result, sealed, level });
    else for (const { head } of sources) records.passLevel(head, level);
  };

  const sealAgain = (
    draft: Draft,
    sources: readonly Source[],
    { kept, labels }: Thinned,
  ): readonly SealedReadings[] => {
    const boot = sources[0]?.envelope.boot ?? null;
    const sealer = createSealer({ ...sender, boot: () => boot }, () => clockOf(sources));
    return sealer.readings({
      parts: [kept],
      labelOf: (point) => labels[point] ?? noLabel,
      firstSeq: draft.nextSeq,
      isReplay: true,
      sealedAt: draft.at.wallMs,
      isSealedBefore: true,
    });
  };

  return {
    step(draft, maxAgeMs) {
      for (const level of thinningLevels) {
        const heads = records.oldestAtLevel({ level: level - 1, maxAgeMs, limit: stepRecordsMax });
        if (heads.length === 0) continue;
        const sources = group(draft, fewEnough(heads));
        if (sources.length > 0) thin(draft, sources, level);
        return true;
      }
      return false;
    },
    evict(draft, heads) {
      const sources = fewEnough(heads)
        .map((head) => source(draft, head))
        .filter((one) => one !== null);
      if (sources.length === 0) return;
      const points = new Map<string, number>();
      for (const { tag, values } of sources.flatMap((one) => one.points)) {
        points.set(tag, (points.get(tag) ?? 0) + values.length);
      }
      const lost = sources.reduce((sum, { head }) => sum + head.readings, 0);
      remove(draft, sources, { reason: "eviction", lost, points });
    },
  };
}

interface Removal {
  readonly reason: "thinned" | "eviction";
  readonly lost: number;
  readonly points: ReadonlyMap<string, number>;
}

const noLabel = { tag: new Uint8Array(), unit: new Uint8Array(), decimals: 0 };

/** At least one. */
function fewEnough(heads: readonly RecordHead[]): readonly RecordHead[] {
  let readings = 0;
  const end = heads.findIndex((head, i) => {
    readings += head.readings;
    return i > 0 && readings > stepReadingsMax;
  });
  return end === -1 ? heads : heads.slice(0, end);
}

/** Null: the bytes are not what the head says. */
function opening(head: RecordHead, bytes: Uint8Array): Source | null {
  const envelope = openPayload(bytes);
  const points = envelope.ok ? decodeReadings(envelope.value.body) : envelope;
  if (!envelope.ok || !points.ok) return null;
  const span = spanOfPoints(points.value);
  return span === null ? null : { head, envelope: envelope.value, points: points.value, ...span };
}

function spanOfPoints(
  points: readonly DecodedPoint[],
): { readonly from: Instant; readonly to: Instant } | null {
  let from: Instant | null = null;
  let to: Instant | null = null;
  for (const point of points) {
    for (const [i, ms] of point.monotonicMs.entries()) {
      const at = { wallMs: wallMs(point.wallMs[i] ?? 0), monotonicMs: monotonicMs(ms) };
      if (from === null || ms < from.monotonicMs) from = at;
      if (to === null || ms > to.monotonicMs) to = at;
    }
  }
  return from === null || to === null ? null : { from, to };
}

function spanOf(sources: readonly Source[]): { readonly from: Instant; readonly to: Instant } {
  const [first] = sources;
  const none = { wallMs: wallMs(0), monotonicMs: monotonicMs(0) };
  let from = first?.from ?? none;
  let to = first?.to ?? none;
  for (const one of sources) {
    if (one.from.wallMs < from.wallMs) from = one.from;
    if (one.to.wallMs > to.wallMs) to = one.to;
  }
  return { from, to };
}

/**
 * Whether all times of these records fit on one time line, each exactly: sealed together in the first place, or one
 * after the other, of one boot, without a step of the wall clock, and with one word about the clock.
 */
function isOneLine(sources: readonly Source[], next: Source): boolean {
  const last = sources.at(-1);
  if (last === undefined) return true;
  const [a, b] = [last.envelope, next.envelope];
  if (a.boot !== b.boot || a.clock.source !== b.clock.source || a.clock.state !== b.clock.state) {
    return false;
  }
  if (lineOf(a) === lineOf(b)) return true;
  const isAfter = sources.every(({ to }) => to.monotonicMs < next.from.monotonicMs);
  return isAfter && Math.abs(offsetOf(last.to) - offsetOf(next.from)) < clockDriftMsMax;
}

function offsetOf({ wallMs: wall, monotonicMs: monotonic }: Instant): number {
  return wall - monotonic;
}

function lineOf({ body }: Envelope): string {
  const { monotonicMs: base, anchors } = body as {
    readonly monotonicMs: number;
    readonly anchors: readonly unknown[];
  };
  return JSON.stringify([base, anchors]);
}

/** Of the known errors the largest; null when one is not known. */
function clockOf(sources: readonly Source[]): ClockState {
  const clocks = sources.map(({ envelope }) => envelope.clock);
  const [first = { source: "system", state: "unknown", offsetMs: null }] = clocks;
  const offsetMs = clocks.reduce<number | null>(
    (worst, clock) =>
      worst === null || clock.offsetMs === null
        ? null
        : Math.abs(clock.offsetMs) > Math.abs(worst)
          ? clock.offsetMs
          : worst,
    first.offsetMs,
  );
  return { ...first, offsetMs };
}
