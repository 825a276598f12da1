/**
 * A copy of the journal's alarm and gap records, with indexes: three years of alarms are searched without reading the
 * journal. Copied record by record from the journal's own sealed bytes, after they are committed, so a line is what the
 * journal has; a missing copy is made again. Lines of a life of the journal that was damaged and moved aside stay, until
 * a record that was carried over takes the place of its first form.
 */

import type { Database } from "better-sqlite3";
import type { AlarmHistory } from "../page/protocol/alarms.ts";
import type { Envelope } from "../wire/envelope.ts";
import { gapOf, lineOf, type StoredGap, type StoredLine } from "./trendAlarmLine.ts";
import { envelopeOf, type JournalReader, openJournalReader } from "./trendJournal.ts";

/** Of one page of answers. */
export const linesMax = 5_000;

export interface AlarmQuestion {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** Part of tag, tank, reason, person or note; empty: all. */
  readonly search: string;
  /** Sources that fit `search` by their plant name. */
  readonly named: readonly string[];
  /** Empty: all; so are `type` and `event`. */
  readonly priority: readonly number[];
  readonly type: readonly string[];
  readonly event: readonly string[];
  readonly limit: number;
  readonly before: string | null;
}

/** Records looked at in one step. */
const recordsAStep = 500;

export class AlarmCopy {
  readonly #db: Database;
  readonly #journalFile: string;
  readonly #sql: ReturnType<typeof statements>;
  #journal: JournalReader | null = null;

  constructor(db: Database, journalFile: string) {
    this.#db = db;
    this.#journalFile = journalFile;
    this.#sql = statements(db);
  }

  /** Copies the next few records; false: there are no more. @throws when the journal cannot be read. */
  step(): boolean {
    this.#journal ??= openJournalReader(this.#journalFile);
    const journal = this.#journal;
    if (journal === null) return false;
    try {
      const { epoch } = journal;
      const after = this.#sql.copied.get(epoch) ?? 0;
      const last = journal.last.get() ?? 0;
      if (last <= after) return false;
      const heads = journal.heads.all(after, recordsAStep);
      // None in between: what is left are readings.
      const reached = heads.length < recordsAStep ? last : (heads.at(-1)?.seq ?? last);
      const envelopes = heads.flatMap((head) => envelopeOf(head, journal) ?? []);
      this.#db.transaction(() => {
        for (const envelope of envelopes) this.#add(envelope);
        this.#sql.setCopied.run(epoch, reached);
        const oldest = journal.oldest.get();
        if (oldest !== undefined && oldest !== null) this.#sql.forget.run(epoch, oldest);
      })();
      return reached < last;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#journal?.db.close();
    this.#journal = null;
  }

  lines(question: AlarmQuestion): {
    readonly lines: readonly StoredLine[];
    readonly next: AlarmHistory["next"];
  } {
    const limit = Math.max(1, Math.min(linesMax, Math.floor(question.limit)));
    const [beforeMs, beforeId] = cursorOf(question.before);
    const rows = this.#sql.lines.all({
      from: question.fromMs,
      to: question.toMs,
      beforeMs,
      beforeId,
      like: `%${question.search.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`,
      named: JSON.stringify(question.named),
      priority: JSON.stringify(question.priority),
      type: JSON.stringify(question.type),
      event: JSON.stringify(question.event),
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      lines: page.map(({ line }) => JSON.parse(line) as StoredLine),
      next: rows.length > limit && last !== undefined ? `${last.at_ms}_${last.id}` : null,
    };
  }

  /** All lines, oldest first, of the occurrences that were not over at this moment; as they were then. */
  standingAt(atMs: number): readonly StoredLine[] {
    return this.#sql.standing
      .all(atMs, atMs)
      .flatMap(({ alarm_id }) => this.#sql.occurrence.all(alarm_id, atMs))
      .map((line) => JSON.parse(line) as StoredLine);
  }

  /** One that no record of the journal tells of. */
  noteGap(gap: StoredGap): void {
    this.#addGap(gap, { epoch: "", seq: 0 });
  }

  gaps(fromMs: number, toMs: number): readonly StoredGap[] {
    return this.#sql.gaps.all(fromMs, toMs).map(({ tags, ...gap }) => ({
      ...gap,
      tags: tags === null ? null : (JSON.parse(tags) as string[]),
    }));
  }

  #addGap(gap: StoredGap, { epoch, seq }: { readonly epoch: string; readonly seq: number }): void {
    const { fromMs, toMs, reason } = gap;
    const tags = gap.tags === null ? null : JSON.stringify(gap.tags);
    this.#sql.addGap.run(epoch, seq, fromMs, toMs, reason, tags);
  }

  #add({ epoch, seq, kind, was, body }: Envelope): void {
    if (was !== undefined) {
      this.#sql.dropAlarm.run(was.epoch, was.seq);
      this.#sql.dropGap.run(was.epoch, was.seq);
    }
    if (kind === "gap") {
      this.#addGap(gapOf(body), { epoch, seq });
      return;
    }
    const line = lineOf(epoch, seq, body);
    const { source, tank, type, event, priority, reason, reasonZh = null, by, note } = line;
    const words = [source, tank, type, reason, reasonZh, by, note].filter((word) => word !== null);
    this.#sql.addAlarm.run({
      epoch,
      seq,
      at: line.atMs,
      alarmId: line.alarmId,
      source,
      type,
      event,
      priority,
      words: words.join("\n").toLowerCase(),
      line: JSON.stringify(line),
    });
  }
}

function cursorOf(before: string | null): readonly [number, number] {
  const found = /^(-?\d+(?:\.\d+)?)_(\d+)$/.exec(before ?? "");
  return found === null
    ? [Number.MAX_VALUE, Number.MAX_SAFE_INTEGER]
    : [Number(found[1]), Number(found[2])];
}

function statements(db: Database) {
  return {
    copied: db.prepare<[string], number>("SELECT seq FROM copied WHERE epoch = ?").pluck(),
    setCopied: db.prepare<[string, number]>("INSERT OR REPLACE INTO copied VALUES (?, ?)"),
    /** Retention of the journal is retention here. */
    forget: db.prepare<[string, number]>("DELETE FROM alarm WHERE epoch = ? AND seq < ?"),
    addAlarm: db.prepare<[Readonly<Record<string, string | number>>]>(
      `INSERT OR IGNORE INTO alarm
         (epoch, seq, at_ms, alarm_id, source, type, event, priority, words, line)
       VALUES (@epoch, @seq, @at, @alarmId, @source, @type, @event, @priority, @words, @line)`,
    ),
    dropAlarm: db.prepare<[string, number]>("DELETE FROM alarm WHERE epoch = ? AND seq = ?"),
    dropGap: db.prepare<[string, number]>("DELETE FROM gap WHERE epoch = ? AND seq = ?"),
    addGap: db.prepare<[string, number, number, number, string, string | null]>(
      `INSERT OR IGNORE INTO gap (epoch, seq, from_ms, to_ms, reason, tags)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    gaps: db.prepare<[number, number], Omit<StoredGap, "tags"> & { readonly tags: string | null }>(
      `SELECT from_ms AS fromMs, to_ms AS toMs, reason, tags FROM gap
       WHERE to_ms > ? AND from_ms < ? ORDER BY from_ms LIMIT 10000`,
    ),
    lines: db.prepare<
      [Readonly<Record<string, string | number>>],
      { readonly id: number; readonly at_ms: number; readonly line: string }
    >(
      `SELECT id, at_ms, line FROM alarm
       WHERE at_ms >= @from AND at_ms < @to AND (at_ms, id) < (@beforeMs, @beforeId)
         AND (words LIKE @like ESCAPE '\\' OR source IN (SELECT value FROM json_each(@named)))
         AND (@priority = '[]' OR priority IN (SELECT value FROM json_each(@priority)))
         AND (@type = '[]' OR type IN (SELECT value FROM json_each(@type)))
         AND (@event = '[]' OR event IN (SELECT value FROM json_each(@event)))
       ORDER BY at_ms DESC, id DESC LIMIT @limit`,
    ),
    standing: db.prepare<[number, number], { readonly alarm_id: string }>(
      `SELECT DISTINCT alarm_id FROM alarm AS newest JOIN (
         SELECT source, type, max(at_ms) AS at_ms FROM alarm WHERE at_ms <= ? GROUP BY source, type
       ) USING (source, type, at_ms)
       WHERE json_extract(line, '$.stateAfter') <> 'normal' AND NOT EXISTS (
         SELECT 1 FROM alarm AS later WHERE later.source = newest.source
           AND later.type = newest.type AND later.at_ms = newest.at_ms AND later.id > newest.id
           AND later.at_ms <= ?)`,
    ),
    occurrence: db
      .prepare<[string, number], string>(
        "SELECT line FROM alarm WHERE alarm_id = ? AND at_ms <= ? ORDER BY at_ms, id",
      )
      .pluck(),
  };
}
