/** From a reading to the people: what judges, what keeps the alarms, what tells of them. Joins them; no logic of its own. */

import type { Site } from "../config/site.ts";
import type { Instant } from "../config/words/time.ts";
import type { Agent, AgentOptions } from "./agent.ts";
import type { AlarmEvent, StandingAlarm } from "./alarmRecords.ts";
import type { AlarmDesk } from "./alarms/alarmDesk.ts";
import { type Announcer, createAnnouncer } from "./announcer.ts";
import type { Evaluator } from "./evaluate/evaluate.ts";
import { openDesk, openEvaluator } from "./judging.ts";
import { type Outcry, openOutcry } from "./outcry.ts";
import { plantNames } from "./plantNames.ts";
import type { PointList } from "./pointList.ts";
import type { BoxEvent, ReadingBlock } from "./records.ts";
import type { Journal } from "./store/journal.ts";
import type { Transfers } from "./transfers.ts";
import { createAudience } from "./watch/audience.ts";
import { createLiveTable, type LiveTable } from "./watch/liveTable.ts";

export interface Alarming {
  readonly live: LiveTable;
  readonly evaluator: Evaluator;
  /** Its `tick` does all that time alone does, from a delay that is up to a shelving that is over. */
  readonly desk: AlarmDesk;
  readonly heard: Agent["heard"];
  readonly outcry: Outcry;
  readonly announcer: Announcer;
  readonly act: Agent["act"];
  /** Every reading, before report by exception. */
  onReadings(block: ReadingBlock): void;
}

export function openAlarming(parts: {
  readonly options: AgentOptions;
  readonly list: PointList;
  readonly journal: Pick<Journal, "commitAlarms">;
  readonly transfers: Pick<Transfers, "isDeclared">;
  /** What the journal kept of the last life. */
  readonly standing: readonly StandingAlarm[];
  /** After each transition that was told. */
  readonly onTold: () => void;
  readonly onFlood: (event: BoxEvent) => void;
  readonly onFatal: (error: unknown) => void;
}): Alarming {
  const { options, list, journal, standing, transfers } = parts;
  const { site, clock, random, log } = options;
  const live = createLiveTable(list.points.length, standing);
  const evaluator = openEvaluator({ site, list, transfers, standing });
  const desk = openDesk({ site, clock, random, evaluator, standing, onFlood: parts.onFlood });
  const heard: Agent["heard"] = {
    readings: createAudience(),
    told: createAudience(),
    stored: createAudience(),
  };
  const outcry = openOutcry({
    ...{ site, clock, log, random, targets: options.targets ?? [] },
    facts: factsOf(site),
    onChange(change) {
      const events = desk.conditions([change]);
      if (events.length > 0) announcer.commit(events, null);
    },
  });
  const announcer = createAnnouncer({
    clock,
    commitAlarms: (events, cause) => journal.commitAlarms(events, cause),
    onAnnounced({ event, isStored }) {
      live.announce(event, isStored);
      outcry.take(event);
      heard.told.tell({ event, isStored });
      parts.onTold();
      options.onAlarm?.(event, isStored);
    },
    onStored(event) {
      live.stored(event);
      heard.stored.tell(event);
    },
    onFatal: parts.onFatal,
  });
  return {
    ...{ live, evaluator, heard, outcry, announcer },
    desk: { ...desk, tick: (at) => tickAll({ evaluator, desk, at }) },
    async act(request) {
      const { events, done, refused } = desk.act({ ...request, at: clock.now() });
      if (events.length > 0) announcer.commit(events, null);
      await announcer.told();
      return { done, refused };
    },
    onReadings(block) {
      live.take(block);
      heard.readings.tell(block);
      outcry.progress("polling");
    },
  };
}

/** First what is found, then what becomes of it. */
export function tickAll(parts: {
  readonly evaluator: Pick<Evaluator, "tick" | "takeSuppressions">;
  readonly desk: Pick<AlarmDesk, "conditions" | "suppressions" | "tick">;
  readonly at: Instant;
}): readonly AlarmEvent[] {
  const { evaluator, desk, at } = parts;
  const begun = desk.conditions(evaluator.tick(at));
  return [...begun, ...desk.suppressions(evaluator.takeSuppressions()), ...desk.tick(at)];
}

function factsOf(site: Site): Parameters<typeof openOutcry>[0]["facts"] {
  const names = plantNames(site);
  return {
    name: names.nameOf,
    tankName: names.tankName,
    advice: names.adviceOf,
    decimals: (source) => site.points[source]?.decimals ?? null,
  };
}
