/**
 * What calls people beyond the page: robots, webhooks, the siren; and the watch that calls them when the agent itself
 * stands still. Joins the two; no logic of its own.
 */

import type { Site } from "../config/site.ts";
import type { AlarmStateName, AlarmVerb } from "../config/words/alarms.ts";
import type { Clock } from "../config/words/time.ts";
import type { AlarmEvent, ConditionChange } from "./alarmRecords.ts";
import { type AlarmFacts, createAnnounce } from "./announce/announce.ts";
import type { Target } from "./announce/announcement.ts";
import { post } from "./announce/httpPost.ts";
import { siteHead } from "./announce/openTargets.ts";
import { runCommand } from "./announce/runCommand.ts";
import { startSelfWatchThread } from "./selfWatchThread.ts";
import type { Log } from "./watch/log.ts";
import { createSelfWatch, type WatchedPart } from "./watch/selfWatch.ts";

export interface Outcry {
  /** A transition as it is told to the page; calls people beyond it where it concerns them. Returns at once. */
  take(event: AlarmEvent): void;
  /** A part of the agent has done a piece of its work. */
  progress(part: PartName): void;
  /** Parts of the agent that stand still, in words. */
  readonly troubles: readonly { readonly zh: string; readonly en: string }[];
  /** Ends on abort, the watch's own thread with it. */
  run(signal: AbortSignal): Promise<void>;
}

export type PartName = "polling" | "judging" | "storing";

/** A commit is made at least every 10 s, also with nothing to store. */
const storingBoundMs = 30_000;
const judgingBoundMs = 5_000;
/** Polling stands still when nothing at all was read for three of the shortest periods, and never sooner than this. */
const pollingMsMin = 15_000;
const periodsSilent = 3;

export function openOutcry(options: {
  readonly site: Site;
  readonly targets: readonly Target[];
  readonly facts: AlarmFacts;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** The watch's findings, for the alarm desk. */
  readonly onChange: (change: ConditionChange) => void;
}): Outcry {
  const { site, targets, clock, random, log } = options;
  const head = siteHead(site);
  const announce = createAnnounce({
    ...{ targets, site: head, facts: options.facts, clock, random, post, runCommand, log },
  });
  const parts = watchedParts(site);
  const troubles = new Map<string, { zh: string; en: string }>();
  const thread = startSelfWatchThread({
    ...{ targets, site: head, clock },
    onTrouble: (words) => log.error(words),
  });
  const watch = createSelfWatch({
    clock,
    parts,
    tell(stall) {
      if (stall.isStanding) troubles.set(stall.source, { zh: stall.zh, en: stall.en });
      else troubles.delete(stall.source);
      announce.self(stall);
    },
    onChange: options.onChange,
    onStoodStill: (ms) => log.warn("the agent did not run for a while", { ms: Math.round(ms) }),
    beat: thread.beat,
  });
  return {
    take(event) {
      const call = calledBy(event);
      if (call !== null) announce.take(call);
    },
    progress: (part) => watch.progress(part),
    get troubles() {
      return [...troubles.values()];
    },
    async run(signal) {
      try {
        await Promise.all([announce.run(signal), watch.run(signal)]);
      } finally {
        await thread.stop();
      }
    },
  };
}

const ofTheCondition: ReadonlySet<AlarmVerb> = new Set(["raise", "escalate", "re-alarm", "return"]);
const endsOfHolds: ReadonlySet<AlarmVerb> = new Set(["unshelve", "unsuppress", "in-service"]);
const holds: ReadonlySet<AlarmStateName> = new Set(["shelved", "suppressed", "out-of-service"]);

/**
 * What a transition calls people to. Null: nothing, what goes on under a hold is for the lists only. The end of a hold
 * over an alarm that stands is a call like any other.
 */
function calledBy(event: AlarmEvent): AlarmEvent | null {
  const { event: verb, stateAfter } = event;
  if (ofTheCondition.has(verb) && holds.has(stateAfter)) return null;
  const isBack = endsOfHolds.has(verb) && stateAfter === "unacked";
  return isBack ? { ...event, event: "re-alarm" } : event;
}

function watchedParts(site: Site): readonly WatchedPart[] {
  const periods = Object.values(site.points).map((point) => point.every);
  const pollingMs = Math.max(pollingMsMin, periodsSilent * Math.min(...periods));
  const polling = { name: "polling", zh: "数据采集", en: "polling", boundMs: pollingMs };
  const judging = {
    ...{ name: "judging", zh: "报警判断", en: "judging of alarms" },
    boundMs: judgingBoundMs,
    feeds: "polling",
  };
  const storing = {
    ...{ name: "storing", zh: "数据存储", en: "storing", boundMs: storingBoundMs },
  };
  return periods.length === 0 ? [storing] : [polling, judging, storing];
}
