/** One loop per line: takes turns by the scheduler's word, hands over answers, and silence in their place. */

import type { DeviceId } from "../../config/words/names.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { type Result, unreachable } from "../../config/words/result.ts";
import type { Clock, Instant } from "../../config/words/time.ts";
import type { Question, Samples } from "../../drivers/contract.ts";
import { type DriverError, isGatewaysWord } from "../../drivers/errors.ts";
import type { TakeSamples } from "../../drivers/lines/together.ts";
import { count, type DeviceCounters, freshCounters } from "./deviceCounters.ts";
import type { DeviceHealth } from "./deviceHealth.ts";
import { LineHealth } from "./lineHealth.ts";
import { type LineStats, LineTally } from "./lineStats.ts";
import { ReplyTimes } from "./replyTimes.ts";
import { createScheduler, type Decision, type Scheduler } from "./scheduler.ts";

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

/** How several questions of the line are asked at once. */
export interface AskTogether {
  /** So many at most. */
  readonly most: number;
  /** Hands over every answer once; resolves after the last. Each question must be one of `direct` form. */
  ask(
    questions: readonly Question[],
    options: { readonly signal: AbortSignal; readonly take: TakeSamples },
  ): Promise<void>;
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

export interface LineLoopOptions {
  readonly asked: readonly Asked[];
  readonly sink: AnswerSink;
  readonly clock: Clock;
  /** Absent: one question at a time. */
  readonly together?: AskTogether | undefined;
}

export function createLineLoop(options: LineLoopOptions): LineLoop {
  return new Loop(options);
}

class Loop implements LineLoop {
  readonly asked: readonly Asked[];
  readonly counters: ReadonlyMap<DeviceId, DeviceCounters>;
  readonly #sink: AnswerSink;
  readonly #clock: Clock;
  readonly #together: AskTogether | undefined;
  readonly #devices: readonly DeviceId[];
  /** Place of each question's device. */
  readonly #positions: readonly number[];
  readonly #health: LineHealth;
  readonly #tally: LineTally;
  readonly #replyTimes: ReplyTimes;
  readonly #scheduler: Scheduler;
  /** What was decided while questions were gathered, and must wait for their answers. */
  #held: Decision | null = null;
  /** Who was last told to answer: told again only after a change. The line itself comes last. */
  readonly #isToldUp: Uint8Array;

  constructor({ asked, sink, clock, together }: LineLoopOptions) {
    this.asked = asked;
    this.#sink = sink;
    this.#clock = clock;
    this.#together = together;
    const devices = [...new Set(asked.map((entry) => entry.device))];
    const positions = asked.map((entry) => devices.indexOf(entry.device));
    this.#devices = devices;
    this.#positions = positions;
    this.counters = new Map(devices.map((device) => [device, freshCounters()] as const));
    this.#health = new LineHealth(devices.length, burstMsOf(asked));
    this.#isToldUp = new Uint8Array(devices.length + 1);
    const startMs = clock.monotonicMs();
    const periods = asked.map(({ question }) => question.everyMs);
    this.#tally = new LineTally(periods, devices.length, startMs);
    this.#replyTimes = new ReplyTimes(asked.map(({ question }) => question));
    this.#scheduler = createScheduler(
      asked.map(({ question, isHazard }, i) => {
        const { everyMs, readMsMax } = question;
        return { everyMs, readMsMax, device: positions[i] ?? 0, isHazard };
      }),
      startMs,
      (index) => this.#replyTimes.occupationMs(index, this.#stateOf(index)),
    );
  }

  get isLineDown(): boolean {
    return this.#health.fault !== null;
  }

  get fault(): LineHealth["fault"] {
    return this.#health.fault;
  }

  get missed(): number {
    return this.#scheduler.missed;
  }

  stats(): LineStats {
    return this.#tally.read();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nowMs = this.#clock.monotonicMs();
      const decision = this.#held ?? this.#scheduler.next(nowMs, this.#health.devices);
      this.#held = null;
      switch (decision.do) {
        case "ask":
          await this.#ask(decision, nowMs, signal);
          break;
        case "silence":
          this.#silence(decision, nowMs);
          break;
        case "wait":
          await this.#clock.sleep(Math.max(1, decision.untilMs - nowMs), signal);
          break;
        default:
          unreachable(decision);
      }
    }
  }

  #ask({ question, isProbe }: Asking, nowMs: number, signal: AbortSignal): Promise<void> {
    const together = this.#together;
    if (together === undefined || isProbe || !this.#isDirect(question)) {
      return this.#askOne(question, isProbe, signal);
    }
    return this.#askMany(this.#gather(question, together.most, nowMs), together, signal);
  }

  async #askOne(index: number, isProbe: boolean, signal: AbortSignal): Promise<void> {
    const question = this.asked[index]?.question;
    if (question === undefined) return;
    const fromMs = this.#clock.monotonicMs();
    const waitMs = this.#replyTimes.timeoutMs(index, this.#stateOf(index));
    const answer = await question.read(signal, waitMs);
    if (signal.aborted) return;
    const { monotonicMs: toMs } = this.#answered(index, answer, { fromMs, isProbe });
    this.#tally.occupied(fromMs, toMs);
    if (answer.ok) this.#replyTimes.answered(index, toMs - fromMs);
    // A probe that succeeded is the sample of its due time; one that failed was answered with silence already.
    if (!isProbe || answer.ok) this.#scheduler.done(index, toMs);
  }

  /** Further questions that are due, to be asked with the first; each counts as asked. */
  #gather(first: number, most: number, nowMs: number): readonly number[] {
    const chosen = [first];
    this.#scheduler.done(first, nowMs);
    while (chosen.length < most) {
      const decision = this.#scheduler.next(nowMs, this.#health.devices);
      if (decision.do === "wait") break;
      if (decision.do === "silence") {
        this.#silence(decision, nowMs);
        continue;
      }
      const { question, isProbe } = decision;
      if (isProbe || !this.#isDirect(question) || chosen.includes(question)) {
        this.#held = decision;
        break;
      }
      chosen.push(question);
      this.#scheduler.done(question, nowMs);
    }
    return chosen;
  }

  async #askMany(
    chosen: readonly number[],
    together: AskTogether,
    signal: AbortSignal,
  ): Promise<void> {
    const fromMs = this.#clock.monotonicMs();
    const take: TakeSamples = (i, answer) => {
      const index = chosen[i];
      if (signal.aborted || index === undefined) return;
      const isUnknown = !answer.ok && answer.error.kind === "timeout" && answer.error.notAsked;
      if (isUnknown) this.#scheduler.again(index, fromMs);
      else this.#answered(index, answer, { fromMs, isProbe: false });
    };
    const questions = chosen.flatMap((index) => this.asked[index]?.question ?? []);
    await together.ask(questions, { signal, take });
    this.#tally.occupied(fromMs, this.#clock.monotonicMs());
  }

  #stateOf(index: number): DeviceHealth | undefined {
    return this.#health.devices[this.#positions[index] ?? -1];
  }

  #isDirect(index: number): boolean {
    return this.asked[index]?.question.direct !== undefined;
  }

  #answered(
    index: number,
    answer: Result<Samples, DriverError>,
    { fromMs, isProbe }: { readonly fromMs: number; readonly isProbe: boolean },
  ): Instant {
    const at = answer.ok ? answer.value.takenAt : this.#clock.now();
    const entry = this.asked[index];
    if (entry === undefined) return at;
    const error = answer.ok ? null : answer.error;
    if (answer.ok) this.#sink.samples(entry.key, answer.value);
    else if (!isProbe) this.#sink.silence(entry.key, at, qualityOf(answer.error));
    const device = this.#positions[index] ?? 0;
    this.#tally.asked({ question: index, device, error, fromMs, toMs: at.monotonicMs });
    this.#learn(device, error, at);
    return at;
  }

  #silence({ question, why }: Extract<Decision, { do: "silence" }>, nowMs: number): void {
    const quality = qualityCode[why === "silent" ? "comm-fail" : "stale"];
    this.#sink.silence(this.asked[question]?.key ?? -1, this.#clock.now(), quality);
    this.#tally.silent(question);
    this.#scheduler.done(question, nowMs);
  }

  #learn(position: number, error: DriverError | null, at: Instant): void {
    const { after, isBack, cleared } = this.#health.learn(position, error, at.monotonicMs);
    if (isBack) this.#scheduler.revive(position, at.monotonicMs);
    const device = this.#devices[position];
    if (device !== undefined) count(this.counters.get(device), error, after, at);
    const { isLineDown } = this;
    this.#connection(this.#devices.length, !isLineDown, at);
    // One alarm of the line, not one of each device on it.
    for (const blamed of cleared) this.#connection(blamed, true, at);
    if (!isLineDown) this.#connection(position, after.phase === "up", at);
  }

  #connection(position: number, isAnswering: boolean, at: Instant): void {
    if (isAnswering && this.#isToldUp[position] === 1) return;
    this.#isToldUp[position] = isAnswering ? 1 : 0;
    this.#sink.connection(this.#devices[position] ?? null, isAnswering, at);
  }
}

type Asking = Extract<Decision, { do: "ask" }>;

/** Twice the time in which every device is asked once and keeps silent. */
function burstMsOf(asked: readonly Asked[]): number {
  const longestMs = Math.max(0, ...asked.map(({ question }) => question.everyMs));
  return 2 * (longestMs + asked.reduce((ms, { question }) => ms + question.readMsMax, 0));
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
