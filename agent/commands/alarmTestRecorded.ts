/** Readings that the journal kept, as values for `hazgate alarm test`. */

import type { Word } from "../../config/words/bilingual.ts";
import { carriesNumber, qualityCode } from "../../config/words/quality.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { DecodedPoint } from "../wire/readingsDecoder.ts";
import type { TypedValue } from "./alarmTestValues.ts";
import { openJournals } from "./exportJournals.ts";
import { exitCode } from "./io.ts";

export interface RecordedQuestion {
  readonly dataDir: string;
  readonly fromWallMs: number;
  /** Exclusive. */
  readonly toWallMs: number;
  readonly isWanted: (tag: string) => boolean;
}

export interface Recorded {
  /** By wall time, each `atMs` in ms since 1970. */
  readonly values: readonly TypedValue[];
  /** Records that could not be read. */
  readonly damaged: number;
}

/** More readings than this would not fit into memory beside the agent. */
const readingsMax = 3_000_000;

/** Fails with what to say and the exit code: the journal cannot be read, or holds too much of what was asked for. */
export function recordedValues(
  question: RecordedQuestion,
): Result<Recorded, { readonly text: Word; readonly code: number }> {
  const { dataDir, fromWallMs, toWallMs } = question;
  const asked = { kind: "readings", fromWallMs, toWallMs } as const;
  const opened = openJournals({ dataDir, withArchives: false, question: asked });
  if (!opened.ok) {
    return fail({ text: { zh: opened.error, en: opened.error }, code: exitCode.journal });
  }
  using journals = opened.value;
  const values: TypedValue[] = [];
  let damaged = 0;
  for (const { piece } of journals.parts()) {
    if (piece.kind === "unreadable") damaged += 1;
    if (piece.kind !== "readings" && piece.kind !== "open") continue;
    for (const point of piece.points) {
      if (question.isWanted(point.tag)) take(point, question, values);
    }
    if (values.length > readingsMax) return fail({ text: tooMany, code: exitCode.usage });
  }
  return ok({ values: values.sort((a, b) => a.atMs - b.atMs), damaged });
}

const tooMany: Word = {
  zh: `超过 ${readingsMax} 条读数: 请用 --since、--until 或 --point 缩小范围`,
  en: `more than ${readingsMax} readings: narrow it by --since, --until or --point`,
};

function take(point: DecodedPoint, question: RecordedQuestion, values: TypedValue[]): void {
  for (const [i, wallMs] of point.wallMs.entries()) {
    if (wallMs < question.fromWallMs || wallMs >= question.toWallMs) continue;
    const quality = qualityCode[point.qualities[i] ?? "comm-fail"];
    const value = point.values[i] ?? Number.NaN;
    const isNumber = carriesNumber(quality) && !Number.isNaN(value);
    values.push({ tag: point.tag, atMs: wallMs, value: isNumber ? value : Number.NaN, quality });
  }
}
