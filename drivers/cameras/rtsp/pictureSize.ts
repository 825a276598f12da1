/** The size of the picture as it is shown, from the SPS of H.264 (7.3.2.1) and H.265 (7.3.2.2). */

import { BitReader } from "./bits.ts";

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const sizeMin = 16;
const sizeMax = 16_384;
/** Profiles of H.264 whose SPS tells its chroma format. */
const highProfiles: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/** @returns null when the SPS cannot be right. */
export function h264Size(sps: Uint8Array): PictureSize | null {
  const read = new BitReader(sps);
  read.skip(8);
  const profile = read.bits(8);
  read.skip(16);
  read.unsigned();
  const chroma = highProfiles.has(profile) ? readChroma(read) : 1;
  read.unsigned();
  skipPictureOrder(read);
  read.unsigned();
  read.skip(1);
  const widthBlocks = read.unsigned() + 1;
  const heightUnits = read.unsigned() + 1;
  const isFramesOnly = read.bit() === 1;
  if (!isFramesOnly) read.skip(1);
  read.skip(1);
  const perUnit = isFramesOnly ? 1 : 2;
  return cropped(read, {
    width: widthBlocks * 16,
    height: heightUnits * 16 * perUnit,
    chroma,
    heightFactor: perUnit,
  });
}

/** @returns null when the SPS cannot be right. */
export function h265Size(sps: Uint8Array): PictureSize | null {
  const read = new BitReader(sps);
  read.skip(16 + 4);
  const subLayers = read.bits(3);
  read.skip(1);
  skipProfile(read, subLayers);
  read.unsigned();
  const chroma = read.unsigned();
  if (chroma === 3) read.skip(1);
  const width = read.unsigned();
  const height = read.unsigned();
  return cropped(read, { width, height, chroma, heightFactor: 1 });
}

function cropped(
  read: BitReader,
  coded: {
    readonly width: number;
    readonly height: number;
    readonly chroma: number;
    readonly heightFactor: number;
  },
): PictureSize | null {
  const unitX = coded.chroma === 1 || coded.chroma === 2 ? 2 : 1;
  const unitY = (coded.chroma === 1 ? 2 : 1) * coded.heightFactor;
  const isCropped = read.bit() === 1;
  const cropX = isCropped ? (read.unsigned() + read.unsigned()) * unitX : 0;
  const cropY = isCropped ? (read.unsigned() + read.unsigned()) * unitY : 0;
  const size = { width: coded.width - cropX, height: coded.height - cropY };
  const isPossible = [size.width, size.height].every((n) => n >= sizeMin && n <= sizeMax);
  return isPossible && coded.chroma <= 3 && !read.isBeyondEnd ? size : null;
}

function readChroma(read: BitReader): number {
  const chroma = read.unsigned();
  if (chroma === 3) read.skip(1);
  read.unsigned();
  read.unsigned();
  read.skip(1);
  if (read.bit() === 1) {
    const lists = chroma === 3 ? 12 : 8;
    for (let list = 0; list < lists; list += 1) {
      if (read.bit() === 1) skipScalingList(read, list < 6 ? 16 : 64);
    }
  }
  return chroma;
}

function skipScalingList(read: BitReader, count: number): void {
  let last = 8;
  for (let index = 0; index < count; index += 1) {
    last = (last + read.signed() + 256) & 255;
    if (last === 0) return;
  }
}

function skipPictureOrder(read: BitReader): void {
  const kind = read.unsigned();
  if (kind === 0) read.unsigned();
  if (kind !== 1) return;
  read.skip(1);
  read.signed();
  read.signed();
  const count = Math.min(read.unsigned(), 255);
  for (let index = 0; index < count; index += 1) read.signed();
}

function skipProfile(read: BitReader, subLayers: number): void {
  const generalBits = 88;
  const levelBits = 8;
  read.skip(generalBits + levelBits);
  const present = Array.from({ length: subLayers }, () => ({
    profile: read.bit() === 1,
    level: read.bit() === 1,
  }));
  if (subLayers > 0) read.skip((8 - subLayers) * 2);
  for (const { profile, level } of present) {
    read.skip((profile ? generalBits : 0) + (level ? levelBits : 0));
  }
}
