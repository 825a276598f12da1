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
import { openLifeTable } from "./lifeRow.ts";
import { takeLock } from "./processLock.ts";
import { hasForgotten, openSequenceMark } from "./sequenceMark.ts";

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
  const nowWallMs = clock.now().wallMs;
  const how = { file, newEpoch, nowWallMs, maxSizeBytes: settings.maxSizeBytes };
  const isDamaged = existsSync(damageFlagOf(file)) && existsSync(file);
  let opened = openDatabase({ ...how, isDamaged });
  if (opened.ok && hasForgotten(file, openLifeTable(opened.value.db).read())) {
    opened.value.db.close();
    opened = openDatabase({ ...how, isDamaged: true });
  }
  if (!opened.ok) {
    lock.value[Symbol.dispose]();
    return opened;
  }
  rmSync(damageFlagOf(file), { force: true });
  const mark = openSequenceMark(file);
  const engine = new Engine({ ...options, mark, opened: opened.value });
  engine.commit();
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

/** Says that the file was found damaged while in use: the next opening moves it aside. */
export function markDamaged(file: string): void {
  writeFileSync(damageFlagOf(file), "");
}

function damageFlagOf(file: string): string {
  return `${file}.is-damaged`;
}
