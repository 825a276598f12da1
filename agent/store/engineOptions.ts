/** What the journal's engine is given. Types only. */

import type { Clock } from "../../config/words/time.ts";
import type { PointHead, SeqRange } from "../records.ts";
import type { OpenedDatabase } from "./database.ts";
import type { SequenceMark } from "./sequenceMark.ts";

export interface JournalSettings {
  readonly maxSizeBytes: number;
  readonly keepReadingsMs: number;
  readonly keepAlarmsMs: number;
  readonly liveEveryMs: number;
  readonly backlogEveryMs: number;
}

export interface EngineOptions {
  readonly opened: OpenedDatabase;
  readonly mark: SequenceMark;
  /** Numbers never to be given out, because somebody may have them; null: none. */
  readonly skipped?: SeqRange | null;
  readonly site: string;
  readonly box: string;
  readonly heads: readonly PointHead[];
  readonly settings: JournalSettings;
  readonly clock: Clock;
  /** Readings kept in memory while the disk refuses them. */
  readonly pendingReadingsMax?: number;
  /** Committed readings are sealed at this many, whatever the interval says: bounds memory. */
  readonly openReadingsMax?: number;
}
