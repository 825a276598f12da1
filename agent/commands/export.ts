/** `hazgate export`: readings, alarms, events or gaps of the journal as CSV or JSON Lines, streamed. */

import type { Writable } from "node:stream";
import { z } from "zod";
import type { Lang } from "../../config/words/bilingual.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { csvText, type ExportFormat, jsonLinesText } from "./exportFormat.ts";
import { type Journals, openJournals, type Part } from "./exportJournals.ts";
import { tagPatterns } from "./exportPatterns.ts";
import { createProgress, type Progress } from "./exportProgress.ts";
import { type ExportSink, fileSink, type SinkTrouble, streamSink } from "./exportSink.ts";
import { columnsOf, type Exportable, kindOf, type RowFilter, rowsOf } from "./exportTable.ts";
import type { SiteTime } from "./exportTime.ts";
import { type CommandIo, exitCode, say } from "./io.ts";

/** Ended by a signal: what a shell says of it. */
export const interrupted = 130;

export interface ExportOptions {
  readonly what: Exportable;
  readonly dataDir: string;
  /** Tags, `*` stands for any characters; none: all. */
  readonly points: readonly string[];
  readonly fromWallMs: number;
  /** Exclusive. */
  readonly toWallMs: number;
  readonly time: SiteTime;
  readonly format: ExportFormat;
  readonly isForExcel: boolean;
  readonly withArchives: boolean;
  /** Null: standard output. */
  readonly out: string | null;
  readonly mayReplace: boolean;
  /** The summary on stderr as JSON. */
  readonly json: boolean;
  readonly io: CommandIo;
  readonly stdout: Writable;
  /** Whether progress may be drawn on stderr. */
  readonly isProgressSeen: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const count = z.int().min(0);

/** What `--json` prints as the last line of stderr. Stable: fields are only ever added. */
export const exportSummarySchema = z.object({
  v: z.literal(1),
  what: z.string(),
  rows: count,
  records: count.describe("records read, one second that is not sealed yet counting as one"),
  out: z.string().nullable().describe("null: standard output"),
  isComplete: z.boolean().describe("nothing of the range was damaged or removed meanwhile"),
  removed: count.describe("records that retention removed while the export ran"),
  damaged: z
    .array(
      z.object({
        journal: z.string(),
        from: z.int().nullable().describe("first sequence number; null: it has none"),
        to: z.int().nullable(),
        readings: count.describe("as far as known"),
        what: z.string(),
      }),
    )
    .describe("what could not be exported"),
});
export type ExportSummary = z.output<typeof exportSummarySchema>;
type Damage = ExportSummary["damaged"][number];

/** Characters handed on together. */
const chunkChars = 64 * 1024;
/** Signals are listened to this often. */
const breatheEveryMs = 50;
/** Lines of a sheet of Excel, without the head; it leaves out the rest in silence. */
const excelRowsMax = 1_048_575;
/** More damages than this say nothing more. */
const damagesMax = 1_000;

/**
 * @returns the exit code: 0 all that was asked for, be it nothing; 1 nothing, and a `--point` fits no point, or the
 * result could not be written; 2 the file is there already; 5 the journal cannot be read, or part of it is damaged (the rest was
 * exported); 130 interrupted.
 */
export async function exportHistory(options: ExportOptions): Promise<number> {
  const { io, fromWallMs, toWallMs, dataDir, withArchives } = options;
  const question = { kind: kindOf[options.what], fromWallMs, toWallMs };
  const opened = openJournals({ dataDir, withArchives, question });
  if (!opened.ok) {
    io.err(`${opened.error}\n`);
    return exitCode.journal;
  }
  using journals = opened.value;
  const patterns = tagPatterns(options.points);
  const unfit = options.what === "readings" ? patterns.unfit(journals.tags) : null;
  // Only a word of warning: a record carried over from another journal may know more points.
  if (unfit !== null) io.err(`${unfitText(unfit, io.lang)}\n`);
  const sink = await openSink(options);
  if (typeof sink === "number") return sink;
  const run = new Run(options, journals, sink);
  const trouble = await run.write({ isWanted: patterns.fits, fromWallMs, toWallMs });
  if (trouble !== null) {
    await sink.abandon();
    return ended(trouble, options);
  }
  const summary = run.summary();
  tell(summary, options);
  if (summary.damaged.length > 0) return exitCode.journal;
  return unfit !== null && summary.rows === 0 ? exitCode.problems : exitCode.well;
}

async function openSink(options: ExportOptions): Promise<ExportSink | number> {
  const { out, io, signal, mayReplace } = options;
  if (out === null) return streamSink(options.stdout, signal);
  const sink = await fileSink(out, { mayReplace, signal });
  if (sink.ok) return sink.value;
  if (sink.error === "exists") {
    io.err(
      say(io.lang, {
        zh: `${out} 已存在；加 --force 覆盖。\n`,
        en: `${out} is there already; add --force to replace it.\n`,
      }),
    );
    return exitCode.usage;
  }
  io.err(`${sink.error.message}\n`);
  return exitCode.problems;
}

class Run {
  readonly #options: ExportOptions;
  readonly #journals: Journals;
  readonly #sink: ExportSink;
  readonly #damaged: Damage[] = [];
  #rows = 0;
  #records = 0;
  #removed = 0;
  #text = "";

  constructor(options: ExportOptions, journals: Journals, sink: ExportSink) {
    this.#options = options;
    this.#journals = journals;
    this.#sink = sink;
    for (const { journal, what } of journals.unread) {
      this.#damaged.push({ journal, from: null, to: null, readings: 0, what });
    }
  }

  /** Null: all is written. */
  async write(filter: RowFilter): Promise<SinkTrouble | null> {
    const progress = createProgress({ ...this.#options, records: this.#journals.records });
    let outcome: Result<null, SinkTrouble>;
    try {
      outcome = await this.#writeAll(filter, progress);
    } finally {
      progress.clear();
    }
    if (outcome.ok) outcome = await this.#sink.finish();
    return outcome.ok ? null : outcome.error;
  }

  summary(): ExportSummary {
    const { what, out } = this.#options;
    return {
      v: 1,
      what,
      rows: this.#rows,
      records: this.#records,
      out,
      isComplete: this.#damaged.length + this.#removed === 0,
      removed: this.#removed,
      damaged: this.#damaged,
    };
  }

  async #writeAll(filter: RowFilter, progress: Progress): Promise<Result<null, SinkTrouble>> {
    const { clock, signal, time } = this.#options;
    const text = this.#format();
    this.#text = text.head;
    let breathedMs = clock.monotonicMs();
    for (const { piece, epoch, journal } of this.#journals.parts()) {
      this.#note(journal, piece);
      for (const row of rowsOf(piece, { filter, epoch, iso: time.iso })) {
        this.#rows += 1;
        this.#text += text.row(row);
        const handed = this.#text.length < chunkChars ? ok(null) : await this.#hand();
        if (!handed.ok) return handed;
      }
      if (clock.monotonicMs() - breathedMs < breatheEveryMs) continue;
      await clock.sleep(0, signal);
      if (signal.aborted) return fail({ kind: "aborted" });
      breathedMs = clock.monotonicMs();
      progress.show(this.#records, this.#rows);
    }
    return await this.#hand();
  }

  #format() {
    const { what, format, isForExcel, io } = this.#options;
    const columns = columnsOf[what];
    const names = columns.map((column) => (isForExcel ? column[io.lang] : column.name));
    return format === "csv" ? csvText(names, isForExcel) : jsonLinesText(names);
  }

  #hand(): Promise<Result<null, SinkTrouble>> {
    const text = this.#text;
    this.#text = "";
    return this.#sink.write(text);
  }

  #note(journal: string, piece: Part["piece"]): void {
    if (piece.kind === "removed") this.#removed += 1;
    else if (piece.kind === "unreadable") {
      const { from, to, readings, what } = piece;
      addDamage(this.#damaged, { journal, from, to, readings, what });
    } else this.#records += 1;
  }
}

/** Neighbours with the same trouble become one range. */
function addDamage(all: Damage[], next: Damage): void {
  const last = all.at(-1);
  const isSame = last?.journal === next.journal && last.what === next.what;
  if (last !== undefined && isSame && last.to !== null && next.from === last.to + 1) {
    all[all.length - 1] = { ...last, to: next.to, readings: last.readings + next.readings };
  } else if (all.length < damagesMax) all.push(next);
}

function tell(summary: ExportSummary, options: ExportOptions): void {
  const { io, json, isProgressSeen } = options;
  for (const damage of summary.damaged) io.err(`${damageText(damage, io.lang)}\n`);
  if (options.isForExcel && summary.rows > excelRowsMax) io.err(`${tooLongText(io.lang)}\n`);
  if (summary.removed > 0) io.err(`${removedText(summary.removed, io.lang)}\n`);
  if (json) io.err(`${JSON.stringify(summary)}\n`);
  else if (isProgressSeen) io.err(`${summaryText(summary, io.lang)}\n`);
}

function ended(trouble: SinkTrouble, { io }: ExportOptions): number {
  switch (trouble.kind) {
    case "closed":
      // Whoever read has what it wanted.
      return exitCode.well;
    case "aborted":
      io.err(`${say(io.lang, { zh: "已中断。", en: "Interrupted." })}\n`);
      return interrupted;
    case "failed":
      io.err(`${trouble.message}\n`);
      return exitCode.problems;
  }
}

function damageText({ journal, from, to, readings, what }: Damage, lang: Lang): string {
  const range = from === to ? `${from}` : `${from}-${to}`;
  const place = from === null ? journal : `${journal} seq ${range}`;
  const lost =
    readings === 0 ? "" : say(lang, { zh: ` (${readings} 条读数)`, en: ` (${readings} readings)` });
  return say(lang, {
    zh: `损坏，未导出: ${place}${lost}: ${what}`,
    en: `damaged, not exported: ${place}${lost}: ${what}`,
  });
}

function tooLongText(lang: Lang): string {
  return say(lang, {
    zh: `行数超过 Excel 的上限 ${excelRowsMax}，打开时会缺行；请缩小范围。`,
    en: `More rows than the ${excelRowsMax} that Excel shows: take a smaller range.`,
  });
}

function removedText(records: number, lang: Lang): string {
  return say(lang, {
    zh: `导出期间有 ${records} 条记录到期被清理，未导出。`,
    en: `${records} records were removed by retention while the export ran and are not in it.`,
  });
}

function summaryText({ rows, records, out }: ExportSummary, lang: Lang): string {
  const where = out === null ? "" : ` -> ${out}`;
  return say(lang, {
    zh: `${rows} 行，来自 ${records} 条记录${where}`,
    en: `${rows} rows from ${records} records${where}`,
  });
}

function unfitText(unfit: { pattern: string; nearest: string | null }, lang: Lang): string {
  const { pattern, nearest } = unfit;
  const advice =
    nearest === null
      ? ""
      : say(lang, { zh: `是否指 ${nearest}？`, en: ` Did you mean ${nearest}?` });
  return say(lang, {
    zh: `日志中没有测点符合 "${pattern}"。${advice}`,
    en: `No point of the journal fits "${pattern}".${advice}`,
  });
}
