/** Everything the page's server needs of the agent, as small interfaces. compose.ts connects them; tests fake them. */

import type { Priority } from "../../../config/words/alarms.ts";
import type { Lang } from "../../../config/words/bilingual.ts";
import type { Result } from "../../../config/words/result.ts";
import type { Instant } from "../../../config/words/time.ts";
import type { BoxEvent, ReadingBlock } from "../../records.ts";
import type { Welcome } from "../protocol/access.ts";
import type {
  ActAnswer,
  ActRequest,
  AlarmHistory,
  AlarmView,
  Refusal,
} from "../protocol/alarms.ts";
import type { CameraView, EvidenceView } from "../protocol/cameras.ts";
import type { OperatorLine, ShiftReport, TrendView } from "../protocol/history.ts";
import type { BoxView, ReadingsView } from "../protocol/live.ts";
import type { ScenarioView, TransferView } from "../protocol/scenes.ts";
import type { SiteView } from "../protocol/site.ts";
import type { InspectionView, SystemView } from "../protocol/system.ts";

/** Alarms that have changed, each as it is now; the transitions themselves are the history's. */
export interface AlarmsTold {
  readonly alarms: readonly AlarmView[];
}

export interface PageSources {
  readonly about: Omit<Welcome, "me" | "isFirstStart">;
  readonly site: SiteView;
  readonly readings: ReadingSource;
  readonly alarms: AlarmSource;
  /** How the box is now; asked once a second. Cheap, never waits. */
  box(): Omit<BoxView, "clients">;
  readonly queries: PageQueries;
  readonly transfers: TransferSource;
  readonly cameras: CameraSource;
  /** Only over a simulated plant. */
  readonly scenarios: ScenarioSource | null;
  /** Takes an event into the journal. Resolves when it is durable. */
  note(event: BoxEvent): Promise<void>;
}

export interface ReadingSource {
  /** The newest reading of every point that has one. */
  now(): ReadingsView;
  /** Calls back with each block as it passes, until `signal` aborts. The block must not be changed or kept. */
  subscribe(call: (block: ReadingBlock) => void, signal: AbortSignal): void;
}

export interface AlarmSource {
  /** All that is not normal. */
  now(): readonly AlarmView[];
  /** Calls back when alarms have changed, a flood bundled, until `signal` aborts. */
  subscribe(call: (told: AlarmsTold) => void, signal: AbortSignal): void;
  /** Resolves when what was done is announced: in the journal, or told as not yet stored. */
  act(request: ActRequest & { readonly by: string }): Promise<ActAnswer>;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface HistoryQuery extends Span {
  /** Part of tag, name, tank or reason; empty: all. */
  readonly search: string;
  readonly priority: readonly Priority[];
  readonly type: readonly string[];
  readonly event: readonly string[];
  readonly limit: number;
  /** `next` of the page before; null: from the newest. */
  readonly before: string | null;
}

export interface ReportQuery extends Span {
  readonly lang: Lang;
  /** Of the audit log: what people did within the span, and the hand-over at its end. */
  readonly operator: readonly OperatorLine[];
  readonly handover: ShiftReport["handover"];
}

/** Each may reject: the page then says that the journal did not answer. */
export interface PageQueries {
  history(query: HistoryQuery): Promise<AlarmHistory>;
  /** All of it as a file for a spreadsheet, page after page. */
  historyCsv(query: Omit<HistoryQuery, "limit" | "before">, lang: Lang): AsyncIterable<string>;
  /** `tags` are points of this site. */
  trend(
    query: Span & { readonly tags: readonly string[]; readonly width: number },
  ): Promise<TrendView>;
  shiftReport(query: ReportQuery): Promise<ShiftReport>;
  /** The same as a PDF file; refused where the box lacks what that takes, e.g. a font with Chinese letters. */
  shiftReportPdf(query: ReportQuery): Promise<Result<Uint8Array, Refusal>>;
  system(): Promise<SystemView>;
  inspection(): Promise<InspectionView>;
}

export interface TransferSource {
  /** Those under way. */
  now(): readonly TransferView[];
  /** One a tank: a later declaration takes the place of the one before. */
  declare(transfer: TransferView, at: Instant): void;
  /** False: none was under way. */
  end(tank: string): boolean;
}

export interface CameraSource {
  now(): readonly CameraView[];
  /** The newest picture, at most so wide. Null: no such camera, or no picture yet. */
  picture(camera: string, widthMax: number): Promise<TakenPicture | null>;
  /** What it shows from now on is its right view. False: no such camera. */
  learnViewAnew(camera: string): boolean;
  evidenceOf(alarmId: string): Promise<readonly EvidenceView[]>;
  /** Null: there is no such file. */
  evidenceFile(bundle: string, name: string): Promise<StoredFile | null>;
}

export interface TakenPicture {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly takenMs: number;
}

/** A file on the box that goes out as it is, also in parts. */
export interface StoredFile {
  readonly folder: string;
  readonly name: string;
  readonly mediaType: string;
}

export interface ScenarioSource {
  now(): readonly ScenarioView[];
  /** False: there is no such scenario. */
  set(name: string, act: "start" | "stop"): Promise<boolean>;
}
