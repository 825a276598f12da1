/**
 * A mark beside the journal: what its last commit said. SQLite recovers silently from a damaged write-ahead log
 * by forgetting the commits behind the damage; without this mark their numbers would be given out again, for other
 * content. It is written after each commit, never before, so it is never ahead of an undamaged journal. It also
 * tells how much a journal held that can no longer be read itself.
 *
 * Three lines of 512 bytes, so that each is replaced as a whole. All are written and synced when the journal is
 * opened; from then on two of them in turn, unsynced. After a power cut those may be old, at worst torn; a line that
 * is no line any more means that nobody can say whether commits were forgotten.
 */

import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { type Counters, noCounters, ofEachClass } from "./accountTable.ts";
import { newestVersion } from "./migrations.ts";

export interface Marked {
  /** Version of the journal's format. */
  readonly format: number;
  readonly epoch: string;
  /** The number the next record gets. */
  readonly nextSeq: number;
  /** Age of the journal at the commit, in whole ms; rises with every commit. */
  readonly ageMs: number;
  /** Null: a mark of format 1, which did not keep them. */
  readonly counters: Counters | null;
  /** False: a line is damaged that may have told of one more commit. */
  readonly isWhole: boolean;
  /** False: only the line of the opening is left. */
  readonly isOfLastCommits: boolean;
}

export type Said = Omit<Marked, "format" | "isWhole" | "isOfLastCommits">;

export interface SequenceMark extends Disposable {
  /** Trouble with the mark is no trouble of the journal: it is silently not kept then. */
  save(said: Said): void;
}

const lineBytes = 512;
const lines = 3;

const count = z.int();
const counter = z.tuple([count, count, count]);
const lineSchema = z.object({
  n: count,
  format: count,
  epoch: z.string(),
  nextSeq: count,
  ageMs: count,
  counters: z.object({
    readings: counter,
    alarm: counter,
    gap: counter,
    event: counter,
    evidence: counter.default([0, 0, 0]).describe("from format 4 on"),
  }),
});

/** `now`: what the journal says as it is opened; null: the first commit is to say it. */
export function openSequenceMark(journalFile: string, now: Said | null): SequenceMark {
  const path = markPathOf(journalFile);
  let turn = (wholeLines(path)[0]?.n ?? 0) + 1;
  let isBegun = false;
  let descriptor: number | null = null;
  try {
    closeSync(openSync(path, "a+", 0o640));
    descriptor = openSync(path, "r+");
  } catch {
    descriptor = null;
  }
  const save = (said: Said): void => {
    if (descriptor === null) return;
    try {
      const line = lineOf(said, turn);
      turn += 1;
      if (isBegun) writeSync(descriptor, line, (1 + (turn % 2)) * lineBytes);
      else {
        writeSync(descriptor, line.repeat(lines), 0);
        fsyncSync(descriptor);
        isBegun = true;
      }
    } catch {
      // A full disk is the journal's to report.
    }
  };
  if (now !== null) save(now);
  return {
    save,
    [Symbol.dispose]() {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}

/** The newest whole line. Null: there is no mark, or nothing whole in it. */
export function readMark(journalFile: string): Marked | null {
  const path = markPathOf(journalFile);
  const found = wholeLines(path);
  const [newest] = found;
  if (newest === undefined) return firstFormat(path);
  const inTurn = found.filter(({ line }) => line > 0).length;
  return { ...newest, isWhole: inTurn === lines - 1, isOfLastCommits: inTurn > 0 };
}

export function markPathOf(journalFile: string): string {
  return `${journalFile}.mark`;
}

function lineOf({ epoch, nextSeq, ageMs, counters }: Said, n: number): string {
  const triple = ({ made, delivered, lost }: Counters["readings"]): number[] => [
    made,
    delivered,
    lost,
  ];
  const known = counters ?? noCounters;
  const text = JSON.stringify({
    ...{ n, format: newestVersion, epoch, nextSeq, ageMs },
    counters: ofEachClass((name) => triple(known[name])),
  });
  return `${`${text} ${crc32(text)}`.padEnd(lineBytes - 1)}\n`;
}

/** Newest first. */
function wholeLines(path: string): readonly (Line & { readonly line: number })[] {
  const bytes = bytesOf(path);
  const found = Array.from({ length: lines }, (_, line) => {
    const text = bytes.toString("latin1", line * lineBytes, (line + 1) * lineBytes);
    const one = parsed(text);
    return one === null ? null : { ...one, line };
  });
  return found.filter((one) => one !== null).sort((a, b) => b.n - a.n);
}

type Line = Omit<Marked, "isWhole" | "isOfLastCommits"> & { readonly n: number };

function parsed(line: string): Line | null {
  const end = line.lastIndexOf("}") + 1;
  const text = line.slice(0, end);
  if (end === 0 || line.length !== lineBytes || line.slice(end).trim() !== String(crc32(text))) {
    return null;
  }
  const fields = lineSchema.safeParse(JSON.parse(text));
  if (!fields.success) return null;
  const triple = ([made, delivered, lost]: readonly [number, number, number]) => ({
    made,
    delivered,
    lost,
  });
  const { counters, ...rest } = fields.data;
  return {
    ...rest,
    counters: ofEachClass((name) => triple(counters[name])),
  };
}

/** `EPOCH NEXT_SEQ CRC32`, as format 1 wrote it. */
function firstFormat(path: string): Marked | null {
  const line = bytesOf(path).toString("utf8").split("\n")[0] ?? "";
  const [epoch = "", nextSeq = "", crc = ""] = line.split(" ");
  if (nextSeq.length !== 16 || Number(crc) !== crc32(`${epoch} ${nextSeq}`)) return null;
  return {
    format: 1,
    epoch,
    nextSeq: Number(nextSeq),
    ageMs: 0,
    counters: null,
    isWhole: true,
    isOfLastCommits: true,
  };
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path).subarray(0, lines * lineBytes);
  } catch {
    return Buffer.alloc(0);
  }
}
