/**
 * The self-silence watch: notices when a part of the agent has stopped moving, and says so by a way that does not lead
 * through the part that has stopped. Elapsed time is monotonic, so a step of the wall clock is no stall. When the watch
 * itself did not run (a suspended machine, a blocked thread), it blames nobody for that time and says that it stood still.
 */

import type { Clock, Instant } from "../../config/words/time.ts";
import type { ConditionChange } from "../alarmRecords.ts";

export interface WatchedPart {
  /** `polling`, `judging`, `storing`, `page`: the alarm's source is `box/` + this. */
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  /** How long it may stand still, ms. */
  readonly boundMs: number;
  /** It owes progress only while this other part moves: without readings there is nothing to judge. */
  readonly feeds?: string;
}

export interface Stall {
  readonly source: string;
  readonly isStanding: boolean;
  readonly zh: string;
  readonly en: string;
  readonly at: Instant;
}

export interface SelfWatch {
  /** The part has done a piece of its work. Cheap: for every block of readings. Unknown names are ignored. */
  progress(name: string): void;
  /** Ends on abort. */
  run(signal: AbortSignal): Promise<void>;
  /** Names of the parts that stand still. */
  readonly stalled: readonly string[];
}

export interface SelfWatchOptions {
  readonly clock: Clock;
  readonly parts: readonly WatchedPart[];
  /** Straight to the siren and the webhooks. Must not wait for anything. Called before `onChange`. */
  readonly tell: (stall: Stall) => void;
  /** For the desk, which keeps it as an alarm. */
  readonly onChange: (change: ConditionChange) => void;
  /** The watch itself did not run for so long. */
  readonly onStoodStill: (ms: number) => void;
  /** Called at every look: the sign of life for the watch's own thread. */
  readonly beat: () => void;
}

/** How often the watch looks. */
export const lookEveryMs = 500;
/** A look later than this was kept from running: that time proves nothing about the parts. */
const stoodStillMs = 5_000;

interface State {
  readonly part: WatchedPart;
  progressMs: number;
  /** Since when it owes progress; null: it does not. */
  owesSinceMs: number | null;
  isStalled: boolean;
}

export function createSelfWatch(options: SelfWatchOptions): SelfWatch {
  const { clock, parts } = options;
  const startMs = clock.monotonicMs();
  const states = new Map(
    parts.map((part): [string, State] => [
      part.name,
      { part, progressMs: startMs, owesSinceMs: null, isStalled: false },
    ]),
  );
  let lookedMs = startMs;

  function look(): void {
    options.beat();
    const nowMs = clock.monotonicMs();
    const lateMs = nowMs - lookedMs - lookEveryMs;
    lookedMs = nowMs;
    if (lateMs > stoodStillMs) {
      for (const state of states.values()) {
        state.owesSinceMs = null;
        if (!state.isStalled) state.progressMs = nowMs;
      }
      options.onStoodStill(lateMs);
      return;
    }
    for (const state of states.values()) judge(state, nowMs);
  }

  function judge(state: State, nowMs: number): void {
    const feeder = state.part.feeds === undefined ? undefined : states.get(state.part.feeds);
    const isOwing = feeder === undefined || feeder.progressMs > state.progressMs;
    if (!isOwing) state.owesSinceMs = null;
    else state.owesSinceMs ??= feeder === undefined ? state.progressMs : nowMs;
    const silentMs = state.owesSinceMs === null ? 0 : nowMs - state.owesSinceMs;
    if (silentMs <= state.part.boundMs || state.isStalled) return;
    state.isStalled = true;
    say(state.part, { isStanding: true, silentMs: nowMs - state.progressMs });
  }

  function say(
    part: WatchedPart,
    { isStanding, silentMs }: { isStanding: boolean; silentMs: number },
  ) {
    const seconds = Math.round(silentMs / 1_000);
    const zh = isStanding
      ? `${part.zh}已停滞 ${seconds} 秒`
      : `${part.zh}已恢复, 曾停滞 ${seconds} 秒`;
    const en = isStanding
      ? `${part.en} has stood still for ${seconds} s`
      : `${part.en} works again, after ${seconds} s`;
    const source = `box/${part.name}`;
    const at = clock.now();
    options.tell({ source, isStanding, zh, en, at });
    options.onChange({
      source,
      ...{ tank: null, hazard: null, type: "SELF", isStanding },
      ...{ value: null, quality: "good", unit: "", limit: null, priority: 1 },
      reason: { zh, en },
      at,
    });
  }

  return {
    progress(name) {
      const state = states.get(name);
      if (state === undefined) return;
      const nowMs = clock.monotonicMs();
      const silentMs = nowMs - state.progressMs;
      state.progressMs = nowMs;
      state.owesSinceMs = null;
      if (!state.isStalled) return;
      state.isStalled = false;
      say(state.part, { isStanding: false, silentMs });
    },
    async run(signal) {
      lookedMs = clock.monotonicMs();
      for (const state of states.values()) state.progressMs = lookedMs;
      while (!signal.aborted) {
        look();
        await clock.sleep(lookEveryMs, signal);
      }
    },
    get stalled() {
      return [...states.values()].filter((state) => state.isStalled).map(({ part }) => part.name);
    },
  };
}
