/** A key picture as the bytes that a decoder takes, and the marker that follows it (pure). */

import type { CodedPicture, StreamFormat, VideoCodec } from "../../drivers/cameras/contract.ts";

interface CodecBytes {
  /** Access unit delimiter: a new picture begins. */
  readonly delimiter: Uint8Array;
  /** End of sequence: what the decoder still holds must come out now. */
  readonly end: Uint8Array;
  /** A picture of 64 x 36, white on the left and black on the right, with its parameter sets. */
  readonly marker: Uint8Array;
  /** The same, white on the right. */
  readonly filler: Uint8Array;
  /** Of a NAL unit by its first byte. */
  isKeySlice(first: number): boolean;
  /** Of a slice: whether a picture begins with it. */
  isFirstSlice(nal: Uint8Array): boolean;
}

const startCode = Uint8Array.of(0, 0, 0, 1);

const codecBytes: Readonly<Record<VideoCodec, CodecBytes>> = {
  h264: {
    delimiter: Uint8Array.of(0, 0, 0, 1, 9, 0xf0),
    end: Uint8Array.of(0, 0, 0, 1, 10),
    marker: Buffer.from(
      "AAAAAWdkEAqsuI/z4CIAAAMAAgAAAwAECAAAAAFo7g8siwAAAWWIhAS//vet34FNwEDta7pIspdjS5FpKwIQEi2nhEppn4E=",
      "base64",
    ),
    filler: Buffer.from(
      "AAAAAWdkEAqsuI/z4CIAAAMAAgAAAwAECAAAAAFo7g8siwAAAWWIhAS//vet34FNwys1a7pIspdjRPlpKwIQEi2nhEppn4E=",
      "base64",
    ),
    isKeySlice: (first) => (first & 31) === 5,
    // first_mb_in_slice is 0: its code is a single 1.
    isFirstSlice: (nal) => ((nal[1] ?? 0) & 0x80) !== 0,
  },
  h265: {
    delimiter: Uint8Array.of(0, 0, 0, 1, 0x46, 1, 0x50),
    end: Uint8Array.of(0, 0, 0, 1, 0x48, 1),
    marker: Buffer.from(
      "AAAAAUABDAH//wQIAAADAJ+oAAADAAAeugJAAAAAAUIBAQQIAAADAJ+oAAADAAAeoCCCn3lurkyvAWgIAAADAAgAAAMACEAAAAABRAHBc8CJAAABKAGvePhd94X4h2Nb//ZYjLnaKnlkMaA=",
      "base64",
    ),
    filler: Buffer.from(
      "AAAAAUABDAH//wQIAAADAJ+oAAADAAAeugJAAAAAAUIBAQQIAAADAJ+oAAADAAAeoCCCn3lurkyvAWgIAAADAAgAAAMACEAAAAABRAHBc8CJAAABKAGvePhd9//4twtav/ZYjLnaKnlkMaA=",
      "base64",
    ),
    isKeySlice: (first) => ((first >> 1) & 63) >= 16 && ((first >> 1) & 63) <= 21,
    isFirstSlice: (nal) => ((nal[2] ?? 0) & 0x80) !== 0,
  },
};

/**
 * Annex B: parameter sets and slices, nothing else of the picture. Null: it is not exactly one whole picture, of which
 * a decoder would make none or several.
 */
export function keyPictureBytes(
  { nals }: Pick<CodedPicture, "nals">,
  { codec, parameterSets }: StreamFormat,
): Uint8Array | null {
  const { delimiter, end, isKeySlice, isFirstSlice } = codecBytes[codec];
  const slices = nals.filter((nal) => isKeySlice(nal[0] ?? 0));
  const [first, ...others] = slices;
  const isOne = first !== undefined && isFirstSlice(first) && !others.some(isFirstSlice);
  if (!isOne || parameterSets.length === 0) return null;
  const units = [...parameterSets, ...slices].flatMap((nal) => [startCode, nal]);
  return Buffer.concat([delimiter, ...units, end]);
}

/** To follow a picture: what comes out before the marker is that picture. */
export function markerBytes(codec: VideoCodec): Uint8Array {
  const { delimiter, end, marker } = codecBytes[codec];
  return Buffer.concat([delimiter, marker, end, fillerBytes(codec)]);
}

/** Pushes out what a decoder holds back: two pictures at most, more where the stream says that it may be reordered. */
export function fillerBytes(codec: VideoCodec): Uint8Array {
  const { delimiter, end, filler } = codecBytes[codec];
  return Buffer.concat([delimiter, filler, end, delimiter, filler, end, delimiter]);
}

const whiteMin = 235;
const blackMax = 20;

/** What a decoded grey picture, in rows of `width`, is to us. A filler may come at any time and means nothing. */
export function greyKind(grey: Uint8Array, width: number): "picture" | "marker" | "filler" {
  const half = width / 2;
  const left = levels(grey, { width, from: 0, to: half - margin });
  const right = levels(grey, { width, from: half + margin, to: width });
  if (left.min >= whiteMin && right.max <= blackMax) return "marker";
  return left.max <= blackMax && right.min >= whiteMin ? "filler" : "picture";
}

/** The edge between black and white is soft. */
const margin = 16;
/** Each eighth pixel will do. */
const step = 8;

function levels(
  grey: Uint8Array,
  part: { readonly width: number; readonly from: number; readonly to: number },
): { readonly min: number; readonly max: number } {
  let min = 255;
  let max = 0;
  for (let row = 0; row < grey.length; row += part.width) {
    for (let x = part.from; x < part.to; x += step) {
      const level = grey[row + x] ?? 0;
      min = Math.min(min, level);
      max = Math.max(max, level);
    }
  }
  return { min, max };
}
