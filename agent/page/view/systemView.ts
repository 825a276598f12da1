/** How the box does, for the page's system view. Pure. */

import type { Agent } from "../../agent.ts";
import { version } from "../../identity.ts";
import type { PlantNames } from "../../plantNames.ts";
import type { OnlineView, SystemView } from "../protocol/system.ts";

export interface SystemFacts {
  readonly agent: Agent;
  readonly names: Pick<PlantNames, "nameOf">;
  readonly online: OnlineView;
  readonly drainMs: number | null;
  readonly place: SystemView["site"];
  readonly maxSizeBytes: number;
  readonly freeBytes: number | null;
  readonly rssBytes: number;
}

export function systemView(facts: SystemFacts): SystemView {
  const { agent } = facts;
  const { journal } = agent;
  return {
    version: version(),
    startedMs: agent.startedAt.wallMs,
    site: facts.place,
    buses: agent.buses.map(({ id, loop }) => ({
      id,
      isDown: loop.isLineDown,
      missed: loop.missed,
      devices: [...loop.counters].map(([device, counters]) => ({
        id: device,
        health: counters.health,
        answers: counters.good,
        failures: counters.timeouts + counters.badReplies + counters.exceptions,
      })),
    })),
    upload: uploadOf(facts),
    journal: {
      sizeBytes: journal.sizeBytes,
      maxSizeBytes: facts.maxSizeBytes,
      freeBytes: facts.freeBytes,
      trouble: journal.trouble,
      account: journal.account,
    },
    clock: {
      state: agent.clock.state,
      source: agent.clock.source,
      offsetMs: agent.clock.offsetMs,
    },
    memory: { rssBytes: facts.rssBytes },
    unjudged: agent.unjudged().map((one) => ({ ...one, name: facts.names.nameOf(one.source) })),
    online: facts.online,
  };
}

function uploadOf({ agent, drainMs }: SystemFacts): SystemView["upload"] {
  const { journal } = agent;
  const lanes = Object.values(journal.backlog);
  const stats = agent.forwarder?.stats();
  const notConfigured = { zh: "未配置", en: "not configured" };
  return {
    isConfigured: stats !== undefined,
    isConnected: stats?.uplink.isConnected ?? false,
    ...(stats?.state.words ?? notConfigured),
    backlogRecords: lanes.reduce((sum, lane) => sum + lane.records, 0),
    backlogBytes: lanes.reduce((sum, lane) => sum + lane.sizeBytes, 0),
    oldestMs: journal.oldestUnsentWallMs,
    drainMs,
    deliveredRecords: stats?.delivered ?? 0,
  };
}
