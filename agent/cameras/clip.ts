/** Coded pictures to MP4 files, without decoding or encoding anything. */

import { setImmediate } from "node:timers/promises";
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import type { StreamFormat, VideoCodec } from "../../drivers/cameras/contract.ts";
import { clipTimes } from "./clipTimes.ts";
import { codecText } from "./codecText.ts";
import type { RingPicture } from "./ring.ts";

/** Between two pictures that came, longer than pictures are apart here. The earlier one stands still meanwhile. */
export interface ClipGap {
  /** Monotonic: when the picture before came, and the one after. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Clip {
  /** MP4 with its index in front. H.264 plays in browsers; H.265 (`hvc1`) only in some. */
  readonly bytes: Uint8Array;
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  /** When its first picture came. */
  readonly startedAt: Instant;
  /** Monotonic: the first picture's arrival, and the last one's with the time that it is shown. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly durationMs: number;
  readonly pictures: number;
  readonly gaps: readonly ClipGap[];
  /** Its end was left out because of `bytesMax`. */
  readonly isCut: boolean;
}

export interface ClipSet {
  /** In the order of time. More than one when the format changed meanwhile: nothing is left out for that. */
  readonly clips: readonly Clip[];
  /** Pictures in no clip: without a key picture before them, of a format that is not known, or of a part too many. */
  readonly picturesOmitted: number;
}

export interface ClipOptions {
  /** Of all clips together, not counting some bytes per picture for the index. */
  readonly bytesMax: number;
  /** Parts of one format each; of more, the longest are taken. */
  readonly clipsMax?: number;
}

const clipsMaxDefault = 4;
/** After so many pictures others have their turn: half a minute of video is a tenth of a second of work. */
const picturesPerBreath = 20;
const gapMsMin = 500;
/** So many usual distances without a picture are a gap. */
const gapFactor = 3;

/** Fails with a sentence when no picture can be made into a clip. */
export async function makeClips(
  pictures: readonly RingPicture[],
  options: ClipOptions,
): Promise<Result<ClipSet, string>> {
  const parts = longest(partsOf(pictures), options.clipsMax ?? clipsMaxDefault);
  const clips: Clip[] = [];
  let leftBytes = options.bytesMax;
  for (const part of parts) {
    const within = cutTo(part.pictures, leftBytes);
    if (within.length === 0) continue;
    const made = await oneClip({ ...part, pictures: within }, within.length < part.pictures.length);
    if (!made.ok) return made;
    clips.push(made.value);
    leftBytes -= bytesOf(within);
  }
  if (clips.length === 0) return fail("no key picture with known parameters in this time");
  const shown = clips.reduce((sum, clip) => sum + clip.pictures, 0);
  return ok({ clips, picturesOmitted: pictures.length - shown });
}

/** One format from its first key picture on. */
interface Part {
  readonly format: StreamFormat;
  readonly codecText: string;
  readonly pictures: RingPicture[];
}

function partsOf(pictures: readonly RingPicture[]): Part[] {
  const parts: Part[] = [];
  let open: Part | null = null;
  for (const picture of pictures) {
    const { format, isKey } = picture;
    // Within a group of pictures new parameter sets are left to the stream itself: it carries them.
    if (isKey && (open === null || !isSameFormat(open.format, format))) {
      const text = codecText(format);
      open = text === null ? null : { format, codecText: text, pictures: [] };
      if (open !== null) parts.push(open);
    }
    open?.pictures.push(picture);
  }
  return parts.filter(({ format }) => format.width !== null && format.height !== null);
}

function isSameFormat(one: StreamFormat, other: StreamFormat): boolean {
  if (one === other) return true;
  const [sets, others] = [one.parameterSets, other.parameterSets];
  return (
    one.codec === other.codec &&
    sets.length === others.length &&
    sets.every((set, index) => Buffer.compare(set, others[index] ?? new Uint8Array()) === 0)
  );
}

function longest(parts: readonly Part[], max: number): readonly Part[] {
  const byLength = [...parts].sort((a, b) => b.pictures.length - a.pictures.length);
  const kept = new Set(byLength.slice(0, max));
  return parts.filter((part) => kept.has(part));
}

function cutTo(pictures: readonly RingPicture[], bytesMax: number): RingPicture[] {
  let bytes = 0;
  const over = pictures.findIndex((picture) => {
    bytes += picture.bytes.length;
    return bytes > bytesMax;
  });
  return pictures.slice(0, over < 0 ? pictures.length : over);
}

async function oneClip(part: Part, isCut: boolean): Promise<Result<Clip, string>> {
  const { pictures, format } = part;
  const { atMs, usualMs } = clipTimes(pictures);
  const first = pictures[0];
  const last = pictures.at(-1);
  if (first === undefined || last === undefined) return fail("no pictures");
  const bytes = await mux(part, atMs, usualMs);
  if (!bytes.ok) return bytes;
  return ok({
    bytes: bytes.value,
    codec: format.codec,
    width: format.width ?? 0,
    height: format.height ?? 0,
    startedAt: first.arrivedAt,
    fromMs: first.arrivedAt.monotonicMs,
    toMs: last.arrivedAt.monotonicMs + usualMs,
    durationMs: Math.max(...atMs) + usualMs,
    pictures: pictures.length,
    gaps: gapsOf(pictures, atMs, usualMs),
    isCut,
  });
}

async function mux(
  { pictures, format, codecText: codec }: Part,
  atMs: readonly number[],
  usualMs: number,
): Promise<Result<Uint8Array, string>> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const source = new EncodedVideoPacketSource(format.codec === "h264" ? "avc" : "hevc");
  output.addVideoTrack(source);
  const { width, height } = format;
  const decoderConfig = { codec, codedWidth: width ?? 0, codedHeight: height ?? 0 };
  const add = async (picture: RingPicture, index: number): Promise<void> => {
    // The library takes the decoder's configuration from the parameter sets before the first picture.
    const bytes = index === 0 ? withSets(picture, format) : picture.bytes;
    const type = picture.isKey ? "key" : "delta";
    const packet = new EncodedPacket(bytes, type, (atMs[index] ?? 0) / 1000, usualMs / 1000);
    await source.add(packet, index === 0 ? { decoderConfig } : undefined);
    if (index % picturesPerBreath === 0) await setImmediate();
  };
  try {
    await output.start();
    for (const [index, picture] of pictures.entries()) await add(picture, index);
    await output.finalize();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(`the pictures cannot be put into a file: ${why.slice(0, 200)}`);
  }
  return target.buffer === null ? fail("no file was made") : ok(new Uint8Array(target.buffer));
}

function withSets(picture: RingPicture, format: StreamFormat): Uint8Array {
  const startCode = Uint8Array.of(0, 0, 0, 1);
  return Buffer.concat([...format.parameterSets.flatMap((set) => [startCode, set]), picture.bytes]);
}

function gapsOf(
  pictures: readonly RingPicture[],
  atMs: readonly number[],
  usualMs: number,
): ClipGap[] {
  const gapMs = Math.max(gapMsMin, usualMs * gapFactor);
  return pictures.flatMap((picture, index) => {
    const before = pictures[index - 1];
    if (before === undefined || (atMs[index] ?? 0) - (atMs[index - 1] ?? 0) <= gapMs) return [];
    const { monotonicMs: fromMs } = before.arrivedAt;
    return [{ fromMs, toMs: picture.arrivedAt.monotonicMs }];
  });
}

function bytesOf(pictures: readonly RingPicture[]): number {
  return pictures.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
