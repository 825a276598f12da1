/**
 * Who is asked next on one line. Pure: state in, decision out; time only as a number.
 *
 * - Every question has a fixed grid of due times, and all grids begin at one moment. A due question of a device that
 *   answers is asked, hazard points first, then by earliest deadline (the end of its period), then by longest unasked.
 * - A silent device is never asked in its turn: its due questions are answered with silence at once, and it is
 *   probed by one question in spare time, when no answering device falls due before the probe could time out
 *   (replyTimes.ts says how long that takes).
 * - A line without enough spare time gives one probe per round of all answering questions, so that silent devices
 *   can come back: in its longest idle moment, or, when it is never idle, between two questions. This costs the
 *   answering ones at most one time-out per round, however many are silent; and probes never take more than a quarter
 *   of the line from them.
 * - A question that others have kept from the line for several of its periods is answered with silence, so that
 *   its last value cannot pass for a fresh one.
 * - A question that is late is asked again at once, once: due times missed before that are counted, not made up for.
 * How old a value can grow by these rules is computed in lineBudget.ts: change both together.
 */

import type { DeviceHealth } from "./deviceHealth.ts";

export interface Schedulable {
  readonly everyMs: number;
  /** Longest time one ask can occupy the line. */
  readonly readMsMax: number;
  /** Position of its device in the line's list. */
  readonly device: number;
  readonly isHazard: boolean;
}

export type Decision =
  /** Ask this question now; `isProbe`: its device is silent, the grid of due times does not move. */
  | { readonly do: "ask"; readonly question: number; readonly isProbe: boolean }
  /** Hand over silence in its place: its device is silent, or the line is too busy to ask it at all. */
  | { readonly do: "silence"; readonly question: number; readonly why: "silent" | "starved" }
  | { readonly do: "wait"; readonly untilMs: number };

export interface Scheduler {
  next(nowMs: number, health: readonly DeviceHealth[]): Decision;
  /** Moves a question's due time on after it was asked in its turn or answered with silence. */
  done(question: number, nowMs: number): void;
  /** It was asked, but its device did not come to it: it is due again at once. */
  again(question: number, nowMs: number): void;
  /** The device answers again: its questions are due now. */
  revive(device: number, nowMs: number): void;
  /** Due times that passed unasked because the line was busy. */
  readonly missed: number;
}

/** A question is starved after this many of its periods, and as many rounds of the others, without a turn. */
export const starvedAfter = 3;

/** Without spare time, a probe begins no sooner than so many of the longest asks after the probe before it. */
export const probesApart = 4;

/** Longest sleep, so that a health change from outside is noticed. */
const waitMsMax = 1_000;

/** `probeMs`: longest time the next probe by this question can occupy the line, at most its `readMsMax`. */
export function createScheduler(
  questions: readonly Schedulable[],
  startMs: number,
  probeMs: (question: number) => number = (i) => questions[i]?.readMsMax ?? 0,
): Scheduler {
  return new LineScheduler(questions, startMs, probeMs);
}

type Healths = readonly DeviceHealth[];

class LineScheduler implements Scheduler {
  readonly #questions: readonly Schedulable[];
  readonly #startMs: number;
  readonly #dueMs: Float64Array;
  readonly #longestAskMs: number;
  readonly #probeMs: (question: number) => number;
  /** Questions asked in their turn since the line last had time for a probe, and since it was last idle at all. */
  #askedSinceSpare = 0;
  #askedSinceIdle = 0;
  /** All asks so far, and how many there were when each question last had its turn. */
  #asks = 0;
  readonly #asksAtTurn: Float64Array;
  /** Where the search for the next probe begins, so that every silent device gets its turn. */
  #probeFrom = 0;
  /** No probe outside spare time before this. */
  #forcedFromMs = Number.NEGATIVE_INFINITY;
  #missed = 0;

  constructor(
    questions: readonly Schedulable[],
    startMs: number,
    probeMs: (question: number) => number,
  ) {
    this.#questions = questions;
    this.#probeMs = probeMs;
    this.#startMs = startMs;
    this.#dueMs = new Float64Array(questions.length).fill(startMs);
    this.#asksAtTurn = new Float64Array(questions.length);
    this.#longestAskMs = Math.max(0, ...questions.map((question) => question.readMsMax));
  }

  get missed(): number {
    return this.#missed;
  }

  next(nowMs: number, health: Healths): Decision {
    const silent = this.#firstDueSilence(nowMs, health);
    if (silent !== -1) return { do: "silence", question: silent, why: "silent" };
    const starved = this.#firstStarved(nowMs, health);
    if (starved !== -1) return { do: "silence", question: starved, why: "starved" };
    const urgent = this.#mostUrgent(nowMs, health);
    const probe = this.#nextProbe(nowMs, health);
    // An idle line learns from the question alone; a busy one need not ask it when there is nobody to probe.
    const isProbeTime =
      (probe !== -1 || urgent === -1) && this.#mayProbe({ urgent, probe }, nowMs, health);
    if (isProbeTime && probe !== -1) return this.#ask(probe, true, nowMs);
    if (urgent !== -1) return this.#ask(urgent, false, nowMs);
    return { do: "wait", untilMs: this.#wakeMs(nowMs, health) };
  }

  done(question: number, nowMs: number): void {
    this.#asksAtTurn[question] = this.#asks;
    const everyMs = this.#questions[question]?.everyMs ?? 1;
    const due = this.#dueMs[question] ?? nowMs;
    // Back on the grid, too, after a device that came back was asked out of it.
    let periods = Math.floor((due - this.#startMs) / everyMs) + 1;
    // A sum is rounded more coarsely beyond each power of two (2^23 ms: after 2.3 hours), so the division may come out
    // a hair below a whole number: the same due time again would have the question asked without end.
    if (this.#startMs + periods * everyMs <= due) periods += 1;
    const skipped = Math.max(0, Math.floor((nowMs - this.#startMs) / everyMs) - periods);
    this.#missed += skipped;
    this.#dueMs[question] = this.#startMs + (periods + skipped) * everyMs;
  }

  again(question: number, nowMs: number): void {
    this.#dueMs[question] = Math.min(this.#due(question), nowMs);
  }

  revive(device: number, nowMs: number): void {
    for (const [i, question] of this.#questions.entries()) {
      if (question.device === device) this.#dueMs[i] = Math.min(this.#due(i), nowMs);
    }
  }

  #due(question: number): number {
    return this.#dueMs[question] ?? Number.POSITIVE_INFINITY;
  }

  #ask(question: number, isProbe: boolean, nowMs: number): Decision {
    this.#asks += 1;
    this.#askedSinceSpare = isProbe ? 0 : this.#askedSinceSpare + 1;
    this.#askedSinceIdle = isProbe ? 0 : this.#askedSinceIdle + 1;
    if (isProbe) {
      this.#probeFrom = question + 1;
      this.#forcedFromMs = nowMs + probesApart * this.#longestAskMs;
    }
    return { do: "ask", question, isProbe };
  }

  #isDown(question: Schedulable, health: Healths): boolean {
    return health[question.device]?.phase === "down";
  }

  #firstDueSilence(nowMs: number, health: Healths): number {
    return this.#questions.findIndex(
      (question, i) => this.#due(i) <= nowMs && this.#isDown(question, health),
    );
  }

  /** The machine's own stall starves nobody: only turns that others took count. */
  #firstStarved(nowMs: number, health: Healths): number {
    return this.#questions.findIndex(
      (question, i) =>
        this.#asks - (this.#asksAtTurn[i] ?? 0) > starvedAfter * this.#questions.length &&
        nowMs - this.#due(i) > starvedAfter * question.everyMs &&
        !this.#isDown(question, health),
    );
  }

  #mostUrgent(nowMs: number, health: Healths): number {
    let best = -1;
    for (let i = 0; i < this.#questions.length; i += 1) {
      const question = this.#questions[i];
      if (question === undefined || this.#due(i) > nowMs || this.#isDown(question, health))
        continue;
      if (best === -1 || this.#isBefore(i, best)) best = i;
    }
    return best;
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#questions[a];
    const second = this.#questions[b];
    if (first === undefined || second === undefined) return false;
    if (first.isHazard !== second.isHazard) return first.isHazard;
    const byDeadline = this.#due(a) + first.everyMs - this.#due(b) - second.everyMs;
    if (byDeadline !== 0) return byDeadline < 0;
    return (this.#asksAtTurn[a] ?? 0) < (this.#asksAtTurn[b] ?? 0);
  }

  #nextProbe(nowMs: number, health: Healths): number {
    const count = this.#questions.length;
    for (let k = 0; k < count; k += 1) {
      const i = (this.#probeFrom + k) % count;
      const state = health[this.#questions[i]?.device ?? -1];
      if (state?.phase === "down" && state.probeAtMs <= nowMs) return i;
    }
    return -1;
  }

  /** Whether this is the moment for a probe; learns from it how much spare time the line has. */
  #mayProbe(
    { urgent, probe }: { readonly urgent: number; readonly probe: number },
    nowMs: number,
    health: Healths,
  ): boolean {
    const round = this.#questions.filter((question) => !this.#isDown(question, health)).length;
    const isForceable = nowMs >= this.#forcedFromMs;
    if (urgent !== -1) return isForceable && this.#askedSinceIdle >= Math.max(1, round);
    const neededMs = probe === -1 ? this.#longestAskMs : this.#probeMs(probe);
    const isSpare = this.#earliestDue(health, "answering") - nowMs >= neededMs;
    const isRoundOver = isForceable && this.#askedSinceSpare >= round;
    this.#askedSinceIdle = 0;
    if (isSpare) this.#askedSinceSpare = 0;
    return isSpare || isRoundOver;
  }

  #earliestDue(health: Healths, of: "answering" | "all"): number {
    let ms = Number.POSITIVE_INFINITY;
    for (const [i, question] of this.#questions.entries()) {
      if (of === "all" || !this.#isDown(question, health)) ms = Math.min(ms, this.#due(i));
    }
    return ms;
  }

  #wakeMs(nowMs: number, health: Healths): number {
    let ms = Math.min(this.#earliestDue(health, "all"), nowMs + waitMsMax);
    for (const state of health) {
      // A probe that is due already waits for spare time, which a due question ends or begins.
      if (state.phase === "down" && state.probeAtMs > nowMs) ms = Math.min(ms, state.probeAtMs);
    }
    return ms;
  }
}
