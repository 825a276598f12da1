/** The last messages of the live channel, so that a client that was cut off for a moment gets what it missed. Pure. */

/** Most messages and bytes kept: about a minute and a half at 1,000 points. */
const messagesMax = 200;
const bytesMax = 4 * 1024 * 1024;
/** A client that missed more is better served by one new hello. */
const resentMax = 120;

export interface LiveRing {
  push(seq: number, bytes: Buffer): void;
  /** What came after `seq`, in order; null: no longer held, or too much. */
  after(seq: number): readonly Buffer[] | null;
}

export function createLiveRing(): LiveRing {
  const held: { readonly seq: number; readonly bytes: Buffer }[] = [];
  let bytesHeld = 0;
  let newest = 0;
  return {
    push(seq, bytes) {
      held.push({ seq, bytes });
      newest = seq;
      bytesHeld += bytes.length;
      while (held.length > messagesMax || (bytesHeld > bytesMax && held.length > 1)) {
        bytesHeld -= held.shift()?.bytes.length ?? 0;
      }
    },
    after(seq) {
      if (seq === newest) return [];
      const oldest = held[0]?.seq ?? newest + 1;
      if (seq > newest || seq < oldest - 1 || newest - seq > resentMax) return null;
      return held.filter((one) => one.seq > seq).map((one) => one.bytes);
    },
  };
}
