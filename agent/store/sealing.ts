/** Makes the immutable bytes of records: what is sealed here is what is stored, sent and resent. */

import type { WallMs } from "../../config/words/time.ts";
import type { RecordKind } from "../records.ts";
import { ByteWriter } from "../wire/byteWriter.ts";
import type { ClockState } from "../wire/envelope.ts";
import { type Payload, recordBytesMax, recordTextMax, sealPayload } from "../wire/payload.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import { type BodySummary, type PointLabel, writeReadingsBody } from "../wire/readingsEncoder.ts";
import { wallToleranceMs } from "../wire/timeline.ts";
import { type Segment, type SortedReadings, sortByPoint } from "../wire/transpose.ts";

/** Readings one record holds at most; a record may end earlier by its bytes. */
export const recordReadingsMax = 30_000;

export interface Sender {
  readonly site: string;
  readonly box: string;
  readonly epoch: string;
  /** The run of the kernel whose monotonic times are being sealed; null: not known. */
  readonly boot?: () => string | null;
}

export interface SealedReadings extends Payload, BodySummary {
  readonly seq: number;
}

export interface Sealer {
  /** Cuts readings into records numbered from `firstSeq`, each within the bounds of a record. */
  readings(options: {
    readonly parts: readonly ReadingColumns[];
    readonly labelOf: (point: number) => PointLabel;
    readonly firstSeq: number;
    readonly isReplay: boolean;
    readonly sealedAt: WallMs;
    /** Read back from records: their times are kept to the millisecond. Sorted by monotonic time. */
    readonly isSealedBefore?: boolean;
  }): readonly SealedReadings[];
  /** One record of another kind. */
  other(options: {
    readonly kind: RecordKind;
    readonly seq: number;
    readonly sealedAt: WallMs;
    readonly body: object;
  }): Payload;
}

export function createSealer({ boot, ...sender }: Sender, clockState: () => ClockState): Sealer {
  const out = new ByteWriter();
  const head = (options: {
    readonly seq: number;
    readonly kind: RecordKind;
    readonly isReplay: boolean;
    readonly sealedAt: WallMs;
  }): void => {
    const bootNow = boot?.() ?? null;
    const envelope = {
      v: 1,
      ...sender,
      seq: options.seq,
      kind: options.kind,
      replay: options.isReplay,
      sealedAt: Math.round(options.sealedAt),
      clock: clockState(),
      ...(bootNow === null ? {} : { boot: bootNow }),
    };
    out.clear();
    out.text(`${JSON.stringify(envelope).slice(0, -1)},"body":`);
  };
  return {
    readings({ parts, labelOf, firstSeq, isReplay, sealedAt, isSealedBefore = false }) {
      const toleranceMs = isSealedBefore ? 1 : wallToleranceMs;
      const sorted = sortByPoint(parts, recordReadingsMax, toleranceMs);
      const sealed: SealedReadings[] = [];
      const todo = groupsOf(sorted).reverse();
      for (let group = todo.pop(); group !== undefined; group = todo.pop()) {
        const seq = firstSeq + sealed.length;
        head({ seq, kind: "readings", isReplay, sealedAt });
        const summary = writeReadingsBody(out, sorted, { segments: group, labelOf });
        out.text("}");
        const payload = out.length <= recordTextMax ? sealPayload(out.view()) : null;
        if (payload !== null && payload.bytes.length <= recordBytesMax) {
          sealed.push({ seq, ...summary, ...payload });
        } else todo.push(...halves(group).reverse());
      }
      return sealed;
    },
    other({ kind, seq, sealedAt, body }) {
      head({ seq, kind, isReplay: false, sealedAt });
      out.text(`${JSON.stringify(body)}}`);
      return sealPayload(out.view());
    },
  };
}

/** Whole points, until a record is full. */
function groupsOf({ segments }: SortedReadings): Segment[][] {
  const groups: Segment[][] = [];
  let readings = Number.POSITIVE_INFINITY;
  for (const segment of segments) {
    const size = segment.to - segment.from;
    if (readings + size > recordReadingsMax) {
      groups.push([]);
      readings = 0;
    }
    groups.at(-1)?.push(segment);
    readings += size;
  }
  return groups;
}

/** A single reading always fits, so this ends. */
function halves(group: readonly Segment[]): Segment[][] {
  const [only] = group;
  if (group.length === 1 && only !== undefined) {
    const middle = Math.floor((only.from + only.to) / 2);
    return [[{ ...only, to: middle }], [{ ...only, from: middle }]];
  }
  const middle = Math.floor(group.length / 2);
  return [group.slice(0, middle), group.slice(middle)];
}
