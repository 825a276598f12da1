/** How much bulk may be unanswered at once, learned from how long the answers take (pure). */

/**
 * What stands between an alarm and the wire is what was sent before it. So the window opens only while the
 * answers come about as fast as on an empty line: messages while a round trip takes less than twice the shortest,
 * bytes while it takes less than a quarter of a second longer. Beyond that it closes in proportion.
 * On a fast line that fills the line and no queue; on a slow one it keeps about a quarter of a second of bytes.
 */
export interface SendWindow {
  readonly messages: number;
  readonly bytes: number;
  sent(message: { readonly bytes: number; readonly nowMs: number }): SentMark;
  /** An answer came. Each mark ends once, by this or by `lost`. */
  acked(mark: SentMark, nowMs: number): void;
  /** No answer will come. */
  lost(mark: SentMark): void;
  /** After a lost connection: begin again as carefully as at first. All earlier marks have ended. */
  restart(): void;
}

/** Taken along by a message from sending to acknowledgement. */
export interface SentMark {
  readonly bytes: number;
  readonly sentMs: number;
  /** With this message the window was used up: only then the answer tells something about its size. */
  readonly isLimited: boolean;
}

export const windowBounds = {
  messagesMin: 4,
  messagesMax: 64,
  bytesMin: 4_096,
  bytesStart: 16_384,
  bytesMax: 1_048_576,
} as const;

const queuedBytesMs = 250;
const queuedMessagesMs = 1;
/** Part of the way to the right size that one slow answer closes: a single stall of the machine closes little. */
const closing = 1 / 8;
/** Four messages queue nowhere: a round trip measured then is honest, and may correct the shortest upwards. */
const relaxPerAck = 1.02;

export function createSendWindow(): SendWindow {
  let messages: number = windowBounds.messagesMin;
  let bytes: number = windowBounds.bytesStart;
  let shortestMs = Number.POSITIVE_INFINITY;
  const flying = { messages: 0, bytes: 0 };

  function adapt(mark: SentMark, tookMs: number): void {
    const messagesMs = 2 * shortestMs + queuedMessagesMs;
    const bytesMs = shortestMs + queuedBytesMs;
    messages += tookMs <= messagesMs ? 1 : messages * closing * (messagesMs / tookMs - 1);
    bytes += tookMs <= bytesMs ? mark.bytes : bytes * closing * (bytesMs / tookMs - 1);
    messages = clamp(messages, windowBounds.messagesMin, windowBounds.messagesMax);
    bytes = clamp(bytes, windowBounds.bytesMin, windowBounds.bytesMax);
  }

  function land(mark: SentMark): void {
    flying.messages -= 1;
    flying.bytes -= mark.bytes;
  }

  return {
    get messages() {
      return Math.floor(messages);
    },
    get bytes() {
      return Math.floor(bytes);
    },
    sent(message) {
      flying.messages += 1;
      flying.bytes += message.bytes;
      // A next message of the same size would not fit.
      const isLimited = flying.messages >= messages || flying.bytes + message.bytes > bytes;
      return { bytes: message.bytes, sentMs: message.nowMs, isLimited };
    },
    acked(mark, nowMs) {
      land(mark);
      const tookMs = Math.max(0.05, nowMs - mark.sentMs);
      if (messages === windowBounds.messagesMin) shortestMs *= relaxPerAck;
      shortestMs = Math.min(shortestMs, tookMs);
      if (mark.isLimited) adapt(mark, tookMs);
    },
    lost: land,
    restart() {
      messages = windowBounds.messagesMin;
      bytes = windowBounds.bytesStart;
      shortestMs = Number.POSITIVE_INFINITY;
    },
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
