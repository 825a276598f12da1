/** Notices a connection that no longer answers, and only that. Knows no protocol. */

import type { Clock } from "../../config/words/time.ts";
import type { Words } from "./uplink.ts";

export interface AnswerWatch {
  /** Something was sent that must be answered. Tickets rise and are answered in any order. */
  sent(ticket: number, sizeBytes: number): void;
  answered(ticket: number): void;
  /** Anything came in; `isPong` when it answers our ping. */
  received(isPong: boolean): void;
  stop(): void;
}

export interface AnswerWatchOptions {
  readonly clock: Clock;
  /** How long an answer may take, on top of what its bytes need. */
  readonly answerMs: number;
  readonly pingEveryMs: number;
  ping(): void;
  /** Called once at most. */
  giveUp(words: Words): void;
}

/** No link that is worth keeping is slower: 256 KiB then take 64 s. */
const slowestBytesPerMs = 4;
/** A link may become this many times slower than it was before it counts as dead. */
const slowerTimes = 8;
const tickMsMin = 20;
const tickMsMax = 1_000;

interface Pending {
  readonly tick: number;
  readonly sentMs: number;
  readonly sizeBytes: number;
  /** Unanswered when it was sent, its own bytes with them: what goes out later cannot delay its answer. */
  readonly aheadBytes: number;
}

/**
 * Waiting is counted in ticks of this timer, not by the clock: a process that stood still for a minute has not
 * given the other side a minute to answer.
 */
export function createAnswerWatch(options: AnswerWatchOptions): AnswerWatch {
  const { clock, answerMs } = options;
  const tickMs = Math.min(tickMsMax, Math.max(tickMsMin, answerMs / 10));
  const pending = new Map<number, Pending>();
  let tick = 0;
  let pendingBytes = 0;
  let bytesPerMs = slowestBytesPerMs;
  let ping: Pick<Pending, "tick" | "aheadBytes"> | null = null;
  let lastSentTick = 0;
  let lastReceivedTick = 0;
  let timer = clock.timer(tickMs, ring);

  function isTooOld(asked: Pick<Pending, "tick" | "aheadBytes">): boolean {
    const allowanceMs = asked.aheadBytes / Math.max(slowestBytesPerMs, bytesPerMs / slowerTimes);
    return (tick - asked.tick) * tickMs > answerMs + allowanceMs;
  }

  function ring(): void {
    tick += 1;
    // Answers come in order: the first pending is the oldest.
    const oldest = pending.values().next().value;
    if ((oldest !== undefined && isTooOld(oldest)) || (ping !== null && isTooOld(ping))) {
      options.giveUp({
        zh: `连接没有应答（超过 ${Math.round(answerMs / 1000)} 秒），重新连接`,
        en: `connected, but no answer for more than ${answerMs / 1000} s; connecting anew`,
      });
      return;
    }
    const quietTicks = tick - Math.min(lastSentTick, lastReceivedTick);
    if (ping === null && quietTicks * tickMs >= options.pingEveryMs) {
      ping = { tick, aheadBytes: pendingBytes };
      lastSentTick = tick;
      options.ping();
    }
    timer = clock.timer(tickMs, ring);
  }

  return {
    sent(ticket, sizeBytes) {
      pendingBytes += sizeBytes;
      lastSentTick = tick;
      pending.set(ticket, {
        tick,
        sentMs: clock.monotonicMs(),
        sizeBytes,
        aheadBytes: pendingBytes,
      });
    },
    answered(ticket) {
      const done = pending.get(ticket);
      if (done === undefined) return;
      pending.delete(ticket);
      pendingBytes -= done.sizeBytes;
      const tookMs = Math.max(1, clock.monotonicMs() - done.sentMs);
      bytesPerMs = Math.max(done.aheadBytes / tookMs, bytesPerMs * 0.99);
    },
    received(isPong) {
      lastReceivedTick = tick;
      if (isPong) ping = null;
    },
    stop: () => timer.cancel(),
  };
}
