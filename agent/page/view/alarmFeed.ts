/**
 * Folds the transitions of alarms into what the page is told: each alarm that has changed, as it is now. The first
 * change goes at once, what follows within 50 ms goes together: a flood is told twenty times a second,
 * whatever its size, and each time the alarms as a whole are judged once.
 */

import type { Clock, Timer } from "../../../config/words/time.ts";
import type { Agent } from "../../agent.ts";
import type { AlarmEvent, StandingAlarm } from "../../alarmRecords.ts";
import type { Judgement } from "../../alarms/alarmDesk.ts";
import type { AlarmView } from "../protocol/alarms.ts";
import type { AlarmsTold } from "../server/sources.ts";
import type { AlarmMarks } from "./alarmView.ts";

/** Between two tellings, at least. */
export const tellEveryMs = 50;

export interface AlarmFeed {
  /** All that is not normal. */
  now(): readonly AlarmView[];
  /** Calls back with what has changed, until `signal` aborts. */
  subscribe(call: (told: AlarmsTold) => void, signal: AbortSignal): void;
  /** To be called each second: time alone makes an alarm stale, and ends its chattering. */
  look(): void;
}

export interface AlarmFeedParts {
  readonly live: Pick<Agent["live"], "standing">;
  readonly heard: Pick<Agent["heard"], "told" | "stored">;
  readonly clock: Clock;
  judgement(): Judgement;
  viewOf(alarm: StandingAlarm, marks: AlarmMarks): AlarmView;
  /** Of an alarm that has become normal. */
  goneOf(event: AlarmEvent): AlarmView;
}

type Told = (told: AlarmsTold) => void;

/** Which alarms carry a mark that others give them. */
interface Marked {
  readonly firstOut: ReadonlySet<string>;
  readonly chattering: ReadonlySet<string>;
  readonly stale: ReadonlySet<string>;
}

export function createAlarmFeed(parts: AlarmFeedParts): AlarmFeed {
  const { live, heard, clock } = parts;
  const forever = new AbortController().signal;
  const calls = new Set<Told>();
  /** Announced, and not yet in the journal. */
  const unstored = new Set<string>();
  /** Changed and not yet told; null: only its marks have changed. */
  const changed = new Map<string, AlarmEvent | null>();
  let marked: Marked = { firstOut: new Set(), chattering: new Set(), stale: new Set() };
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let due: Timer | null = null;

  heard.told.subscribe(({ event, isStored }) => {
    if (isStored) unstored.delete(keyOf(event));
    else unstored.add(keyOf(event));
    owe(keyOf(event), event);
  }, forever);
  heard.stored.subscribe((event) => {
    unstored.delete(keyOf(event));
    owe(keyOf(event), null);
  }, forever);

  function owe(key: string, event: AlarmEvent | null): void {
    if (calls.size === 0) return;
    // What only changes a mark must not make forgotten that the alarm is gone.
    changed.set(key, event ?? changed.get(key) ?? null);
    const restMs = Math.max(0, toldAtMs + tellEveryMs - clock.monotonicMs());
    due ??= clock.timer(restMs, tell);
  }

  function tell(): void {
    due = null;
    toldAtMs = clock.monotonicMs();
    const judgement = parts.judgement();
    for (const key of newlyMarked(judgement)) if (!changed.has(key)) changed.set(key, null);
    const standing = new Map(live.standing.map((alarm) => [keyOf(alarm), alarm]));
    const alarms = [...changed].flatMap(([key, event]): AlarmView[] => {
      const alarm = standing.get(key);
      if (alarm !== undefined) return [parts.viewOf(alarm, marksOf(key, judgement))];
      return event === null ? [] : [parts.goneOf(event)];
    });
    changed.clear();
    if (alarms.length === 0) return;
    for (const call of calls) call({ alarms });
  }

  /** Keys whose marks are not what they were when this was asked last. */
  function newlyMarked({ flood, chattering, stale }: Judgement): readonly string[] {
    const before = marked;
    marked = { firstOut: flood.firstOut, chattering, stale };
    return [
      ...inOneOnly(before.firstOut, marked.firstOut),
      ...inOneOnly(before.chattering, marked.chattering),
      ...inOneOnly(before.stale, marked.stale),
    ];
  }

  function marksOf(key: string, { flood, chattering, stale }: Judgement): AlarmMarks {
    return {
      isStored: !unstored.has(key),
      isFirstOut: flood.firstOut.has(key),
      isChattering: chattering.has(key),
      isStale: stale.has(key),
    };
  }

  return {
    now() {
      const judgement = parts.judgement();
      return live.standing.map((alarm) => parts.viewOf(alarm, marksOf(keyOf(alarm), judgement)));
    },
    subscribe(call, signal) {
      if (signal.aborted) return;
      calls.add(call);
      signal.addEventListener(
        "abort",
        () => {
          calls.delete(call);
          if (calls.size === 0) due?.cancel();
        },
        { once: true },
      );
    },
    look() {
      if (calls.size > 0 && due === null) tell();
    },
  };
}

function inOneOnly(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...[...a].filter((key) => !b.has(key)), ...[...b].filter((key) => !a.has(key))];
}

function keyOf({ type, source }: Pick<StandingAlarm, "type" | "source">): string {
  return `${type} ${source}`;
}
