/** What is announced and where to, as plain data: it also crosses into the watch's own thread. Types only. */

import type { AlarmVerb, Priority } from "../../config/words/alarms.ts";
import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";

/** One transition with all that people are told of it. */
export interface ToldAlarm {
  readonly event: Omit<AlarmEvent, "standing">;
  /** Plant name of the point, device or rule; null: has none. */
  readonly name: string | null;
  readonly tankName: string | null;
  /** What to do, by the site file. */
  readonly advice: string | null;
  readonly decimals: number | null;
}

export type Counts = Readonly<Record<Priority, number>>;

/** The box does not do its work, or does it again. */
export interface SelfTrouble {
  /** `box/polling`, `box/judging`, `box/storing`, `box/page`, `box/program` ... */
  readonly source: string;
  readonly isStanding: boolean;
  readonly zh: string;
  readonly en: string;
  readonly at: Instant;
}

/** What goes out at once. */
export type Message =
  | {
      readonly kind: "alarms";
      /** Worst first. */
      readonly listed: readonly ToldAlarm[];
      /** Further ones, told as a number only. */
      readonly more: Counts;
    }
  | { readonly kind: "self"; readonly trouble: SelfTrouble }
  | { readonly kind: "test"; readonly at: Instant };

/** The sender, as people know it. */
export interface SiteHead {
  readonly id: string;
  readonly box: string;
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
}

export type MessageLang = "zh" | "en" | "both";

interface TargetHead {
  readonly id: string;
  readonly priorities: readonly Priority[];
  readonly events: readonly AlarmVerb[];
  readonly lang: MessageLang;
  readonly perMinute: number;
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
}

export interface PostTarget extends TargetHead {
  readonly kind: "dingtalk" | "wecom" | "feishu" | "webhook";
  /** A secret: never written anywhere. */
  readonly url: string;
  readonly secret: string | null;
  readonly token: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM; null: the machine's own list. */
  readonly ca: string | null;
  readonly mentionAll: readonly Priority[];
}

export interface CommandTarget extends TargetHead {
  readonly kind: "command";
  readonly run: readonly string[];
}

export type Target = PostTarget | CommandTarget;

/** What became of one attempt. `why` holds no secret. */
export type Outcome =
  | { readonly kind: "done" }
  /** Too many for its taste: not before `waitMs`. */
  | { readonly kind: "limited"; readonly waitMs: number; readonly why: string }
  /** `isRefused`: it answered, and wants none of it; trying for long makes no sense. */
  | { readonly kind: "failed"; readonly isRefused: boolean; readonly why: string };
