/** H.264 pictures as RTP packets (RFC 3550, RFC 6184: single units and FU-A), framed for one TCP connection. Pure. */

import type { FilmPicture } from "./film.ts";

const payloadMax = 1_380;
const payloadType = 96;
const fragmentType = 28;
export const clockRate = 90_000;

/** Counts through one stream. */
export class RtpPacketiser {
  readonly #ssrc: number;
  readonly #channel: number;
  #sequence = 0;

  constructor(options: { readonly ssrc: number; readonly channel: number }) {
    this.#ssrc = options.ssrc;
    this.#channel = options.channel;
  }

  /** All packets of one picture, each behind its frame of RFC 2326 section 10.12. `before`: parameter sets. */
  packets(picture: FilmPicture, before: readonly Uint8Array[], timestamp: number): Buffer {
    const nals = [...before, ...picture.nals];
    const pieces = nals.flatMap((nal, i) => this.#unit(nal, timestamp, i === nals.length - 1));
    return Buffer.concat(pieces);
  }

  #unit(nal: Uint8Array, timestamp: number, isLast: boolean): Buffer[] {
    if (nal.length <= payloadMax) return [this.#packet(Buffer.from(nal), timestamp, isLast)];
    const head = nal[0] ?? 0;
    const pieces: Buffer[] = [];
    for (let at = 1; at < nal.length; at += payloadMax) {
      const end = Math.min(nal.length, at + payloadMax);
      const isStart = at === 1;
      const isEnd = end === nal.length;
      const flags = (isStart ? 0x80 : 0) | (isEnd ? 0x40 : 0) | (head & 0x1f);
      const payload = Buffer.concat([
        Buffer.from([(head & 0xe0) | fragmentType, flags]),
        nal.subarray(at, end),
      ]);
      pieces.push(this.#packet(payload, timestamp, isLast && isEnd));
    }
    return pieces;
  }

  #packet(payload: Buffer, timestamp: number, isMarked: boolean): Buffer {
    const packet = Buffer.alloc(16 + payload.length);
    packet.write("$", 0, "latin1");
    packet.writeUInt8(this.#channel, 1);
    packet.writeUInt16BE(12 + payload.length, 2);
    packet.writeUInt8(0x80, 4);
    packet.writeUInt8((isMarked ? 0x80 : 0) | payloadType, 5);
    packet.writeUInt16BE(this.#sequence, 6);
    packet.writeUInt32BE(timestamp >>> 0, 8);
    packet.writeUInt32BE(this.#ssrc, 12);
    payload.copy(packet, 16);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return packet;
  }
}
