/** What a line did, in bounded memory: occupation, latencies, exceptions, intervals and ages. Nothing is allocated per ask. */

import type { DriverError } from "../../drivers/errors.ts";

/** Four buckets to each doubling of the milliseconds: within 19 % of the truth, up to 18 hours. */
const buckets = 104;

class Histogram {
  readonly #counts = new Uint32Array(buckets);
  #total = 0;
  #mostMs = 0;

  add(ms: number): void {
    const bucket = Math.min(buckets - 1, Math.floor(4 * Math.log2(Math.max(0, ms) + 1)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
    if (ms > this.#mostMs) this.#mostMs = ms;
  }

  spread(): Spread | null {
    if (this.#total === 0) return null;
    return { p50Ms: this.#at(0.5), p99Ms: this.#at(0.99), maxMs: tenth(this.#mostMs) };
  }

  /** The upper end of the bucket that holds this share. */
  #at(share: number): number {
    let left = share * this.#total;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return tenth(Math.min(this.#mostMs, 2 ** ((bucket + 1) / 4) - 1));
    }
    return tenth(this.#mostMs);
  }
}

/** Percentiles are upper ends of buckets of 19 %. */
export interface Spread {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LineStats {
  /** Share of the last whole minute in which the line was occupied; null in the first. */
  readonly utilisation: number | null;
  /** How much the intervals between good answers of a question differ from its period. */
  readonly jitter: Spread | null;
  readonly devices: readonly DeviceStats[];
  /** In the order of the line's questions: age of a value when it was judged, at worst since the start; 0: none yet. */
  readonly worstAgesMs: readonly number[];
}

export interface DeviceStats {
  readonly latency: Spread | null;
  readonly exceptions: Readonly<Record<number, number>>;
  readonly damaged: number;
  readonly mismatched: number;
}

const windowMs = 60_000;

class DeviceTally {
  readonly latency = new Histogram();
  readonly exceptions = new Map<number, number>();
  damaged = 0;
  mismatched = 0;
}

export class LineTally {
  readonly #everyMs: readonly number[];
  readonly #devices: readonly DeviceTally[];
  readonly #jitter = new Histogram();
  /** When the good answer before was asked for; NaN after a failure. */
  readonly #askedMs: Float64Array;
  readonly #worstMs: Float64Array;
  #windowFromMs: number;
  #busyMs = 0;
  #utilisation: number | null = null;

  constructor(everyMs: readonly number[], devices: number, startMs: number) {
    this.#everyMs = everyMs;
    this.#devices = Array.from({ length: devices }, () => new DeviceTally());
    this.#askedMs = new Float64Array(everyMs.length).fill(Number.NaN);
    this.#worstMs = new Float64Array(everyMs.length);
    this.#windowFromMs = startMs;
  }

  /** One ask ended; `error` is null for a good answer. */
  asked(at: {
    readonly question: number;
    readonly device: number;
    readonly error: DriverError | null;
    readonly fromMs: number;
    readonly toMs: number;
  }): void {
    const { question, device, error, fromMs, toMs } = at;
    const tally = this.#devices[device];
    if (error === null) {
      tally?.latency.add(toMs - fromMs);
      this.#answered(question, fromMs, toMs);
      return;
    }
    this.#askedMs[question] = Number.NaN;
    if (tally !== undefined) failed(tally, error);
  }

  /** No value in its turn: the age of the next one says nothing of the line. */
  silent(question: number): void {
    this.#askedMs[question] = Number.NaN;
  }

  read(): LineStats {
    return {
      utilisation: this.#utilisation,
      jitter: this.#jitter.spread(),
      devices: this.#devices.map((tally) => ({
        latency: tally.latency.spread(),
        exceptions: Object.fromEntries(tally.exceptions),
        damaged: tally.damaged,
        mismatched: tally.mismatched,
      })),
      worstAgesMs: [...this.#worstMs].map(tenth),
    };
  }

  #answered(question: number, fromMs: number, toMs: number): void {
    const before = this.#askedMs[question] ?? Number.NaN;
    this.#askedMs[question] = fromMs;
    if (Number.isNaN(before)) return;
    this.#jitter.add(Math.abs(fromMs - before - (this.#everyMs[question] ?? 0)));
    if (toMs - before > (this.#worstMs[question] ?? 0)) this.#worstMs[question] = toMs - before;
  }

  /** The line was taken, by one ask or by several at once. */
  occupied(fromMs: number, toMs: number): void {
    if (toMs - this.#windowFromMs >= windowMs) {
      this.#utilisation = Math.round((this.#busyMs / (toMs - this.#windowFromMs)) * 1000) / 1000;
      this.#windowFromMs = toMs;
      this.#busyMs = 0;
    }
    this.#busyMs += toMs - fromMs;
  }
}

function failed(tally: DeviceTally, error: DriverError): void {
  if (error.kind === "deviceBusy" || error.kind === "refused") {
    tally.exceptions.set(error.exceptionCode, (tally.exceptions.get(error.exceptionCode) ?? 0) + 1);
  } else if (error.kind === "badReply") {
    if (error.isDamaged === true) tally.damaged += 1;
    else tally.mismatched += 1;
  }
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
