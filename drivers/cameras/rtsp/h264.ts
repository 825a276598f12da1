/** H.264 in RTP (RFC 6184): single units, STAP-A and FU-A. What belongs to interleaved mode is damage. */

import { type Coding, type NalKind, takeAggregate } from "./nalUnits.ts";
import { h264Size } from "./pictureSize.ts";

const stapA = 24;
const fuA = 28;
/** Every header that a unit may have, so that none is made per packet. */
const headers: readonly Uint8Array[] = Array.from({ length: 256 }, (_, byte) =>
  Uint8Array.of(byte),
);
const none = new Uint8Array();

export const h264: Coding = {
  codec: "h264",
  setKinds: ["sps", "pps"],
  sizeOf: h264Size,
  kindOf,
  depacketise(payload, sink) {
    const first = payload[0] ?? 0;
    const type = first & 31;
    if (type >= 1 && type < stapA) return sink.whole(payload);
    if (type === stapA) return takeAggregate(payload, 1, sink);
    if (type !== fuA || payload.length < 3) return sink.damaged();
    const fragment = payload[1] ?? 0;
    const piece = payload.subarray(2);
    const isStart = (fragment & 0x80) !== 0;
    const isEnd = (fragment & 0x40) !== 0;
    if (isStart) {
      sink.begin(headers[(first & 0xe0) | (fragment & 31)] ?? none, piece);
      if (isEnd) sink.go(none, true);
    } else sink.go(piece, isEnd);
  },
};

function kindOf(firstByte: number): NalKind {
  const type = firstByte & 31;
  if (type === 5) return "key";
  if (type >= 1 && type <= 4) return "picture";
  if (type === 7) return "sps";
  return type === 8 ? "pps" : "other";
}
