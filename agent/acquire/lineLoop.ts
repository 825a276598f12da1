/** One loop per line: takes turns by the scheduler's word, hands over answers, and silence in their place. */

import type { DeviceId } from "../../config/words/names.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { unreachable } from "../../config/words/result.ts";
import type { Clock, Instant, MonotonicMs } from "../../config/words/time.ts";
import type { Question, Samples } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { type DeviceHealth, nextHealth, up } from "./deviceHealth.ts";
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
  const health: DeviceHealth[] = devices.map(() => up);
  const counters = new Map(devices.map((device) => [device, freshCounters()] as const));
  const scheduler = createScheduler(
    asked.map(({ question, device, isHazard }) => ({
      everyMs: question.everyMs,
      readMsMax: question.readMsMax,
      device: devices.indexOf(device),
      isHazard,
    })),
    clock.monotonicMs(),
  );
  let isLineDown = false;

  const ask = async (index: number, isProbe: boolean, signal: AbortSignal): Promise<void> => {
    const entry = asked[index];
    if (entry === undefined) return;
    const answer = await entry.question.read(signal);
    if (signal.aborted) return;
    const at = clock.now();
    const error = answer.ok ? null : answer.error;
    if (answer.ok) sink.samples(entry.key, answer.value);
    else if (!isProbe) sink.silence(entry.key, at, qualityOf(answer.error));
    learn(entry.device, error, at);
    // A probe that succeeded is the sample of its due time; one that failed was answered with silence already.
    if (!isProbe || answer.ok) scheduler.done(index, at.monotonicMs);
  };

  const learn = (device: DeviceId, error: DriverError | null, at: Instant): void => {
    const position = devices.indexOf(device);
    const before = health[position] ?? up;
    const after = nextHealth(before, error, at.monotonicMs);
    health[position] = after;
    if (before.phase === "down" && after.phase === "up") {
      scheduler.revive(position, at.monotonicMs);
    }
    count(counters.get(device), error, after, at);
    isLineDown = error?.kind === "lineDown";
    sink.connection(null, !isLineDown, at);
    if (!isLineDown) sink.connection(device, after.phase === "up", at);
  };

  return {
    counters,
    get isLineDown() {
      return isLineDown;
    },
    get missed() {
      return scheduler.missed;
    },
    async run(signal) {
      while (!signal.aborted) {
        const nowMs = clock.monotonicMs();
        const decision = scheduler.next(nowMs, health);
        switch (decision.do) {
          case "ask":
            await ask(decision.question, decision.isProbe, signal);
            break;
          case "silence": {
            const key = asked[decision.question]?.key ?? -1;
            const quality = decision.why === "silent" ? "comm-fail" : "stale";
            sink.silence(key, clock.now(), qualityCode[quality]);
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

/** A device that answers "no" is at fault itself; everything else is a connection that failed. */
function qualityOf(error: DriverError): number {
  switch (error.kind) {
    case "deviceBusy":
    case "refused":
      return qualityCode["device-fault"];
    case "timeout":
    case "badReply":
    case "lineDown":
    case "aborted":
      return qualityCode["comm-fail"];
    default:
      return unreachable(error);
  }
}
