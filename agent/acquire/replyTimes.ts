/**
 * How long a probe of a silent device waits: as long as the device may need by what it needed while it lived. Pure.
 *
 * A silent device costs its line a time-out at every probe, and a time-out is set for the slowest device in its worst
 * moment. So a probe waits for twice the worst of the latest good answers, at least 50 ms longer than it, and never
 * longer than is configured. Every fourth probe of a device waits for all of the time-out, so that one that has become
 * slower than it ever was is heard again as well. Devices that answer are always given all of it.
 * Nothing is kept over a restart: where there was no answer yet, the configured time-out holds.
 */

import type { Question } from "../../drivers/contract.ts";
import type { DeviceHealth } from "./deviceHealth.ts";

const factor = 2;
const extraMs = 50;
/** A stall of this machine in an answer is forgotten after so many answers, at most twice as many. */
const halfAnswers = 256;
const wholeEvery = 4;

type Timed = Pick<Question, "readMsMax" | "timeoutMs">;

export class ReplyTimes {
  readonly #questions: readonly Timed[];
  /** Worst answer in this half, and in the one before it; 0: none. */
  readonly #nowMs: Float64Array;
  readonly #beforeMs: Float64Array;
  readonly #counts: Uint32Array;

  constructor(questions: readonly Timed[]) {
    this.#questions = questions;
    this.#nowMs = new Float64Array(questions.length);
    this.#beforeMs = new Float64Array(questions.length);
    this.#counts = new Uint32Array(questions.length);
  }

  /** A good answer, `ms` after it was asked for. */
  answered(question: number, ms: number): void {
    const count = (this.#counts[question] ?? 0) + 1;
    this.#nowMs[question] = Math.max(this.#nowMs[question] ?? 0, ms);
    this.#counts[question] = count % halfAnswers;
    if (count < halfAnswers) return;
    this.#beforeMs[question] = this.#nowMs[question] ?? 0;
    this.#nowMs[question] = 0;
  }

  /** How long this question waits, its device being as it is; undefined: as long as it always does. */
  timeoutMs(question: number, device: DeviceHealth | undefined): number | undefined {
    const timeoutMs = this.#questions[question]?.timeoutMs;
    const worstMs = Math.max(this.#nowMs[question] ?? 0, this.#beforeMs[question] ?? 0);
    if (timeoutMs === undefined || worstMs === 0 || device?.phase !== "down") return undefined;
    if (device.failures % wholeEvery === 0) return undefined;
    return Math.min(timeoutMs, Math.max(factor * worstMs, worstMs + extraMs));
  }

  /** Longest time that asking it can occupy the line. */
  occupationMs(question: number, device: DeviceHealth | undefined): number {
    const { readMsMax = 0, timeoutMs = 0 } = this.#questions[question] ?? {};
    return readMsMax - timeoutMs + (this.timeoutMs(question, device) ?? timeoutMs);
  }
}
