/** What an export shows of each kind of record: columns, and one row for each reading, alarm, event or gap (pure). */

import type { RecordKind } from "../records.ts";
import type { HistoryPiece } from "../store/historyReader.ts";
import type { Envelope } from "../wire/envelope.ts";
import type { DecodedPoint } from "../wire/readingsDecoder.ts";

export const exportables = ["readings", "alarms", "events", "gaps"] as const;
export type Exportable = (typeof exportables)[number];

export const kindOf: Readonly<Record<Exportable, RecordKind>> = {
  readings: "readings",
  alarms: "alarm",
  events: "event",
  gaps: "gap",
};

interface Column {
  /** Name in the head of a CSV file and key in JSON Lines. */
  readonly name: string;
  readonly zh: string;
  readonly en: string;
}

const identity: readonly Column[] = [
  { name: "epoch", zh: "日志周期", en: "Epoch" },
  { name: "seq", zh: "序号", en: "Sequence number" },
  { name: "clock", zh: "时钟状态", en: "Clock" },
  { name: "boot", zh: "开机编号", en: "Boot" },
];
const monotonic: Column = { name: "monotonicMs", zh: "单调时间(ms)", en: "Monotonic time (ms)" };
const time: Column = { name: "time", zh: "时间", en: "Time" };
const value: Column = { name: "value", zh: "数值", en: "Value" };
const unit: Column = { name: "unit", zh: "单位", en: "Unit" };
const quality: Column = { name: "quality", zh: "质量", en: "Quality" };
const by: Column = { name: "by", zh: "由谁", en: "By" };
const note: Column = { name: "note", zh: "说明", en: "Note" };

export const columnsOf: Readonly<Record<Exportable, readonly Column[]>> = {
  readings: [
    time,
    { name: "tag", zh: "测点", en: "Point" },
    value,
    unit,
    quality,
    monotonic,
    ...identity,
  ],
  alarms: [
    time,
    { name: "event", zh: "变化", en: "Transition" },
    { name: "source", zh: "来源", en: "Source" },
    { name: "type", zh: "类型", en: "Type" },
    value,
    unit,
    quality,
    { name: "limit", zh: "限值", en: "Limit" },
    { name: "priority", zh: "级别(1红)", en: "Priority (1 red)" },
    { name: "stateAfter", zh: "变化后状态", en: "State after" },
    { name: "tank", zh: "储罐", en: "Tank" },
    { name: "hazard", zh: "危险源", en: "Hazard" },
    { name: "reason", zh: "原因", en: "Reason" },
    by,
    note,
    { name: "until", zh: "到期", en: "Until" },
    { name: "alarmId", zh: "报警编号", en: "Alarm id" },
    monotonic,
    ...identity,
    // At the end: it came later, and readers may count columns.
    { name: "reasonZh", zh: "原因(中文)", en: "Reason in Chinese" },
  ],
  events: [
    time,
    { name: "type", zh: "类型", en: "Type" },
    by,
    note,
    { name: "details", zh: "详情", en: "Details" },
    monotonic,
    ...identity,
  ],
  gaps: [
    { name: "from", zh: "起", en: "From" },
    { name: "to", zh: "止", en: "To" },
    { name: "reason", zh: "原因", en: "Reason" },
    { name: "lost", zh: "丢失读数", en: "Readings lost" },
    { name: "isLostUnknown", zh: "可能更多", en: "Maybe more" },
    { name: "points", zh: "各测点丢失", en: "Lost per point" },
    { name: "seqs", zh: "缺失序号", en: "Missing numbers" },
    { name: "seqsEpoch", zh: "缺失序号的日志周期", en: "Epoch of the missing numbers" },
    by,
    note,
    { name: "fromMonotonicMs", zh: "起(单调, ms)", en: "From (monotonic, ms)" },
    { name: "toMonotonicMs", zh: "止(单调, ms)", en: "To (monotonic, ms)" },
    ...identity,
  ],
};

/** JSON values, in the order of the columns. */
export type Row = readonly unknown[];

export interface RowFilter {
  /** Whether a tag (of an alarm: its source) is wanted. */
  isWanted(tag: string): boolean;
  readonly fromWallMs: number;
  /** Exclusive. */
  readonly toWallMs: number;
}

export interface RowOptions {
  readonly filter: RowFilter;
  /** Of the journal that is read. */
  readonly epoch: string | null;
  iso(wallMs: number): string;
}

/** Rows of one piece of history. Readings of one record come in the order they were taken. */
export function rowsOf(piece: HistoryPiece, options: RowOptions): Iterable<Row> {
  switch (piece.kind) {
    case "readings": {
      return readingRows(piece.points, options, identityOf(piece.envelope));
    }
    case "open":
      // What the clock was like is written down when a second is sealed.
      return readingRows(piece.points, options, [options.epoch, null, null, null]);
    case "record":
      return recordRows(piece.envelope, options);
    case "unreadable":
    case "removed":
      return [];
  }
}

/** Which record it is, how far its times are to be trusted, and what its monotonic times count from. */
function identityOf({ epoch, seq, clock, boot }: Envelope): Row {
  return [epoch, seq, clock.state, boot ?? null];
}

function* readingRows(
  all: readonly DecodedPoint[],
  { filter, iso }: RowOptions,
  identity: Row,
): Generator<Row> {
  const points = all.filter(({ tag }) => filter.isWanted(tag));
  for (const { point, reading } of inOrder(points)) {
    const wallMs = point.wallMs[reading] ?? 0;
    if (wallMs < filter.fromWallMs || wallMs >= filter.toWallMs) continue;
    const { tag, unit, values, qualities, monotonicMs } = point;
    yield [
      iso(wallMs),
      tag,
      values[reading] ?? null,
      unit,
      qualities[reading],
      Math.round(monotonicMs[reading] ?? 0),
      ...identity,
    ];
  }
}

/** By monotonic time, then point by point: the wall clock may have stepped within a record. */
function* inOrder(
  points: readonly DecodedPoint[],
): Generator<{ readonly point: DecodedPoint; readonly reading: number }> {
  const total = points.reduce((sum, { values }) => sum + values.length, 0);
  const atMs = new Float64Array(total);
  const pointOf = new Uint32Array(total);
  const readingOf = new Uint32Array(total);
  let next = 0;
  for (const [index, { monotonicMs }] of points.entries()) {
    for (const [reading, ms] of monotonicMs.entries()) {
      atMs[next] = ms;
      pointOf[next] = index;
      readingOf[next] = reading;
      next += 1;
    }
  }
  const order = Uint32Array.from({ length: total }, (_, i) => i);
  order.sort((a, b) => (atMs[a] ?? 0) - (atMs[b] ?? 0) || a - b);
  for (const i of order) {
    const point = points[pointOf[i] ?? 0];
    if (point !== undefined) yield { point, reading: readingOf[i] ?? 0 };
  }
}

/** The checksum says that we wrote this body; a newer program may have put more into it than we know. */
function recordRows(envelope: Envelope, { filter, iso }: RowOptions): Row[] {
  const body = object(envelope.body);
  const identity = identityOf(envelope);
  const at = (name: string) => {
    const { wallMs, monotonicMs } = object(body[name]);
    return { time: iso(Number(wallMs)), monotonicMs: Math.round(Number(monotonicMs)) };
  };
  const cells = (...names: readonly string[]): Row => names.map((name) => body[name] ?? null);
  switch (envelope.kind) {
    case "alarm": {
      if (!filter.isWanted(String(body["source"]))) return [];
      const { time, monotonicMs } = at("at");
      const what = cells("event", "source", "type", "value", "unit", "quality", "limit");
      const state = cells("priority", "stateAfter", "tank", "hazard", "reason", "by", "note");
      const end = body["untilWallMs"];
      const until = typeof end === "number" ? iso(end) : null;
      const id = body["alarmId"] ?? null;
      const reasonZh = body["reasonZh"] ?? null;
      return [[time, ...what, ...state, until, id, monotonicMs, ...identity, reasonZh]];
    }
    case "event": {
      const { time, monotonicMs } = at("at");
      return [[time, ...cells("type", "by", "note", "details"), monotonicMs, ...identity]];
    }
    case "gap": {
      const lost = body["points"];
      const tags = Object.keys(object(lost));
      if (lost !== null && tags.length > 0 && !tags.some(filter.isWanted)) return [];
      const [from, to] = [at("from"), at("to")];
      const what = cells(
        "reason",
        "lost",
        "isLostUnknown",
        "points",
        "seqs",
        "epoch",
        "by",
        "note",
      );
      const monotonicMs = [from.monotonicMs, to.monotonicMs];
      return [[from.time, to.time, ...what, ...monotonicMs, ...identity]];
    }
    case "readings":
    case "evidence":
      return [];
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
