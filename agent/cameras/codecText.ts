/** How a codec is named to a player (RFC 6381), from the stream's own parameter sets. */

import type { StreamFormat } from "../../drivers/cameras/contract.ts";
import { BitReader } from "../../drivers/cameras/rtsp/bits.ts";

/** e.g. `avc1.4d0029` or `hvc1.1.6.L123.90`; null when the sets hold no SPS. */
export function codecText({ codec, parameterSets }: StreamFormat): string | null {
  const sps = parameterSets.find((set) =>
    codec === "h264" ? ((set[0] ?? 0) & 31) === 7 : (((set[0] ?? 0) >> 1) & 63) === 33,
  );
  if (sps === undefined) return null;
  return codec === "h264" ? h264Text(sps) : h265Text(sps);
}

function h264Text(sps: Uint8Array): string {
  return `avc1.${Buffer.from(sps.subarray(1, 4)).toString("hex")}`;
}

/** ISO 14496-15, E.3: compatibility flags in reverse order, constraint bytes without the trailing zeros. */
function h265Text(sps: Uint8Array): string {
  const read = new BitReader(sps);
  read.skip(16 + 8);
  const space = ["", "A", "B", "C"][read.bits(2)] ?? "";
  const tier = read.bit() === 1 ? "H" : "L";
  const profile = read.bits(5);
  const flags = Array.from({ length: 32 }, () => read.bit());
  const compatibility = flags.reduceRight((value, bit) => value * 2 + bit, 0).toString(16);
  const constraints = Array.from({ length: 6 }, () => read.bits(8));
  const level = read.bits(8);
  while (constraints.at(-1) === 0) constraints.pop();
  return ["hvc1", `${space}${profile}`, compatibility, `${tier}${level}`]
    .concat(constraints.map((byte) => byte.toString(16)))
    .join(".");
}
