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
import { HeldRanges } from "../wire/heldRanges.ts";

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
  const carriedOver = opened.at(-1)?.history.carriedOver ?? new Set();
  return ok({
    records: opened.reduce((sum, { selection }) => sum + selection.records, 0),
    tags: new Set(opened.flatMap(({ history }) => history.tags)),
    unread,
    *parts() {
      const isRepeated = repetitions(opened);
      for (const { journal, history, selection } of opened) {
        for (const piece of selection.pieces()) {
          const isSealedAnew = piece.kind === "open" && carriedOver.has(journal);
          if (isSealedAnew || isRepeated(piece)) continue;
          yield { journal, epoch: history.epoch, piece };
        }
      }
    },
    [Symbol.dispose]: closeAll,
  });
}

/** `was` is the first identity of a record: where it stands itself, or was met before, it is not told again. */
function repetitions(opened: readonly OpenJournal[]): (piece: HistoryPiece) => boolean {
  const journals = new Map(opened.map(({ history }) => [history.epoch, history]));
  const met = new Map<string, HeldRanges>();
  return (piece) => {
    const was = "envelope" in piece ? piece.envelope.was : undefined;
    if (was === undefined) return false;
    const { epoch, seq } = was;
    const ranges = met.get(epoch) ?? new HeldRanges();
    met.set(epoch, ranges);
    const isMet = ranges.has(seq);
    ranges.add(seq);
    return isMet || journals.get(epoch)?.holds(seq) === true;
  };
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

/** By the time they were moved aside. */
function archivesIn(dataDir: string): string[] {
  try {
    const names = readdirSync(dataDir).filter((name) => movedAside.test(name));
    return names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  } catch {
    return [];
  }
}
