/** A line of the alarm history, and a gap, from the body of a record of the journal. Pure. */

import type { AlarmLine } from "../page/protocol/alarms.ts";

/** As it is kept: the plant's name is put beside it when it is asked for. */
export type StoredLine = Omit<AlarmLine, "name">;

/** A stretch of time that readings are missing from, or that the clock went over twice. */
export interface StoredGap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
  /** Null: all points. */
  readonly tags: readonly string[] | null;
}

/** `body`: of a gap record. */
export function gapOf(body: unknown): StoredGap {
  const field = record(body);
  const tags = field["points"] === null ? [] : Object.keys(record(field["points"]));
  return {
    fromMs: wallOf(field["from"]),
    toMs: wallOf(field["to"]),
    reason: String(field["reason"]),
    tags: tags.length === 0 ? null : tags,
  };
}

/** The checksum says that we wrote it; only what an older format did not have may be absent. */
export function lineOf(epoch: string, seq: number, body: unknown): StoredLine {
  const field = record(body);
  return {
    seq,
    epoch,
    atMs: wallOf(field["at"]),
    alarmId: String(field["alarmId"]),
    source: String(field["source"]),
    tank: textOrNull(field["tank"]),
    type: String(field["type"]) as StoredLine["type"],
    event: String(field["event"]) as StoredLine["event"],
    priority: Number(field["priority"]) as StoredLine["priority"],
    stateAfter: String(field["stateAfter"]) as StoredLine["stateAfter"],
    value: numberOrNull(field["value"]),
    unit: String(field["unit"] ?? ""),
    limit: numberOrNull(field["limit"]),
    quality: String(field["quality"] ?? "good"),
    reason: String(field["reason"] ?? ""),
    ...(typeof field["reasonZh"] === "string" ? { reasonZh: field["reasonZh"] } : {}),
    by: textOrNull(field["by"]),
    note: textOrNull(field["note"]),
    untilMs: numberOrNull(field["untilWallMs"]),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function wallOf(instant: unknown): number {
  return Number(record(instant)["wallMs"] ?? 0);
}
