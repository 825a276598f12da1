/** One loop per line: takes turns by the scheduler's word, hands over answers, and silence in their place. */

import type { DeviceId } from "../../config/words/names.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { unreachable } from "../../config/words/result.ts";
import type { Clock, Instant, MonotonicMs } from "../../config/words/time.ts";
import type { Question, Samples } from "../../drivers/contract.ts";
import { type DriverError, isGatewaysWord } from "../../drivers/errors.ts";
import type { DeviceHealth } from "./deviceHealth.ts";
import { LineHealth } from "./lineHealth.ts";
import { type LineStats, LineTally } from "./lineStats.ts";
import { createScheduler } from "./scheduler.ts";

/** One question as the loop needs it. `key` is handed back with its answers. */
export interface Asked {
  readonly key: number;
  readonly question: Question;
  readonly device: DeviceId;
  readonly isHazard: boolean;
}

/** Where answers go. Called in the loop's own turn; must not block. */
export interface AnswerSink {
  samples(key: number, samples: Samples): void;
  /** No number for any point of the question; `quality` says why. */
  silence(key: number, at: Instant, quality: number): void;
  /** After each attempt: whether the device answers; null for a line that is down as a whole. */
  connection(device: DeviceId | null, isAnswering: boolean, at: Instant): void;
}

export interface DeviceCounters {
  asked: number;
  good: number;
  timeouts: number;
  badReplies: number;
  exceptions: number;
  health: DeviceHealth["phase"];
  lastError: string;
  lastGoodMs: MonotonicMs | null;
}

export interface LineLoop {
  /** Ends on abort, with nothing in flight. */
  run(signal: AbortSignal): Promise<void>;
  readonly counters: ReadonlyMap<DeviceId, Readonly<DeviceCounters>>;
  readonly isLineDown: boolean;
  /** Why the line as a whole is down: see LineHealth. */
  readonly fault: LineHealth["fault"];
  readonly asked: readonly Asked[];
  /** Its figures now; devices in the order of `counters`. */
  stats(): LineStats;
  /** Due times that passed unasked because the line was busy. */
  readonly missed: number;
}

export function createLineLoop(options: {
  readonly asked: readonly Asked[];
  readonly sink: AnswerSink;
  readonly clock: Clock;
}): LineLoop {
  const { asked, sink, clock } = options;
  const devices = [...new Set(asked.map((entry) => entry.device))];
  const positions = asked.map((entry) => devices.indexOf(entry.device));
  const counters = new Map(devices.map((device) => [device, freshCounters()] as const));
  const health = new LineHealth(devices.length, burstMsOf(asked));
  const startMs = clock.monotonicMs();
  const periods = asked.map(({ question }) => question.everyMs);
  const tally = new LineTally(periods, devices.length, startMs);
  const scheduler = createScheduler(
    asked.map(({ question, isHazard }, i) => {
      const { everyMs, readMsMax } = question;
      return { everyMs, readMsMax, device: positions[i] ?? 0, isHazard };
    }),
    startMs,
  );

  const ask = async (index: number, isProbe: boolean, signal: AbortSignal): Promise<void> => {
    const entry = asked[index];
    if (entry === undefined) return;
    const fromMs = clock.monotonicMs();
    const answer = await entry.question.read(signal);
    if (signal.aborted) return;
    const at = clock.now();
    const error = answer.ok ? null : answer.error;
    if (answer.ok) sink.samples(entry.key, answer.value);
    else if (!isProbe) sink.silence(entry.key, at, qualityOf(answer.error));
    const device = positions[index] ?? 0;
    tally.asked({ question: index, device, error, fromMs, toMs: at.monotonicMs });
    learn(entry.device, device, { error, at });
    // A probe that succeeded is the sample of its due time; one that failed was answered with silence already.
    if (!isProbe || answer.ok) scheduler.done(index, at.monotonicMs);
  };

  const learn = (
    device: DeviceId,
    position: number,
    { error, at }: { readonly error: DriverError | null; readonly at: Instant },
  ): void => {
    const { after, isBack, cleared } = health.learn(position, error, at.monotonicMs);
    if (isBack) scheduler.revive(position, at.monotonicMs);
    count(counters.get(device), error, after, at);
    const isLineDown = health.fault !== null;
    sink.connection(null, !isLineDown, at);
    // One alarm of the line, not one of each device on it.
    for (const blamed of cleared) {
      const innocent = devices[blamed];
      if (innocent !== undefined) sink.connection(innocent, true, at);
    }
    if (!isLineDown) sink.connection(device, after.phase === "up", at);
  };

  return {
    counters,
    asked,
    get isLineDown() {
      return health.fault !== null;
    },
    get fault() {
      return health.fault;
    },
    stats: () => tally.read(),
    get missed() {
      return scheduler.missed;
    },
    async run(signal) {
      while (!signal.aborted) {
        const nowMs = clock.monotonicMs();
        const decision = scheduler.next(nowMs, health.devices);
        switch (decision.do) {
          case "ask":
            await ask(decision.question, decision.isProbe, signal);
            break;
          case "silence": {
            const key = asked[decision.question]?.key ?? -1;
            const quality = decision.why === "silent" ? "comm-fail" : "stale";
            sink.silence(key, clock.now(), qualityCode[quality]);
            tally.silent(decision.question);
            scheduler.done(decision.question, nowMs);
            break;
          }
          case "wait":
            await clock.sleep(Math.max(1, decision.untilMs - nowMs), signal);
            break;
          default:
            unreachable(decision);
        }
      }
    },
  };
}

/** Twice the time in which every device is asked once and keeps silent. */
function burstMsOf(asked: readonly Asked[]): number {
  const longestMs = Math.max(0, ...asked.map(({ question }) => question.everyMs));
  return 2 * (longestMs + asked.reduce((ms, { question }) => ms + question.readMsMax, 0));
}

function freshCounters(): DeviceCounters {
  return {
    asked: 0,
    good: 0,
    timeouts: 0,
    badReplies: 0,
    exceptions: 0,
    health: "up",
    lastError: "",
    lastGoodMs: null,
  };
}

function count(
  counters: DeviceCounters | undefined,
  error: DriverError | null,
  health: DeviceHealth,
  at: Instant,
): void {
  if (counters === undefined) return;
  counters.asked += 1;
  counters.health = health.phase;
  if (error === null) {
    counters.good += 1;
    counters.lastGoodMs = at.monotonicMs;
    return;
  }
  counters.lastError = error.message;
  if (error.kind === "timeout") counters.timeouts += 1;
  else if (error.kind === "badReply") counters.badReplies += 1;
  else if (error.kind === "deviceBusy" || error.kind === "refused") counters.exceptions += 1;
}

/** A device that answers "no" is at fault itself; everything else, also a gateway's "no", is a connection that failed. */
function qualityOf(error: DriverError): number {
  switch (error.kind) {
    case "deviceBusy":
    case "refused":
      return qualityCode[isGatewaysWord(error) ? "comm-fail" : "device-fault"];
    case "timeout":
    case "badReply":
    case "lineDown":
    case "aborted":
      return qualityCode["comm-fail"];
    default:
      return unreachable(error);
  }
}
