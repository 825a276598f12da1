/** A running agent as others see it. Types only. */

import type { Bus, Site } from "../config/site.ts";
import type { BusId } from "../config/words/names.ts";
import type { Clock, Instant } from "../config/words/time.ts";
import type { LineLoop } from "./acquire/lineLoop.ts";
import type { AlarmEvent } from "./alarmRecords.ts";
import type { ActedOn, ActOnAlarms, AlarmDesk } from "./alarms/alarmDesk.ts";
import type { Target } from "./announce/announcement.ts";
import type { Cameras } from "./cameras/cameraHealth.ts";
import type { Unjudged } from "./evaluate/rules/ruleBench.ts";
import type { EvidenceIndex } from "./evidence/evidenceIndex.ts";
import type { Forwarder } from "./forward/forwarder.ts";
import type { PointList } from "./pointList.ts";
import type { BoxEvent, ReadingBlock } from "./records.ts";
import type { CameraSecrets, UplinkSecrets } from "./secrets.ts";
import type { JournalStats } from "./store/journal.ts";
import type { ClockStatus } from "./timekeeping/timekeeper.ts";
import type { Transfers } from "./transfers.ts";
import type { Audience } from "./watch/audience.ts";
import type { LiveTable } from "./watch/liveTable.ts";
import type { Log } from "./watch/log.ts";

export interface AgentBus {
  readonly id: BusId;
  readonly bus: Bus;
  readonly loop: LineLoop;
}

/** One announced transition of an alarm. */
export interface Told {
  readonly event: AlarmEvent;
  /** False: the disk does not have it yet. */
  readonly isStored: boolean;
}

export interface AgentOptions {
  readonly site: Site;
  /** Where the journal lives; created when it is missing. */
  readonly dataDir: string;
  readonly secrets: UplinkSecrets;
  /** By camera. */
  readonly cameraSecrets?: Readonly<Record<string, CameraSecrets>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Where alarms are announced beyond the page, with their secrets. */
  readonly targets?: readonly Target[];
  /** Every alarm transition: after its commit, or, with `isStored` false, because the disk does not answer. */
  readonly onAlarm?: (event: AlarmEvent, isStored: boolean) => void;
}

/** A running agent: what it shows of itself, and the way to stop it. */
export interface Agent {
  readonly list: PointList;
  readonly live: LiveTable;
  /** All alarms, ahead of `live` by what is not yet announced. */
  readonly alarms: Pick<AlarmDesk, "standing" | "judgement">;
  readonly transfers: Transfers;
  /** Rules and points whose alarms cannot be judged now, for want of a number. */
  unjudged(): readonly Unjudged[];
  /** What passes through the agent, for those who look on. */
  readonly heard: {
    readonly readings: Audience<ReadingBlock>;
    readonly told: Audience<Told>;
    /** An alarm that was told unstored is stored now. */
    readonly stored: Audience<AlarmEvent>;
  };
  /** Takes an event into the journal. Resolves when it is durable. */
  note(event: BoxEvent): Promise<void>;
  /** Parts of the agent that stand still, in words. */
  readonly troubles: readonly { readonly zh: string; readonly en: string }[];
  /** A person acts on alarms. Resolves when what was done is announced: in the journal, or told as not yet stored. */
  act(request: Omit<ActOnAlarms, "at">): Promise<Omit<ActedOn, "events">>;
  readonly buses: readonly AgentBus[];
  readonly cameras: Cameras;
  /** Evidence of alarms on this box; null: none can be kept, or no camera belongs to any point. */
  readonly evidence: EvidenceIndex | null;
  readonly forwarder: Forwarder | null;
  readonly startedAt: Instant;
  /** What is known of the box's clock. */
  readonly clock: ClockStatus;
  /** The journal's figures as last read: a second old, or as old as the disk has not answered. */
  readonly journal: JournalStats;
  /** Resolves with the reason when the agent cannot go on, e.g. its journal died. */
  readonly failed: Promise<unknown>;
  /** Ends polling, commits what was read, closes everything. `by`: who or what ended it, for the gap record. */
  stop(by?: string): Promise<void>;
}
