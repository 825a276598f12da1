/** What the agent's thread and the journal's thread say to each other. Types only. */

import type { AlarmEvent } from "../alarmRecords.ts";
import type { BoxEvent, Lane, Outbox, PointHead, SeqRange } from "../records.ts";
import type { ClockState } from "../wire/envelope.ts";
import type { EvidenceBody } from "../wire/evidence.ts";
import type { ReadingColumns } from "../wire/readingColumns.ts";
import type { JournalSettings } from "./engineOptions.ts";
import type { JournalError } from "./journalError.ts";
import type { Drops } from "./pendingReadings.ts";

/** Given to the worker at its start. */
export interface WorkerStart {
  readonly file: string;
  readonly site: string;
  readonly box: string;
  readonly heads: readonly PointHead[];
  readonly settings: JournalSettings;
  /** Names this run of the kernel, which monotonic times count from; null: not known. */
  readonly boot: string | null;
}

export type Ask =
  | { readonly kind: "alarms"; readonly events: readonly AlarmEvent[] }
  | { readonly kind: "note"; readonly event: BoxEvent }
  | { readonly kind: "next"; readonly request: Parameters<Outbox["next"]>[0] }
  | { readonly kind: "delivered"; readonly ranges: readonly SeqRange[] }
  | { readonly kind: "sendAgain"; readonly ranges: readonly SeqRange[] }
  | { readonly kind: "keepEvidence"; readonly bodies: readonly EvidenceBody[] }
  | { readonly kind: "fates"; readonly ranges: readonly SeqRange[] }
  | { readonly kind: "seal" }
  | { readonly kind: "standing" }
  | { readonly kind: "stats" }
  | { readonly kind: "close" };

export type ToWorker =
  /** `dropped`: readings lost before these, because the worker was behind. */
  | {
      readonly kind: "readings";
      readonly columns: ReadingColumns;
      readonly dropped: Drops | null;
    }
  | { readonly kind: "uplink"; readonly state: "live" | "down" }
  | { readonly kind: "clock"; readonly state: ClockState }
  | { readonly kind: "stoppedBy"; readonly who: string }
  | { readonly kind: "ask"; readonly id: number; readonly ask: Ask };

export type FromWorker =
  | { readonly kind: "opened"; readonly epoch: string }
  | { readonly kind: "failed"; readonly error: JournalError }
  | { readonly kind: "sealed"; readonly lanes: ReadonlySet<Lane> }
  /** That many readings are no longer on their way. */
  | { readonly kind: "taken"; readonly readings: number }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly message: string };
