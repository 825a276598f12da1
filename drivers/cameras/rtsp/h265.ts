/** H.265 in RTP (RFC 7798): single units, AP and FU, without decoding order numbers (the SDP reader refuses those). */

import { type Coding, type NalKind, takeAggregate } from "./nalUnits.ts";
import { h265Size } from "./pictureSize.ts";

const aggregate = 48;
const fragmentUnit = 49;
const none = new Uint8Array();

export const h265: Coding = {
  codec: "h265",
  setKinds: ["vps", "sps", "pps"],
  sizeOf: h265Size,
  kindOf,
  depacketise(payload, sink) {
    const first = payload[0] ?? 0;
    const type = (first >> 1) & 63;
    if (payload.length < 3) return sink.damaged();
    if (type < aggregate) return sink.whole(payload);
    if (type === aggregate) return takeAggregate(payload, 2, sink);
    if (type !== fragmentUnit || payload.length < 4) return sink.damaged();
    const fragment = payload[2] ?? 0;
    const piece = payload.subarray(3);
    const isStart = (fragment & 0x80) !== 0;
    const isEnd = (fragment & 0x40) !== 0;
    if (isStart) {
      const header = Uint8Array.of((first & 0x81) | ((fragment & 63) << 1), payload[1] ?? 0);
      sink.begin(header, piece);
      if (isEnd) sink.go(none, true);
    } else sink.go(piece, isEnd);
  },
};

function kindOf(firstByte: number): NalKind {
  const type = (firstByte >> 1) & 63;
  if (type >= 16 && type <= 21) return "key";
  if (type < 32) return "picture";
  if (type === 32) return "vps";
  if (type === 33) return "sps";
  return type === 34 ? "pps" : "other";
}
