/** The journals an export reads: the one in use, and before it, if wanted, those that were moved aside as damaged. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../../config/words/result.ts";
import {
  type History,
  type HistoryPiece,
  type HistoryQuestion,
  openHistory,
} from "../store/historyReader.ts";

export interface Part {
  /** File name of the journal. */
  readonly journal: string;
  readonly epoch: string | null;
  readonly piece: HistoryPiece;
}

export interface Journals extends Disposable {
  readonly records: number;
  readonly tags: ReadonlySet<string>;
  /** Moved-aside journals that cannot be read at all, and why. */
  readonly unread: readonly { readonly journal: string; readonly what: string }[];
  /** The oldest journal first. A record that was carried over from one of them comes once. */
  parts(): Generator<Part>;
}

const inUse = "journal.db";
const movedAside = /^journal\.db\.damaged-\d+$/;

/** Fails with a sentence when the journal in use cannot be read. */
export function openJournals(options: {
  readonly dataDir: string;
  readonly withArchives: boolean;
  readonly question: HistoryQuestion;
}): Result<Journals, string> {
  const { dataDir, question } = options;
  const archives = options.withArchives ? archivesIn(dataDir) : [];
  const unread: { journal: string; what: string }[] = [];
  const opened: OpenJournal[] = [];
  const closeAll = (): void => {
    for (const { history } of opened) history[Symbol.dispose]();
  };
  for (const journal of [...archives, inUse]) {
    const one = openOne(join(dataDir, journal), question);
    if (one.ok) opened.push({ journal, ...one.value });
    else if (journal !== inUse) unread.push({ journal, what: one.error });
    else {
      closeAll();
      return one;
    }
  }
  const byEpoch = new Map(opened.map(({ history }) => [history.epoch, history]));
  return ok({
    records: opened.reduce((sum, { selection }) => sum + selection.records, 0),
    tags: new Set(opened.flatMap(({ history }) => history.tags)),
    unread,
    *parts() {
      for (const { journal, history, selection } of opened) {
        for (const piece of selection.pieces()) {
          if (!isHeldBy(byEpoch, piece)) yield { journal, epoch: history.epoch, piece };
        }
      }
    },
    [Symbol.dispose]: closeAll,
  });
}

interface OpenJournal extends Opened {
  readonly journal: string;
}

interface Opened {
  readonly history: History;
  readonly selection: ReturnType<History["select"]> extends Result<infer S, unknown> ? S : never;
}

function openOne(file: string, question: HistoryQuestion): Result<Opened, string> {
  const history = openHistory(file);
  if (!history.ok) return fail(`${history.error.message}. ${history.error.hint}`);
  const selection = history.value.select(question);
  if (selection.ok) return ok({ history: history.value, selection: selection.value });
  history.value[Symbol.dispose]();
  return fail(`${file}: ${selection.error}`);
}

/** `was` names the record in the journal it was carried over from. */
function isHeldBy(journals: ReadonlyMap<string | null, History>, piece: HistoryPiece): boolean {
  const was = "envelope" in piece ? piece.envelope.was : undefined;
  return was !== undefined && journals.get(was.epoch)?.holds(was.seq) === true;
}

/** By the time they were moved aside. */
function archivesIn(dataDir: string): string[] {
  try {
    const names = readdirSync(dataDir).filter((name) => movedAside.test(name));
    return names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  } catch {
    return [];
  }
}
