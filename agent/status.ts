/** What the box says of itself upstream, and to whoever asks. */

import type { Agent } from "./agent.ts";
import { version } from "./identity.ts";

/** The body of the retained `status` record. */
export function statusBody(agent: Agent): unknown {
  return {
    online: true,
    version: version(),
    startedAt: agent.startedAt.wallMs,
    clock: agent.clock,
    points: { total: agent.list.points.length, withValue: agent.live.withNumber },
    activeAlarms: agent.live.active,
    unstoredAlarms: agent.live.unstored,
    unjudged: unjudgedHead(agent),
    journal: agent.journal,
    buses: agent.buses.map(({ id, loop }) => ({
      id,
      isDown: loop.isLineDown,
      missed: loop.missed,
      devices: [...loop.counters].map(([device, counters]) => ({ device, ...counters })),
    })),
  };
}

/** A dead bus leaves many: the first of them, rules before points, and how many there are. */
const unjudgedMax = 50;

function unjudgedHead(agent: Agent): unknown {
  const all = agent.unjudged();
  return { total: all.length, first: all.slice(0, unjudgedMax) };
}
