/**
 * Room for what has to be stored: after each commit a little tidying; after a refused one, whatever helps. Tells
 * apart a journal at its own size limit from a volume that is full: then the ballast goes, and the file grows no
 * further until the ballast is back.
 */

import type { Instant } from "../../config/words/time.ts";
import { dropOldestArchive } from "./archives.ts";
import { createBallast, freeBytesAt } from "./ballast.ts";
import { pagesMax } from "./database.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { Recorder } from "./recorder.ts";
import { createRetention, type RetentionSettings } from "./retention.ts";
import type { Sender } from "./sealing.ts";
import type { Tables } from "./tables.ts";

export interface Room {
  /** After a commit. Trouble met here is met again at the next one. */
  tidy(when: Moment): void;
  /** After the disk refused something: true when trying again may help. */
  make(trouble: StorageTrouble, when: Moment): boolean;
}

interface Moment {
  readonly at: Instant;
  readonly ageMs: number;
}

interface Checkpoint {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** Small steps of retention after one commit. */
const stepsMax = 8;
/** Trouble that more room may end. */
const roomKinds: ReadonlySet<StorageTrouble["kind"]> = new Set(["full", "io"]);
/** With less than this, a volume is full, whatever the error says. */
const freeBytesMin = 64 * 1024;
/** A file is never held to fewer pages. */
const pagesMin = 64;

export function createRoom(options: {
  readonly tables: Tables;
  readonly recorder: Recorder;
  readonly sender: Sender;
  readonly settings: RetentionSettings & { readonly maxSizeBytes: number };
}): Room {
  const { db } = options.tables;
  const { maxSizeBytes } = options.settings;
  const retention = createRetention(options);
  const ballast = createBallast({ journalFile: db.name, maxSizeBytes });
  const pageCount = db.prepare<[], number>("PRAGMA page_count").pluck();
  const pagesOfJournal = pagesMax(maxSizeBytes);
  /** Pages of the file when the volume was found full. */
  let pagesOfVolume: number | null = null;
  /** Length of the log when it was emptied last: it says so until it is written again. */
  let framesEmptied = 0;

  const pagesNow = (): number => Math.min(pagesOfJournal, pagesOfVolume ?? pagesOfJournal);

  /** Pages that SQLite itself would still have allowed. */
  const isVolumeFull = ({ kind }: StorageTrouble): boolean => {
    if (kind === "io") return (freeBytesAt(db.name) ?? Number.POSITIVE_INFINITY) < freeBytesMin;
    return (pageCount.get() ?? 0) < pagesOfJournal;
  };

  /** Lets the write-ahead log begin again in the space it has: it may not grow now. True: that gave room. */
  const emptyLog = (): boolean => {
    try {
      const [row] = db.pragma("wal_checkpoint(RESTART)") as readonly Checkpoint[];
      const isEmptied = row !== undefined && row.busy === 0 && row.checkpointed === row.log;
      const isProgress = isEmptied && row.log > 0 && row.log !== framesEmptied;
      if (isEmptied) framesEmptied = row.log;
      return isProgress;
    } catch {
      // The file itself may have to grow for it; then only deleting helps.
      return false;
    }
  };

  const dropArchive = (): boolean => {
    try {
      return dropOldestArchive(db) > 0;
    } catch {
      // Its row could not be removed; that is done when its time is over.
      return false;
    }
  };

  /** What lies beside the journal goes, and the file grows no further. True: that gave room. */
  const giveUpSpace = (): boolean => {
    pagesOfVolume ??= Math.max(pagesMin, pageCount.get() ?? 0);
    const isReleased = ballast.release();
    const isEmptied = emptyLog();
    return isReleased || isEmptied || dropArchive();
  };

  return {
    tidy(when) {
      framesEmptied = 0;
      const isBack = ballast.keep();
      // The log must not eat up the room that the ballast gave.
      if (pagesOfVolume !== null && !isBack) emptyLog();
      if (isBack) pagesOfVolume = null;
      for (let step = 0; step < stepsMax; step += 1) {
        const more = retention.step({ ...when, isFull: false, pagesMax: pagesNow() });
        if (!more.ok || !more.value) return;
      }
    },
    make(trouble, when) {
      if (!roomKinds.has(trouble.kind)) return false;
      if (isVolumeFull(trouble)) {
        if (giveUpSpace()) return true;
      } else if (trouble.kind === "io") return false;
      const made = retention.step({ ...when, isFull: true, pagesMax: pagesNow() });
      if (made.ok) return made.value;
      // A journal at its own limit on a volume that is full as well: not even deleting has room.
      const isVolume = made.error.kind === "full" || isVolumeFull(made.error);
      return isVolume && giveUpSpace();
    },
  };
}
