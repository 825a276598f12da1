/** What the agent's thread and the history's thread say to each other. Types only. */

import type { Instant } from "../../config/words/time.ts";
import type { AlarmQuestion } from "./trendAlarms.ts";
import type { Chunk } from "./trendChunk.ts";
import type { ClockStep } from "./trendCollector.ts";

export interface TrendStart {
  readonly file: string;
  readonly journalFile: string;
  readonly points: readonly { readonly tag: string; readonly unit: string }[];
  readonly timeZone: string;
  readonly maxSizeBytes: number;
  readonly now: Instant;
}

export type TrendQuestion =
  | {
      readonly kind: "trend";
      /** Positions in the agent's list. */
      readonly points: readonly number[];
      readonly fromMs: number;
      readonly toMs: number;
      readonly width: number;
      /** Slowest polling among them. */
      readonly everyMsMax: number;
    }
  | { readonly kind: "alarms"; readonly question: AlarmQuestion }
  | { readonly kind: "standing"; readonly atMs: number }
  | { readonly kind: "gaps"; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: "online"; readonly monthMs: number; readonly hasUplink: boolean }
  | { readonly kind: "oldest" }
  | { readonly kind: "close" };

export type ToTrends =
  | {
      readonly kind: "buckets";
      readonly chunk: Chunk | null;
      readonly steps: readonly ClockStep[];
      readonly goodShare: number;
      readonly now: Instant;
    }
  | { readonly kind: "uplink"; readonly isConnected: boolean; readonly now: Instant }
  /** Something new is in the journal. */
  | { readonly kind: "alarm" }
  | { readonly kind: "ask"; readonly id: number; readonly question: TrendQuestion };

export type FromTrends =
  | { readonly kind: "opened"; readonly begunAnew: string | null }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "trouble"; readonly why: string }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly why: string };
