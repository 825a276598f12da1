/**
 * The wire of a serial line with the timing of a real one, on a pseudo-terminal.
 *
 * A pseudo-terminal hands over bytes at once; so this file keeps the wire's own time: `quietAtMs` is when
 * the last byte, sent or received, has left the wire. A frame ends after 3.5 characters of silence; what we
 * send is handed over at the pace of its bytes, and never overlaps: it waits for the wire.
 */

import type { Clock, Timer } from "../../../config/words/time.ts";
import {
  openPseudoTerminal,
  type PseudoTerminal,
  pointLink,
  removeLink,
} from "./pseudoTerminal.ts";
import { characterMs, silenceMs } from "./rtuFrame.ts";
import type { WireStats } from "./wireStats.ts";

export interface SerialWireOptions {
  readonly clock: Clock;
  readonly baud: number;
  /** Where the stable symlink to the port is made. */
  readonly link: string;
  readonly stats: WireStats;
  /** Bytes that came together and were followed by silence. */
  readonly onFrame: (bytes: Buffer) => void;
}

const frameBytesMax = 256;
/** Sendings that wait for the wire; more are dropped. */
const queueMax = 16;
/** Bytes handed over in one go: fewer timers, the last byte still comes at its time. */
const chunkBytes = 16;
/** Forgiven when silence is judged: no process can measure its own wake-up better. */
const wakeUpMs = 1;

export class SerialWire implements Disposable {
  readonly #options: SerialWireOptions;
  readonly #characterMs: number;
  readonly #silenceMs: number;
  readonly #timers = new Set<Timer>();
  #port: PseudoTerminal | null = null;
  #incoming: Buffer = Buffer.alloc(0);
  #frameEnd: Timer | null = null;
  #quietAtMs = Number.NEGATIVE_INFINITY;
  #queued = 0;

  constructor(options: SerialWireOptions) {
    this.#options = options;
    this.#characterMs = characterMs(options.baud);
    this.#silenceMs = silenceMs(options.baud);
  }

  /** Opens the port under its link. Harmless when up. @throws when no pseudo-terminal can be had. */
  comeUp(): void {
    if (this.#port !== null) return;
    this.#port = openPseudoTerminal((bytes) => this.#hear(bytes));
    pointLink(this.#options.link, this.#port.path);
  }

  /** Takes the port away, as pulling the converter does. Harmless when down. */
  goDown(): void {
    if (this.#port === null) return;
    removeLink(this.#options.link);
    this.#port[Symbol.dispose]();
    this.#port = null;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#queued = 0;
    this.#frameEnd?.cancel();
    this.#incoming = Buffer.alloc(0);
  }

  [Symbol.dispose](): void {
    this.goDown();
  }

  /** Hands the bytes over at the pace of the wire, after what is on it already. */
  transmit(bytes: Buffer): void {
    if (this.#port === null || this.#queued >= queueMax) {
      this.#options.stats.add("droppedBytes", bytes.length);
      return;
    }
    this.#queued += 1;
    const beginMs = Math.max(this.#options.clock.monotonicMs(), this.#quietAtMs);
    this.#quietAtMs = beginMs + bytes.length * this.#characterMs;
    this.#handOver(bytes, { beginMs, sent: 0 });
  }

  /** Calls back after `ms`, unless the line goes down before. */
  later(ms: number, ring: () => void): void {
    const timer = this.#options.clock.timer(Math.max(0, ms), () => {
      this.#timers.delete(timer);
      ring();
    });
    this.#timers.add(timer);
  }

  #hear(bytes: Buffer): void {
    const { clock, stats } = this.#options;
    const now = clock.monotonicMs();
    const isTooSoon = now - this.#quietAtMs < this.#silenceMs - wakeUpMs;
    if (this.#incoming.length === 0 && isTooSoon) stats.add("silenceViolations");
    // One byte too many is kept, so that an endless frame is seen to be none.
    this.#incoming = Buffer.concat([this.#incoming, bytes]).subarray(0, frameBytesMax + 1);
    this.#quietAtMs = Math.max(this.#quietAtMs, now) + bytes.length * this.#characterMs;
    this.#frameEnd?.cancel();
    this.#awaitEnd(this.#quietAtMs + this.#silenceMs);
  }

  #awaitEnd(endMs: number): void {
    const { clock, stats, onFrame } = this.#options;
    this.#frameEnd = clock.timer(endMs - clock.monotonicMs(), () => {
      const lateMs = clock.monotonicMs() - endMs;
      if (lateMs < 0) {
        this.#awaitEnd(endMs);
        return;
      }
      stats.add("lateMs", lateMs);
      const frame = this.#incoming;
      this.#incoming = Buffer.alloc(0);
      onFrame(frame);
    });
  }

  #handOver(bytes: Buffer, at: { readonly beginMs: number; readonly sent: number }): void {
    const { clock, stats } = this.#options;
    const next = Math.min(bytes.length, at.sent + chunkBytes);
    const dueMs = at.beginMs + next * this.#characterMs;
    this.later(dueMs - clock.monotonicMs(), () => {
      const lateMs = clock.monotonicMs() - dueMs;
      if (lateMs < 0 && next === bytes.length) {
        this.#handOver(bytes, at);
        return;
      }
      const chunk = bytes.subarray(at.sent, next);
      stats.add("droppedBytes", chunk.length - (this.#port?.write(chunk) ?? 0));
      if (next < bytes.length) this.#handOver(bytes, { beginMs: at.beginMs, sent: next });
      else {
        this.#queued -= 1;
        stats.add("lateMs", lateMs);
      }
    });
  }
}
