/** What the project wants of itself, in figures, and where each figure comes from. */

export interface Goal {
  readonly id: string;
  readonly what: string;
  /** Met when the measured figure is not above (or, for `atLeast`, not below) this. */
  readonly limit: number;
  readonly atLeast?: true;
  readonly unit: string;
  readonly why: string;
}

export const goals = {
  path10k: {
    id: "path-10k",
    what: "polling path at 10k tags/s, against the C loop of the same run",
    limit: 1.0,
    unit: "x C libmodbus",
    why: "a sequential C loop on libmodbus is what a careful engineer would write by hand",
  },
  path50k: {
    id: "path-50k",
    what: "polling path at 50k tags/s, against the C loop of the same run",
    limit: 1.0,
    unit: "x C libmodbus",
    why: "growth along a straight line or better",
  },
  agent10k: {
    id: "agent-10k",
    what: "whole agent at 10k tags/s",
    limit: 1.3,
    unit: "CPU s/M registers",
    why: "half of what Node-RED takes for bare polling (2.75, measured on a 2-core EPYC)",
  },
  agentToNodeRed: {
    id: "agent-to-node-red",
    what: "whole agent at 10k tags/s, against Node-RED's bare polling of the same run",
    limit: 0.5,
    unit: "x Node-RED",
    why: "the peer most used for this; it judges, keeps and uploads nothing here",
  },
  agent50k: {
    id: "agent-50k",
    what: "whole agent at 50k tags/s",
    limit: 1.0,
    unit: "CPU s/M registers",
    why: "so that 100k tags/s fit on one core",
  },
  agentRss50k: {
    id: "agent-rss",
    what: "memory of the whole agent at 50k tags/s",
    limit: 150,
    unit: "MB resident",
    why: "small boxes have 512 MB; the goal is named for 100k tags/s, so 50k must be within it",
  },
  agentCore100k: {
    id: "agent-core-100k",
    what: "whole agent at 100k tags/s (10,000 points each 100 ms)",
    limit: 100,
    unit: "% of one core",
    why: "the other core is for everything else of the box",
  },
  agentRss100k: {
    id: "agent-rss-100k",
    what: "memory of the whole agent at 100k tags/s (10,000 points each 100 ms)",
    limit: 150,
    unit: "MB resident",
    why: "NeuronEX states 497 MB for 100k tags/s, NG Gateway 153 MiB",
  },
  alarmBesideEvidence: {
    id: "alarm-beside-evidence",
    what: "99 of 100 alarms while clips go up, against an idle line of the same run",
    limit: 3,
    unit: "x idle",
    why: "evidence must not delay what it is evidence of",
  },
  busStale: {
    id: "bus-stale",
    what: "worst time between two reads of a living unit, 0, 3 and 9 of 10 dead",
    limit: 1.1,
    unit: "x the best by formula",
    why: "one dead unit that stalls all others is what users of every peer complain of",
  },
  busShareSlow: {
    id: "bus-share-9600",
    what: "share of the wire used at 9600 baud, blocks of 100 registers, silence kept",
    limit: 95,
    atLeast: true,
    unit: "%",
    why: "a C loop reaches 100 by leaving the silence out",
  },
  busShareFast: {
    id: "bus-share-115200",
    what: "the same at 115200 baud",
    limit: 85,
    atLeast: true,
    unit: "%",
    why: "the silence is 1.75 ms there, and Node's timers know whole milliseconds",
  },
  busSilence: {
    id: "bus-silence",
    what: "requests that began before 3.5 characters of silence",
    limit: 0,
    unit: "of all",
    why: "a strict slave drops them",
  },
  journalCpu: {
    id: "journal-cpu",
    what: "journal, sealing every 60 s, tank data",
    limit: 0.15,
    unit: "CPU s/M readings",
    why: "a block design with sealed columns took 0.10-0.13, a row per reading 18",
  },
  journalBytes: {
    id: "journal-bytes",
    what: "bytes kept per reading, sealing every 60 s, tank data",
    limit: 0.5,
    unit: "B/reading",
    why: "30 days of 10k tags/s in 13 GB; JSON columns with zstd took 0.37",
  },
  drainCpu: {
    id: "drain-cpu",
    what: "draining a backlog to the platform's acknowledgement over mTLS",
    limit: 0.05,
    unit: "CPU s/M readings",
    why: "stored bytes are sent as they are: 0.040 was measured for that, 16.5 for rows as JSON",
  },
  drainSpeed: {
    id: "drain-speed",
    what: "speed of draining (wall clock: coarse on a shared machine)",
    limit: 300,
    atLeast: true,
    unit: "x live at 10k tags/s",
    why: "a day of outage is made good in five minutes",
  },
  alarmP50: {
    id: "alarm-p50",
    what: "alarm to the platform's acknowledgement, p50 while draining against idle",
    limit: 2,
    unit: "x idle",
    why: "a backlog must never stand before an alarm",
  },
  alarmP99: {
    id: "alarm-p99",
    what: "alarm to the platform's acknowledgement, p99 while draining against idle",
    limit: 3,
    unit: "x idle",
    why: "a backlog must never stand before an alarm",
  },
  blockQuiet: {
    id: "block-quiet",
    what: "register change to the coloured block in the browser, p99, polled each 200 ms",
    limit: 450,
    unit: "ms (the period + 250)",
    why: "no peer publishes such a figure; a quarter of a second is not felt",
  },
  blockFlood: {
    id: "block-flood",
    what: "the same beside 200 alarm changes a second, 4 clients",
    limit: 450,
    unit: "ms (the period + 250)",
    why: "a flood is when it matters",
  },
  cameraCpu: {
    id: "camera-cpu",
    what: "one camera of 1080p25: its stream taken, its newest 45 s kept",
    limit: 6,
    unit: "CPU s per camera-hour",
    why: "bare counting in Node took 4, ffmpeg with segments 22; 64 cameras must leave a two-core box free",
  },
  cameraWatchCpu: {
    id: "camera-watch-cpu",
    what: "the same with proof of life: a key picture decoded and judged each 10 s, the decoder counted",
    limit: 15,
    unit: "CPU s per camera-hour",
    why: "one ffmpeg per camera that gives key pictures and segments took 43",
  },
  cameraToFfmpeg: {
    id: "camera-to-ffmpeg",
    what: "the same, against ffmpeg copying the same streams to nowhere",
    limit: 0.5,
    unit: "x ffmpeg",
    why: "every peer's way is a process of ffmpeg per camera, and that before it keeps anything",
  },
  clientsQuiet: {
    id: "clients-quiet",
    what: "whole agent with 20 clients of the page, a quiet plant of 1,000 tags",
    limit: 10,
    unit: "% of one core",
    why: "the box polls, judges and keeps first; looking at it must cost little",
  },
  clientsFlood: {
    id: "clients-flood",
    what: "the same beside 200 alarm changes a second",
    limit: 10,
    unit: "% of one core",
    why: "everybody looks when it matters",
  },
  firstPaint: {
    id: "first-paint",
    what: "first picture of the tanks in an empty browser, median",
    limit: 1_000,
    unit: "ms",
    why: "an officer who opens the page must know within three seconds what is wrong",
  },
  historyCpu: {
    id: "history-cpu",
    what: "keeping trends of three widths, one reading a second",
    limit: 0.25,
    unit: "CPU s/M readings",
    why: "the journal itself takes 0.09-0.14",
  },
} as const satisfies Readonly<Record<string, Goal>>;

export interface Verdict {
  readonly goal: Goal;
  /** NaN: could not be measured. */
  readonly measured: number;
}

export function isMet({ goal, measured }: Verdict): boolean | null {
  if (!Number.isFinite(measured)) return null;
  return goal.atLeast === true ? measured >= goal.limit : measured <= goal.limit;
}
