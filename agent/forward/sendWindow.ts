/** How much bulk may be unanswered at once, learned from the acknowledgements (pure). */

/**
 * What stands between an alarm and the wire is what was sent before it. So the window covers the round trip
 * and little more: messages for twice the shortest round trip, bytes for a quarter of a second.
 */
export interface SendWindow {
  readonly messages: number;
  readonly bytes: number;
  /** Bytes a second that were acknowledged lately; 0 before the first. */
  readonly bytesPerSecond: number;
  sent(message: { readonly bytes: number; readonly nowMs: number }): SentMark;
  acked(mark: SentMark, nowMs: number): void;
  /** After a lost connection: begin again as carefully as at first. */
  restart(): void;
}

/** Taken along by a message from sending to acknowledgement. */
export interface SentMark {
  readonly bytes: number;
  readonly sentMs: number;
  readonly ackedBytes: number;
  readonly ackedMessages: number;
}

export const windowBounds = {
  messagesMin: 4,
  messagesMax: 64,
  bytesMin: 4_096,
  bytesStart: 16_384,
  bytesMax: 1_048_576,
} as const;

const bytesAheadMs = 250;
const messagesSlackMs = 1;
/** A rate not seen again fades with this time constant. */
const fadeMs = 3_000;
/** Four messages queue nowhere: a round trip measured then is honest, and may correct the shortest upwards. */
const relaxPerAck = 1.02;

export function createSendWindow(): SendWindow {
  let messages: number = windowBounds.messagesMin;
  let bytes: number = windowBounds.bytesStart;
  let ackedBytes = 0;
  let ackedMessages = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  let rates = { bytesPerMs: 0, messagesPerMs: 0, atMs: 0 };
  return {
    get messages() {
      return messages;
    },
    get bytes() {
      return bytes;
    },
    get bytesPerSecond() {
      return rates.bytesPerMs * 1_000;
    },
    sent: (message) => ({
      bytes: message.bytes,
      sentMs: message.nowMs,
      ackedBytes,
      ackedMessages,
    }),
    acked(mark, nowMs) {
      ackedBytes += mark.bytes;
      ackedMessages += 1;
      const tookMs = Math.max(0.05, nowMs - mark.sentMs);
      if (messages === windowBounds.messagesMin) shortestMs *= relaxPerAck;
      shortestMs = Math.min(shortestMs, tookMs);
      const kept = Math.exp(-Math.max(0, nowMs - rates.atMs) / fadeMs);
      rates = {
        bytesPerMs: Math.max((ackedBytes - mark.ackedBytes) / tookMs, rates.bytesPerMs * kept),
        messagesPerMs: Math.max(
          (ackedMessages - mark.ackedMessages) / tookMs,
          rates.messagesPerMs * kept,
        ),
        atMs: nowMs,
      };
      messages = clamp(
        Math.ceil(rates.messagesPerMs * (2 * shortestMs + messagesSlackMs)),
        windowBounds.messagesMin,
        // At most one more with each acknowledgement: one lucky burst opens nothing.
        Math.min(windowBounds.messagesMax, messages + 1),
      );
      bytes = clamp(
        Math.ceil(rates.bytesPerMs * (shortestMs + bytesAheadMs)),
        windowBounds.bytesMin,
        Math.min(windowBounds.bytesMax, bytes + mark.bytes),
      );
    },
    restart() {
      messages = windowBounds.messagesMin;
      bytes = windowBounds.bytesStart;
      shortestMs = Number.POSITIVE_INFINITY;
      rates = { bytesPerMs: 0, messagesPerMs: 0, atMs: 0 };
    },
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
