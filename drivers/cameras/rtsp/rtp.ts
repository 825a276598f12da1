/** RTP (RFC 3550): the header of one packet, the order of packets, and the stream's own time. */

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  /** Lies in the packet's own bytes: nothing is copied. */
  readonly payload: Buffer;
}

const headBytes = 12;

/** @returns null for bytes that are no RTP packet of version 2. */
export function parseRtp(bytes: Buffer): RtpPacket | null {
  if (bytes.length < headBytes) return null;
  const flags = bytes.readUInt16BE(0);
  if (flags >> 14 !== 2) return null;
  const hasPadding = (flags & 0x2000) !== 0;
  const hasExtension = (flags & 0x1000) !== 0;
  let begin = headBytes + ((flags >> 8) & 15) * 4;
  if (hasExtension) {
    if (bytes.length < begin + 4) return null;
    begin += 4 + bytes.readUInt16BE(begin + 2) * 4;
  }
  const padBytes = hasPadding ? (bytes[bytes.length - 1] ?? 0) : 0;
  const end = bytes.length - padBytes;
  if (begin > end || (hasPadding && padBytes === 0)) return null;
  return {
    payloadType: flags & 0x7f,
    marker: (flags & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    payload: bytes.subarray(begin, end),
  };
}

/** What a packet's number says: `lost` packets are missing before it; `late`: it must not be used. */
export type Arrival = { readonly kind: "next"; readonly lost: number } | { readonly kind: "late" };

const inOrder: Arrival = { kind: "next", lost: 0 };
const late: Arrival = { kind: "late" };

/** Follows the 16 bit numbers of one source. After a jump back, two in a row are believed. */
export class PacketOrder {
  #expected: number | null = null;
  #afterLate: number | null = null;

  take(sequence: number): Arrival {
    const expected = this.#expected;
    const ahead = expected === null ? 0 : (sequence - expected) & 0xffff;
    const following = (sequence + 1) & 0xffff;
    if (ahead >= 0x8000 && sequence !== this.#afterLate) {
      this.#afterLate = following;
      return late;
    }
    const isRestart = ahead >= 0x8000;
    this.#afterLate = null;
    this.#expected = following;
    if (ahead === 0) return inOrder;
    return { kind: "next", lost: isRestart ? 1 : ahead };
  }
}

/** Unwraps the 32 bit time of a stream: ms from its first packet on. May go back, as pictures may. */
export class StreamTime {
  readonly #clockRate: number;
  #last: number | null = null;
  #ticks = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  msOf(timestamp: number): number {
    if (this.#last !== null) this.#ticks += (timestamp - this.#last) | 0;
    this.#last = timestamp;
    return (this.#ticks * 1000) / this.#clockRate;
  }
}
