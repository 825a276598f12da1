/**
 * A mark beside the journal: which sequence number was given out last. SQLite recovers silently from a damaged
 * write-ahead log by forgetting the commits behind the damage; without this mark their numbers would be given out
 * again, for other content. Written after each commit that gave out numbers, never before, so it is never ahead of
 * an undamaged journal. Not synced: after a power cut an old mark, or none, only means that nothing can be said.
 */

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

interface Marked {
  readonly epoch: string;
  /** The number the next record gets. */
  readonly nextSeq: number;
}

export interface SequenceMark extends Disposable {
  /** Trouble with the mark is no trouble of the journal: it is silently not kept then. */
  save(marked: Marked): void;
}

/** One line of fixed length, so that it is always replaced as a whole. */
const digits = 16;

export function openSequenceMark(journalFile: string): SequenceMark {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(pathOf(journalFile), "a+", 0o640);
    closeSync(descriptor);
    descriptor = openSync(pathOf(journalFile), "r+");
  } catch {
    descriptor = null;
  }
  return {
    save({ epoch, nextSeq }) {
      if (descriptor === null) return;
      const text = `${epoch} ${String(nextSeq).padStart(digits, "0")}`;
      try {
        writeSync(descriptor, `${text} ${String(crc32(text)).padStart(digits, "0")}\n`, 0);
      } catch {
        // A full disk is the journal's to report.
      }
    },
    [Symbol.dispose]() {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}

/** Whether the journal, as it was found, has forgotten numbers that were given out. */
export function hasForgotten(journalFile: string, found: Marked): boolean {
  const marked = readMark(journalFile);
  return marked !== null && marked.epoch === found.epoch && marked.nextSeq > found.nextSeq;
}

/** Null: there is none, or it is no whole mark. */
function readMark(journalFile: string): Marked | null {
  try {
    const line = readFileSync(pathOf(journalFile), "utf8").split("\n")[0] ?? "";
    const [epoch = "", nextSeq = "", crc = ""] = line.split(" ");
    if (Number(crc) !== crc32(`${epoch} ${nextSeq}`)) return null;
    return { epoch, nextSeq: Number(nextSeq) };
  } catch {
    return null;
  }
}

function pathOf(journalFile: string): string {
  return `${journalFile}.mark`;
}
