/** Connects the page's server with the agent: what it shows, and what it may do. */

import type { Site } from "../../../config/site.ts";
import type { Priority } from "../../../config/words/alarms.ts";
import { carriesNumber } from "../../../config/words/quality.ts";
import type { Clock, MonotonicMs } from "../../../config/words/time.ts";
import type { Agent } from "../../agent.ts";
import type { StandingAlarm } from "../../alarmRecords.ts";
import { stateOf } from "../../alarms/alarm.ts";
import { version } from "../../identity.ts";
import { plantNames } from "../../plantNames.ts";
import type { BoxView, ReadingsView } from "../protocol/live.ts";
import type { OnlineView, SystemView } from "../protocol/system.ts";
import type { CameraSource, PageQueries, PageSources, ScenarioSource } from "../server/sources.ts";
import { createAlarmFeed } from "./alarmFeed.ts";
import { alarmView, goneView } from "./alarmView.ts";
import { DrainPace } from "./drainPace.ts";
import { camerasLamp, clockLamp, diskLamp, selfLamp, sensorsLamp, uploadLamp } from "./lamps.ts";
import { siteView } from "./siteView.ts";
import { systemView } from "./systemView.ts";

export interface PageParts {
  readonly site: Site;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly queries: Omit<PageQueries, "system"> & { online(): Promise<OnlineView> };
  readonly scenarios: ScenarioSource | null;
  readonly cameras: CameraSource;
  machine(): Promise<Pick<SystemView, "memory"> & { readonly freeBytes: number | null }>;
  readonly place: SystemView["site"];
}

export function createPageSources(parts: PageParts): PageSources {
  const { site, agent, clock } = parts;
  const names = plantNames(site);
  const pace = new DrainPace();
  const feed = createAlarmFeed({
    ...{ live: agent.live, heard: agent.heard, clock },
    judgement: () => agent.alarms.judgement(clock.now()),
    viewOf: (alarm, marks) => alarmView(alarm, { site, names, marks }),
    goneOf: (event) => goneView(event, { site, names }),
  });
  return {
    about: {
      siteName: site.site.name,
      boxId: site.site.box,
      isSimulation: parts.scenarios !== null,
      version: version(),
      timezone: site.site.timezone,
    },
    site: siteView(site, agent.list),
    readings: { now: () => readingsNow(agent, clock), subscribe: agent.heard.readings.subscribe },
    alarms: {
      now: feed.now,
      subscribe: feed.subscribe,
      act: async (request) => await agent.act(request),
    },
    box() {
      feed.look();
      return boxView(parts, pace);
    },
    queries: {
      ...parts.queries,
      async system() {
        const { memory, freeBytes } = await parts.machine();
        return systemView({
          ...{ agent, names },
          online: await parts.queries.online(),
          drainMs: pace.drainMs(),
          place: parts.place,
          maxSizeBytes: site.journal.maxSize,
          freeBytes,
          rssBytes: memory.rssBytes,
        });
      },
    },
    transfers: agent.transfers,
    cameras: parts.cameras,
    scenarios: parts.scenarios,
    note: agent.note,
  };
}

function readingsNow({ list, live }: Agent, clock: Clock): ReadingsView {
  const now = clock.now();
  const points = list.points.map((point) => point.position);
  const taken = points
    .map((position) => ({ position, ...live.reading(position) }))
    .filter((reading) => reading.takenMs !== null);
  return {
    points: taken.map(({ position }) => position),
    values: taken.map(({ value, quality }) => (carriesNumber(quality) ? value : null)),
    qualities: taken.map(({ quality }) => quality),
    takenMs: taken.map(({ takenMs }) => wallOf(takenMs ?? now.monotonicMs, now)),
  };
}

function wallOf(
  takenMs: MonotonicMs,
  now: { readonly wallMs: number; readonly monotonicMs: number },
): number {
  return Math.round(now.wallMs - (now.monotonicMs - takenMs));
}

function boxView(parts: PageParts, pace: DrainPace): Omit<BoxView, "clients"> {
  const { agent, clock } = parts;
  const now = clock.now();
  const lanes = Object.values(agent.journal.backlog);
  pace.look(
    lanes.reduce((sum, lane) => sum + lane.records, 0),
    now.monotonicMs,
  );
  const { flood, chattering, stale } = agent.alarms.judgement(now);
  const newest = agent.live.newestMs;
  return {
    nowMs: now.wallMs,
    lastReadingMs: newest === null ? null : wallOf(newest, now),
    points: { total: agent.list.points.length, good: agent.live.withNumber },
    lamps: {
      sensors: sensorsLamp(agent),
      cameras: camerasLamp(agent.cameras.health()),
      upload: uploadLamp(agent, { nowMs: now.wallMs, drainMs: pace.drainMs() }),
      clock: clockLamp(agent.clock),
      disk: diskLamp(agent, now.monotonicMs),
      self: selfLamp(agent.troubles),
    },
    flood,
    counts: {
      ...countsOf(agent.live.standing),
      chattering: chattering.size,
      stale: stale.size,
    },
  };
}

/** Active alarms by priority leave out what is held back: that has its own counts. */
function countsOf(
  standing: readonly StandingAlarm[],
): Omit<BoxView["counts"], "chattering" | "stale"> {
  const active: Record<Priority, number> = { 1: 0, 2: 0, 3: 0, 4: 0 };
  const counts = { unacked: 0, shelved: 0, suppressed: 0, outOfService: 0 };
  for (const alarm of standing) {
    const state = stateOf(alarm);
    if (state === "shelved") counts.shelved += 1;
    else if (state === "suppressed") counts.suppressed += 1;
    else if (state === "out-of-service") counts.outOfService += 1;
    else if (alarm.detail?.isActive ?? true) active[alarm.priority] += 1;
    const isUnacked = state === "unacked" || state === "returned" || state === "latched-unacked";
    counts.unacked += Number(isUnacked);
  }
  return { active, ...counts };
}
