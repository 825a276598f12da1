/**
 * Packets to whole pictures. A picture ends with the marker or when the next one's time begins; the bytes of its
 * packets are only pointed at until then, and copied once, into a buffer of its own.
 *
 * A picture of which a packet is missing is left out and counted: half a picture is no evidence.
 */

import type { Clock } from "../../../config/words/time.ts";
import type { StreamEars } from "../contract.ts";
import { FormatMemory } from "./formatMemory.ts";
import type { Coding, NalSink } from "./nalUnits.ts";
import { PacketOrder, parseRtp, type RtpPacket, StreamTime } from "./rtp.ts";

/** Pieces of one picture: 4 MiB in packets of 1,400 bytes are 3,000. */
const piecesMax = 16_384;

export interface StreamCounts {
  lostPackets: number;
  /** Pictures left out because a packet was missing or made no sense. */
  damagedPictures: number;
  /** Frames on the picture's channel that are no RTP packet of its kind. */
  strangePackets: number;
}

export interface AccessUnitOptions {
  readonly coding: Coding;
  readonly payloadType: number;
  readonly clockRate: number;
  /** From the SDP; may be empty. */
  readonly parameterSets: readonly Uint8Array[];
  readonly pictureBytesMax: number;
  readonly clock: Clock;
  readonly ears: StreamEars;
  readonly counts: StreamCounts;
}

export class AccessUnits implements NalSink {
  readonly #options: AccessUnitOptions;
  readonly #order = new PacketOrder();
  readonly #time: StreamTime;
  readonly #formats: FormatMemory;
  #pieces: Uint8Array[] = [];
  /** Where each NAL unit begins, in bytes from the picture's begin. */
  #starts: number[] = [];
  #sizeBytes = 0;
  #timestamp = -1;
  #hasPicture = false;
  #isKey = false;
  #isDamaged = false;
  #isInUnit = false;
  /** The time of the picture that a marker closed last. */
  #closedTimestamp = -1;
  /** Some cameras set the marker on every slice: then only the time parts pictures. */
  #trustsMarker = true;

  constructor(options: AccessUnitOptions) {
    this.#options = options;
    this.#time = new StreamTime(options.clockRate);
    this.#formats = new FormatMemory(options.coding, options.parameterSets);
  }

  /** @returns what is wrong beyond repair; null: go on. */
  push(bytes: Buffer): string | null {
    const { counts, payloadType, coding, pictureBytesMax } = this.#options;
    const packet = parseRtp(bytes);
    if (packet === null || packet.payloadType !== payloadType || packet.payload.length === 0) {
      counts.strangePackets += 1;
      return null;
    }
    this.#place(packet);
    coding.depacketise(packet.payload, this);
    if (this.#sizeBytes > pictureBytesMax) return `a picture of over ${pictureBytesMax} bytes`;
    if (this.#pieces.length > piecesMax) return `a picture in over ${piecesMax} pieces`;
    if (packet.marker && this.#trustsMarker && this.#hasPicture) {
      this.#closedTimestamp = packet.timestamp;
      this.#finish();
    }
    return null;
  }

  /** Before the payload: is it the next packet, and of which picture? */
  #place(packet: RtpPacket): void {
    const arrival = this.#order.take(packet.sequence);
    const lost = arrival.kind === "late" ? 1 : arrival.lost;
    this.#options.counts.lostPackets += lost;
    if (packet.timestamp !== this.#timestamp) {
      // What is missing may be of either picture.
      if (lost > 0 && this.#starts.length > 0) this.#isDamaged = true;
      this.#finish();
      this.#timestamp = packet.timestamp;
    }
    if (lost > 0) this.#isDamaged = true;
  }

  whole(nal: Uint8Array): void {
    if (this.#isInUnit) this.damaged();
    this.#open(nal);
  }

  begin(header: Uint8Array, piece: Uint8Array): void {
    if (this.#isInUnit) this.damaged();
    this.#open(header);
    this.#add(piece);
    this.#isInUnit = true;
  }

  go(piece: Uint8Array, isLast: boolean): void {
    if (!this.#isInUnit) {
      this.damaged();
      return;
    }
    this.#add(piece);
    if (isLast) this.#isInUnit = false;
  }

  damaged(): void {
    this.#isDamaged = true;
    this.#isInUnit = false;
  }

  #open(nal: Uint8Array): void {
    const kind = this.#options.coding.kindOf(nal[0] ?? 0);
    if (kind === "key" || kind === "picture") {
      if (!this.#hasPicture && this.#timestamp === this.#closedTimestamp)
        this.#trustsMarker = false;
      this.#hasPicture = true;
      if (kind === "key") this.#isKey = true;
    }
    this.#starts.push(this.#sizeBytes);
    this.#add(nal);
  }

  #add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#sizeBytes += piece.length;
  }

  #finish(): void {
    const { ears, counts, clock } = this.#options;
    const isWhole = !(this.#isDamaged || this.#isInUnit);
    if (isWhole && this.#starts.length > 0) {
      const nals = this.#nals();
      this.#formats.learn(nals);
      if (this.#hasPicture) {
        const format = this.#formats.takeNews();
        if (format !== null) ears.onFormat(format);
        ears.onPicture({
          arrivedAt: clock.now(),
          streamMs: this.#time.msOf(this.#timestamp),
          isKey: this.#isKey,
          nals,
          sizeBytes: this.#sizeBytes,
        });
      }
    } else if (this.#starts.length > 0 || this.#isDamaged) counts.damagedPictures += 1;
    this.#pieces = [];
    this.#starts = [];
    this.#sizeBytes = 0;
    this.#hasPicture = false;
    this.#isKey = false;
    this.#isDamaged = false;
    this.#isInUnit = false;
  }

  #nals(): Uint8Array[] {
    const bytes = Buffer.allocUnsafeSlow(this.#sizeBytes);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return this.#starts.map((start, index) => bytes.subarray(start, this.#starts[index + 1]));
  }
}
