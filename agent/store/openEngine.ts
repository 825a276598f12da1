/** From a path to a running engine: lock, file, tables, first commit. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import type { PointHead } from "../records.ts";
import { openDatabase } from "./database.ts";
import { Engine } from "./engine.ts";
import type { JournalSettings } from "./engineOptions.ts";
import type { JournalError } from "./journalError.ts";
import { takeLock } from "./processLock.ts";

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
}

export interface OpenedEngine {
  readonly engine: Engine;
  /** Held until the engine is closed; dispose it after that. */
  readonly lock: Disposable;
}

/** Creates the folder when it is missing. The lock is free again after a failure. */
export function openEngine(options: OpenEngineOptions): Result<OpenedEngine, JournalError> {
  const { file, settings, clock, newEpoch } = options;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o750 });
  } catch (error) {
    return fail({
      kind: "unwritable",
      message: `${dirname(file)}: ${String(error)}`,
      hint: "create the data folder and make it writable for the agent",
    });
  }
  const lock = takeLock(`${file}.lock`);
  if (!lock.ok) return lock;
  const opened = openDatabase({
    file,
    maxSizeBytes: settings.maxSizeBytes,
    newEpoch,
    nowWallMs: clock.now().wallMs,
    isDamaged: existsSync(markOf(file)) && existsSync(file),
  });
  if (!opened.ok) {
    lock.value[Symbol.dispose]();
    return opened;
  }
  rmSync(markOf(file), { force: true });
  const engine = new Engine({ ...options, opened: opened.value });
  engine.commit();
  return ok({ engine, lock: lock.value });
}

/** Says that the file was found damaged while in use: the next opening moves it aside. */
export function markDamaged(file: string): void {
  writeFileSync(markOf(file), "");
}

function markOf(file: string): string {
  return `${file}.is-damaged`;
}
