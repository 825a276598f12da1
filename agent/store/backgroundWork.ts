/** What the journal does besides, in small steps: carries over a damaged journal, then checks what it holds. */

import { dirname } from "node:path";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import { unknownClock } from "../wire/envelope.ts";
import { dropOldArchives } from "./archives.ts";
import { type CheckFigures, createBackgroundCheck } from "./backgroundCheck.ts";
import { type StorageTrouble, storageTrouble } from "./journalError.ts";
import type { PointNumbers } from "./pointNumbers.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { createSalvage } from "./salvage.ts";
import { createSealer, type Sender } from "./sealing.ts";
import type { SequenceMark } from "./sequenceMark.ts";
import type { Tables } from "./tables.ts";

export interface BackgroundWork {
  readonly figures: CheckFigures;
  /** One step of a few milliseconds. True: there is more to do at once. Trouble `damaged`: the file is. */
  step(options: { readonly at: Instant; readonly ageMs: number }): Result<boolean, StorageTrouble>;
}

const archivesEveryMs = 60_000;

export function createBackgroundWork(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly mark: SequenceMark;
  readonly numbers: PointNumbers;
  readonly sender: Sender;
  readonly settings: {
    readonly keepReadingsMs: number;
    readonly keepAlarmsMs: number;
    readonly maxSizeBytes: number;
  };
}): BackgroundWork {
  const { tables, recorder, settings, sender } = options;
  const folder = dirname(tables.db.name);
  const check = createBackgroundCheck({ tables, recorder });
  const salvage = createSalvage({
    ...{ tables, recorder, folder, sender, keepAlarmsMs: settings.keepAlarmsMs },
    // Readings of the life before may be of another boot, and of another state of the clock.
    rowRecorder: createRecorder({
      ...{ tables, mark: options.mark, labelOf: options.numbers.labelOf },
      sealer: createSealer({ ...sender, boot: () => null }, () => unknownClock),
    }),
  });
  let archivesDueMs = Number.NEGATIVE_INFINITY;
  return {
    get figures() {
      return check.figures;
    },
    step(when) {
      try {
        const salvaged = salvage.step(when);
        if (!salvaged.ok || salvaged.value) return salvaged;
        if (when.ageMs >= archivesDueMs) {
          archivesDueMs = when.ageMs + archivesEveryMs;
          dropOldArchives(tables.db, { ...settings, ageMs: when.ageMs });
        }
        const checked = check.step(when);
        return checked.ok ? ok(false) : checked;
      } catch (error) {
        return fail(storageTrouble(error));
      }
    },
  };
}
