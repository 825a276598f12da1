/**
 * Which questions must not be asked on a serial line yet, because a late reply to an earlier one
 * could be taken for theirs. Pure.
 *
 * An RTU reply carries neither number nor address: a late one of the same unit, function and length
 * cannot be told from the right one. What is assumed, and all that is assumed:
 *   (A) no unit begins its reply later than `lateFactor` times its longest time-out after its request
 *       (between two lives of this program, the line listens for one time-out before it asks);
 *   (B) a reply that comes twice comes back to back, without a silence between the copies;
 *   (C) whoever else asks on this line is heard (otherMasters.ts).
 * Then, by (A), a question is safe once that time, and the time such a reply takes on the wire, is
 * over for the unanswered one of the same unit, function and length; until then it is refused at once, so that it costs its neighbours
 * nothing. Other units are asked meanwhile: their replies carry another unit. By (B), copies are over
 * before the silence that precedes the next request. Set a unit's time-out so that (A) holds.
 */

/**
 * Of the time-out. Below 2, so that a unit polled every two time-outs misses one reading for one lost
 * frame, not two.
 */
export const lateFactor = 1.8;

interface Unanswered {
  readonly unit: number;
  readonly functionCode: number;
  readonly untilMs: number;
}

export class LateReplies {
  /** By unit, function and length: at most one each, because none is asked twice. */
  readonly #unanswered = new Map<number, Unanswered>();
  /** By unit: the longest time-out that it has let pass. A probe may wait less; a late reply is no sooner for that. */
  readonly #longestMs = new Map<number, number>();

  /** It went unanswered; `sentMs` is when its last byte had left, `replyMs` its reply's time on the wire. */
  add(
    read: { readonly unit: number; readonly functionCode: number; readonly dataBytes: number },
    times: { readonly sentMs: number; readonly timeoutMs: number; readonly replyMs: number },
  ): void {
    const { unit, functionCode, dataBytes } = read;
    const timeoutMs = Math.max(times.timeoutMs, this.#longestMs.get(unit) ?? 0);
    this.#longestMs.set(unit, timeoutMs);
    const untilMs = times.sentMs + lateFactor * timeoutMs + times.replyMs;
    this.#unanswered.set(keyOf(unit, functionCode, dataBytes), { unit, functionCode, untilMs });
  }

  /** How long the same kind of question must still wait, in ms; 0: ask. */
  waitMs(
    read: { readonly unit: number; readonly functionCode: number; readonly dataBytes: number },
    nowMs: number,
  ): number {
    const key = keyOf(read.unit, read.functionCode, read.dataBytes);
    const untilMs = this.#unanswered.get(key)?.untilMs ?? nowMs;
    if (untilMs > nowMs) return untilMs - nowMs;
    this.#unanswered.delete(key);
    return 0;
  }

  /** Whether an exception of this unit and function could be a late reply: it has no length to tell. */
  couldRefuse(
    read: { readonly unit: number; readonly functionCode: number },
    nowMs: number,
  ): boolean {
    for (const { unit, functionCode, untilMs } of this.#unanswered.values()) {
      if (unit === read.unit && functionCode === read.functionCode && untilMs > nowMs) return true;
    }
    return false;
  }
}

function keyOf(unit: number, functionCode: number, dataBytes: number): number {
  return (unit * 256 + functionCode) * 256 + dataBytes;
}
