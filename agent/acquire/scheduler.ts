/**
 * Who is asked next on one line. Pure: state in, decision out; time only as a number.
 *
 * - Every question has a fixed grid of due times. A due question of a device that answers is asked, hazard
 *   points first, then by earliest deadline (the end of its period).
 * - A silent device is never asked in its turn: its due questions are answered with silence at once, and it is
 *   probed by one question in spare time, when no answering device falls due before the probe could time out.
 * - A line without enough spare time gives one probe per round of all answering questions, so that silent devices
 *   can come back: in its longest idle moment, or, when it is never idle, between two questions. This costs the
 *   answering ones at most one time-out per round, however many are silent.
 * - A missed due time is not made up for: the grid goes on, and the miss is counted.
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
  /** Its device is silent: hand over silence in its place. */
  | { readonly do: "silence"; readonly question: number }
  | { readonly do: "wait"; readonly untilMs: number };

export interface Scheduler {
  next(nowMs: number, health: readonly DeviceHealth[]): Decision;
  /** Moves a question's due time on after it was asked in its turn or answered with silence. */
  done(question: number, nowMs: number): void;
  /** The device answers again: its questions are due now. */
  revive(device: number, nowMs: number): void;
  /** Due times that passed unasked because the line was busy. */
  readonly missed: number;
}

/** Longest sleep, so that a health change from outside is noticed. */
const waitMsMax = 1_000;

export function createScheduler(questions: readonly Schedulable[], startMs: number): Scheduler {
  const dueMs = new Float64Array(questions.length).fill(startMs);
  /** Questions asked in their turn since the line last had time for a probe, and since it was last idle at all. */
  let askedSinceSpare = 0;
  let askedSinceIdle = 0;
  const longestAskMs = Math.max(0, ...questions.map((question) => question.readMsMax));
  let missed = 0;
  /** Where the search for the next probe begins, so that every silent device gets its turn. */
  let probeFrom = 0;

  const isDown = (question: Schedulable, health: readonly DeviceHealth[]): boolean =>
    health[question.device]?.phase === "down";

  const firstDueSilence = (nowMs: number, health: readonly DeviceHealth[]): number =>
    questions.findIndex((question, i) => isDown(question, health) && (dueMs[i] ?? 0) <= nowMs);

  const mostUrgent = (nowMs: number, health: readonly DeviceHealth[]): number => {
    let best = -1;
    for (const [i, question] of questions.entries()) {
      if (isDown(question, health) || (dueMs[i] ?? 0) > nowMs) continue;
      if (best === -1 || isBefore(i, best)) best = i;
    }
    return best;
  };

  const isBefore = (a: number, b: number): boolean => {
    const first = questions[a];
    const second = questions[b];
    if (first === undefined || second === undefined) return false;
    if (first.isHazard !== second.isHazard) return first.isHazard;
    return (dueMs[a] ?? 0) + first.everyMs < (dueMs[b] ?? 0) + second.everyMs;
  };

  const nextProbe = (nowMs: number, health: readonly DeviceHealth[]): number => {
    for (let k = 0; k < questions.length; k += 1) {
      const i = (probeFrom + k) % questions.length;
      const state = health[questions[i]?.device ?? -1];
      if (state?.phase === "down" && state.probeAtMs <= nowMs) return i;
    }
    return -1;
  };

  const earliest = (health: readonly DeviceHealth[], down: boolean): number => {
    let ms = Number.POSITIVE_INFINITY;
    for (const [i, question] of questions.entries()) {
      if (isDown(question, health) === down) ms = Math.min(ms, dueMs[i] ?? ms);
    }
    return ms;
  };

  const answering = (health: readonly DeviceHealth[]): number =>
    questions.filter((question) => !isDown(question, health)).length;

  /** Whether this is the moment for a probe; learns from it how much spare time the line has. */
  const mayProbe = (urgent: number, nowMs: number, health: readonly DeviceHealth[]): boolean => {
    const round = answering(health);
    if (urgent !== -1) return askedSinceIdle >= Math.max(1, round);
    const isSpare = earliest(health, false) - nowMs >= longestAskMs;
    const isRoundOver = askedSinceSpare >= round;
    askedSinceIdle = 0;
    if (isSpare) askedSinceSpare = 0;
    return isSpare || isRoundOver;
  };

  const ask = (question: number, isProbe: boolean): Decision => {
    askedSinceSpare = isProbe ? 0 : askedSinceSpare + 1;
    askedSinceIdle = isProbe ? 0 : askedSinceIdle + 1;
    if (isProbe) probeFrom = question + 1;
    return { do: "ask", question, isProbe };
  };

  return {
    get missed() {
      return missed;
    },
    next(nowMs, health) {
      const silent = firstDueSilence(nowMs, health);
      if (silent !== -1) return { do: "silence", question: silent };
      const urgent = mostUrgent(nowMs, health);
      const probe = nextProbe(nowMs, health);
      if (mayProbe(urgent, nowMs, health) && probe !== -1) return ask(probe, true);
      if (urgent !== -1) return ask(urgent, false);
      return { do: "wait", untilMs: wakeMs(nowMs, health) };
    },
    done(question, nowMs) {
      const everyMs = questions[question]?.everyMs ?? 1;
      const due = dueMs[question] ?? nowMs;
      const steps = Math.max(1, Math.floor((nowMs - due) / everyMs) + 1);
      missed += steps - 1;
      dueMs[question] = due + steps * everyMs;
    },
    revive(device, nowMs) {
      for (const [i, question] of questions.entries()) {
        if (question.device === device) dueMs[i] = Math.min(dueMs[i] ?? nowMs, nowMs);
      }
    },
  };

  function wakeMs(nowMs: number, health: readonly DeviceHealth[]): number {
    let ms = Math.min(earliest(health, false), earliest(health, true), nowMs + waitMsMax);
    for (const state of health) {
      // A probe that is due already waits for spare time, which a due question ends or begins.
      if (state.phase === "down" && state.probeAtMs > nowMs) ms = Math.min(ms, state.probeAtMs);
    }
    return ms;
  }
}
