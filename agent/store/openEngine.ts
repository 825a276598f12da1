/** From a path to a running engine: lock, file, tables, what a damaged file leaves to do, first commit. */

import { basename, dirname, resolve } from "node:path";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { PointHead, SeqRange } from "../records.ts";
import { openAccountTable } from "./accountTable.ts";
import { type OpenedDatabase, openDatabase, openError } from "./database.ts";
import { makeDataFolder } from "./dataFolder.ts";
import { Engine } from "./engine.ts";
import type { JournalSettings } from "./engineOptions.ts";
import type { JournalError } from "./journalError.ts";
import { openLifeTable } from "./lifeRow.ts";
import { type MovedAside, moveIsDone, moveUnderWay } from "./moveAside.ts";
import { takeLock } from "./processLock.ts";
import { beginSalvage } from "./salvageStart.ts";
import { openSequenceMark, readMark, type SequenceMark } from "./sequenceMark.ts";

/** More numbers than a journal can have given out behind its last checkpoint. */
const skippedSeqs = 100_000;

export interface OpenEngineOptions {
  readonly file: string;
  readonly site: string;
  readonly box: string;
  readonly heads: readonly PointHead[];
  readonly settings: JournalSettings;
  readonly clock: Clock;
  /** Names a fresh journal's life; must never repeat. */
  readonly newEpoch: string;
  readonly pendingReadingsMax?: number;
  readonly openReadingsMax?: number;
  /** Files up to this size are checked wholly at the opening. */
  readonly checkedBytesMax?: number;
}

export interface OpenedEngine {
  readonly engine: Engine;
  /** Held until the engine is closed; dispose it after that. */
  readonly lock: Disposable;
}

/** Creates the folder when it is missing. The lock is free again after a failure. */
export function openEngine(options: OpenEngineOptions): Result<OpenedEngine, JournalError> {
  const { file } = options;
  try {
    makeDataFolder(dirname(resolve(file)));
  } catch (error) {
    return fail({
      kind: "unwritable",
      message: `${dirname(file)}: ${String(error)}`,
      hint: "create the data folder and make it writable for the agent",
    });
  }
  const lock = takeLock(`${file}.lock`);
  if (!lock.ok) return lock;
  let begun = begin(options, false);
  // A read that fails once looks like damage; damage is found again.
  if (!begun.ok && begun.error.kind === "damaged") begun = begin(options, false);
  // Damage that only the first use shows; the fresh journal has none.
  if (!begun.ok && begun.error.kind === "damaged") {
    begun = begin({ ...options, newEpoch: `${options.newEpoch}-again` }, true);
  }
  if (!begun.ok) {
    lock.value[Symbol.dispose]();
    return begun;
  }
  const { engine, mark } = begun.value;
  const held = lock.value;
  return ok({
    engine,
    lock: {
      [Symbol.dispose]() {
        mark[Symbol.dispose]();
        held[Symbol.dispose]();
      },
    },
  });
}

function begin(
  options: OpenEngineOptions,
  isDamaged: boolean,
): Result<{ readonly engine: Engine; readonly mark: SequenceMark }, JournalError> {
  const { file } = options;
  const opened = openTold(options, isDamaged);
  if (!opened.ok) return opened;
  const { database, movedAside } = opened.value;
  try {
    return ok(started(options, { database, movedAside }));
  } catch (error) {
    database.db.close();
    return openError(file, error);
  }
}

function started(
  options: OpenEngineOptions,
  { database, movedAside }: Told,
): { readonly engine: Engine; readonly mark: SequenceMark } {
  const { file } = options;
  const skipped = skippedIn(file, database);
  const { epoch, nextSeq, ageMs } = openLifeTable(database.db).read();
  const counters = openAccountTable(database.db).counters();
  // A journal that skips numbers gets its mark with the commit that skips them, not before.
  const mark = openSequenceMark(
    file,
    skipped === null ? { epoch, nextSeq, ageMs, counters } : null,
  );
  const engine = new Engine({ ...options, mark, opened: { ...database, movedAside }, skipped });
  if (movedAside !== null) engine.note(damagedEvent(movedAside, options.clock));
  engine.commit();
  return { engine, mark };
}

interface Told {
  readonly database: OpenedDatabase;
  readonly movedAside: MovedAside | null;
}

/** Opens the file, and writes down what of a damaged one is to be salvaged before that can be forgotten. */
function openTold(options: OpenEngineOptions, isDamaged: boolean): Result<Told, JournalError> {
  const { file, settings, clock, newEpoch, heads, checkedBytesMax } = options;
  const move = moveUnderWay(file);
  const opened = openDatabase({
    file,
    newEpoch,
    nowWallMs: clock.now().wallMs,
    maxSizeBytes: settings.maxSizeBytes,
    isDamaged: isDamaged || move === "move",
    ...(checkedBytesMax === undefined ? {} : { checkedBytesMax }),
  });
  if (!opened.ok) return opened;
  const movedAside = opened.value.movedAside ?? (typeof move === "object" ? move.moved : null);
  if (movedAside !== null) {
    beginSalvage(opened.value.db, { file, heads, writtenWallMs: movedAside.writtenWallMs });
  }
  moveIsDone(file);
  return ok({ database: opened.value, movedAside });
}

/** Without its mark nobody knows what the journal has forgotten: numbers it may have given out are not used. */
function skippedIn(file: string, { db, isFresh }: OpenedDatabase): SeqRange | null {
  const life = openLifeTable(db).read();
  if (isFresh || !life.isMarked) return null;
  const mark = readMark(file);
  // The damaged line told of the commit before or after the one that is left: the journal knows of the later.
  if (mark?.isWhole === true) return null;
  if (mark?.isOfLastCommits === true && life.ageMs > mark.ageMs) return null;
  return { from: life.nextSeq, to: life.nextSeq + skippedSeqs - 1 };
}

function damagedEvent({ path, why }: MovedAside, clock: Clock): Parameters<Engine["note"]>[0] {
  return {
    type: "journal-damaged",
    at: clock.now(),
    by: "box",
    note: `the journal was damaged and moved aside to ${basename(path)}; what is readable in it is carried over`,
    details: { file: basename(path), why },
  };
}
