/** What the box says of itself upstream, and to whoever asks. */

import type { LineLoop } from "./acquire/lineLoop.ts";
import type { Agent } from "./agent.ts";
import type { CameraHealth } from "./cameras/cameraHealth.ts";
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
      ...busFigures(loop),
    })),
    cameras: camerasBody(agent.cameras.health()),
  };
}

/** One message: of so many devices and questions of a bus the figures are told. */
const figuresMax = 256;

function busFigures(loop: LineLoop) {
  const { utilisation, jitter, devices, worstAgesMs } = loop.stats();
  return {
    ...{ fault: loop.fault, utilisation, jitter },
    devices: [...loop.counters].map(([device, counters], i) => ({
      ...{ device, ...counters },
      ...(i < figuresMax ? { figures: devices[i] } : {}),
    })),
    ages: loop.asked.slice(0, figuresMax).map(({ device, question }, i) => ({
      ...{ device, question: question.name, worstMs: worstAgesMs[i] ?? 0 },
    })),
  };
}

/** A dead bus leaves many: the first of them, rules before points, and how many there are. */
const unjudgedMax = 50;

function unjudgedHead(agent: Agent): unknown {
  const all = agent.unjudged();
  return { total: all.length, first: all.slice(0, unjudgedMax) };
}

/** The status is one message: of more cameras than this the worst are told, and all are counted. */
const camerasMax = 256;

function camerasBody(cameras: readonly CameraHealth[]): unknown {
  const count = (fits: (camera: CameraHealth) => boolean) => cameras.filter(fits).length;
  const worstFirst = cameras.toSorted((a, b) => rank(a) - rank(b));
  return {
    total: cameras.length,
    on: count(({ status }) => status === "ON"),
    off: count(({ status }) => status === "OFF"),
    faulty: count(({ status, faults }) => status === "ON" && faults.length > 0),
    each: worstFirst.slice(0, camerasMax).map((camera) => ({
      ...{ camera: camera.id, code: camera.code, place: camera.place, status: camera.status },
      ...{ fault: camera.faults[0] ?? null, sinceMs: camera.since.wallMs },
      pictureAtMs: camera.lastPictureAt?.wallMs ?? null,
      todayPercent: rounded(camera.today.onPercent),
      monthPercent: rounded(camera.month.onPercent),
    })),
  };
}

function rank({ status, faults }: CameraHealth): number {
  if (status === "OFF") return 0;
  return faults.length > 0 ? 1 : 2;
}

function rounded(percent: number | null): number | null {
  return percent === null ? null : Math.round(percent * 100) / 100;
}
