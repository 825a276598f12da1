/** When the waiting readings become records, and into which lane (pure). */

/** A seal a little before its interval is over is on time: ticks jitter. */
const earlyMs = 250;

export class SealTiming {
  readonly #liveEveryMs: number;
  readonly #backlogEveryMs: number;
  #uplink: "live" | "down" = "down";
  #wanted: "no" | "as-usual" | "as-backlog" = "no";
  #sealedMs: number;

  constructor(options: {
    readonly liveEveryMs: number;
    readonly backlogEveryMs: number;
    readonly nowMs: number;
  }) {
    this.#liveEveryMs = options.liveEveryMs;
    this.#backlogEveryMs = options.backlogEveryMs;
    this.#sealedMs = options.nowMs;
  }

  get isLive(): boolean {
    return this.#uplink === "live";
  }

  get lane(): "live" | "backlog" {
    return this.isLive && this.#wanted !== "as-backlog" ? "live" : "backlog";
  }

  uplinkIs(state: "live" | "down"): void {
    if (state === this.#uplink) return;
    // What was gathered while the uplink was down is backlog, even if sealed a moment later.
    this.#wanted = state === "live" ? "as-backlog" : "no";
    this.#uplink = state;
  }

  sealSoon(): void {
    if (this.#wanted === "no") this.#wanted = "as-usual";
  }

  isDue(nowMs: number): boolean {
    const everyMs = this.isLive ? this.#liveEveryMs : this.#backlogEveryMs;
    return this.#wanted !== "no" || nowMs - this.#sealedMs >= everyMs - earlyMs;
  }

  sealed(nowMs: number): void {
    this.#sealedMs = nowMs;
    this.#wanted = "no";
  }
}
