/** What the payload of a packet becomes, and what a kind of coding has to know for that. */

import type { VideoCodec } from "../contract.ts";
import type { PictureSize } from "./pictureSize.ts";

/** Takes the NAL units of a picture, whole or in pieces. Bytes are kept by reference until the picture is whole. */
export interface NalSink {
  whole(nal: Uint8Array): void;
  /** The first piece of a NAL unit: its header, then what follows it. */
  begin(header: Uint8Array, piece: Uint8Array): void;
  /** A further piece; `isLast` closes the unit. */
  go(piece: Uint8Array, isLast: boolean): void;
  /** A payload that makes no sense. */
  damaged(): void;
}

/** `key`: a picture that needs no other one. Parameter sets by their names. */
export type NalKind = "key" | "picture" | "vps" | "sps" | "pps" | "other";

export interface Coding {
  readonly codec: VideoCodec;
  /** The parameter sets that a decoder needs, in their order. */
  readonly setKinds: readonly NalKind[];
  depacketise(payload: Uint8Array, sink: NalSink): void;
  /** By the first byte of a NAL unit. */
  kindOf(firstByte: number): NalKind;
  sizeOf(sps: Uint8Array): PictureSize | null;
}

/** Units behind one another, each with its size before it in 16 bits: STAP-A and AP. */
export function takeAggregate(payload: Uint8Array, headerBytes: number, sink: NalSink): void {
  let at = headerBytes;
  while (at + 2 < payload.length) {
    const sizeBytes = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const end = at + 2 + sizeBytes;
    if (sizeBytes === 0 || end > payload.length) break;
    sink.whole(payload.subarray(at + 2, end));
    at = end;
  }
  if (at !== payload.length || at === headerBytes) sink.damaged();
}
