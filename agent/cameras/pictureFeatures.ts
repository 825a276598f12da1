/** What can be measured on one grey picture: light, noise, sharpness, and where its edges run (pure). */

import { type GreyPicture, greyHeight, greyPixels, greyWidth } from "./greyPicture.ts";
import { partMap, viewParts } from "./viewParts.ts";

export interface PictureFeatures {
  readonly mean: number;
  /** Of 100 pixels 99 are not brighter. */
  readonly p99: number;
  /** Share of pixels that are as good as white. */
  readonly whiteShare: number;
  /** Standard deviation of the sensor's noise, in grey levels. Fine texture counts as noise. */
  readonly noise: number;
  /**
   * Per part of the view: its steepest edges against those of the picture made four times smaller. About 1 when edges
   * are as steep as they can be, less the wider they are; light and contrast touch both alike. NaN: cannot be told.
   */
  readonly sharpness: Float64Array;
  readonly edges: EdgeMap;
}

/**
 * Per pixel of 80 x 45 a vector: its angle is twice that of the edge (so that dark-bright and bright-dark are one edge: day, night
 * and infra-red light swap them), its length 0 where there is nothing above the noise, towards 1 on a clear edge.
 */
export interface EdgeMap {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Share of pixels on a clear edge. */
  readonly share: number;
}

/** Edges are looked for in the picture made half as large: half the noise, and a pole may sway in the wind. */
export const edgesWidth: number = greyWidth / 2;
export const edgesHeight: number = greyHeight / 2;
export const edgesPixels: number = edgesWidth * edgesHeight;

interface Plane {
  readonly levels: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

const whiteFrom = 245;
/** The mask of `noiseOf` spreads noise of 1 to a standard deviation of 6, whose median is 0.6745 of that. */
const noiseMaskGain = 6;
const medianOfNormal = 0.6745;
/** The least gradient that counts half as an edge, in grey levels a pixel. */
const edgeFrom = 1;
const edgeNoiseGain = 1.5;
const clearEdge = 0.8;
const smaller = 4;
/** Edges are lines: in the smaller picture they take up so much more of it. */
const steepPart = 0.98;
const steepPartSmaller = 1 - (1 - steepPart) * smaller;
/** Gradients of noise 1 reach this at `steepPart`; steeper ones by this factor are edges. */
const noiseGradient = 1.2;
const aboveNoise = 2;
/** Bins of gradients, per grey level; a gradient is 181 at most. */
const binsPerLevel = 8;
const bins = 182 * binsPerLevel;
const across = Math.floor(greyWidth / smaller);
const down = Math.floor(greyHeight / smaller);
const partOf = partMap(greyWidth, greyHeight);
const partOfSmaller = partMap(across, down);

export function featuresOf(picture: GreyPicture): PictureFeatures {
  const { grey } = picture;
  const plane = { levels: grey, width: greyWidth, height: greyHeight };
  const noise = noiseOf(grey);
  const edges = edgesOf(shrunk(plane, 2), noise / 2);
  return { ...lightOf(grey), noise, sharpness: sharpnessOf(plane, noise), edges };
}

function sharpnessOf(plane: Plane, noise: number): Float64Array {
  const steep = steepness(plane, partOf, steepPart);
  const steepSmaller = steepness(shrunk(plane, smaller), partOfSmaller, steepPartSmaller);
  const floor = noiseGradient * noise;
  return steep.map((steepest, part) => {
    const coarse = steepSmaller[part] ?? 0;
    const isTold = steepest > aboveNoise * floor && coarse > edgeFrom * smaller;
    return isTold ? Math.sqrt(steepest ** 2 - floor ** 2) / coarse : Number.NaN;
  });
}

function lightOf(grey: Uint8Array): Pick<PictureFeatures, "mean" | "p99" | "whiteShare"> {
  const counts = new Uint32Array(256);
  let sum = 0;
  for (const level of grey) {
    counts[level] = (counts[level] ?? 0) + 1;
    sum += level;
  }
  const white = counts.subarray(whiteFrom).reduce((total, count) => total + count, 0);
  return { mean: sum / greyPixels, p99: levelAt(counts, 0.99), whiteShare: white / greyPixels };
}

/** The level below or at which `part` of all counted lie. */
function levelAt(counts: Uint32Array, part: number): number {
  const all = counts.reduce((total, count) => total + count, 0);
  let seen = 0;
  for (let level = 0; level < counts.length; level += 1) {
    seen += counts[level] ?? 0;
    if (seen >= all * part) return level;
  }
  return counts.length - 1;
}

/**
 * The mask (1 -2 1; -2 4 -2; 1 -2 1) answers to noise and to corners and thin lines, not to slopes (Immerkaer 1996).
 * Its median is noise as long as less than half of the picture is texture.
 */
function noiseOf(grey: Uint8Array): number {
  const at = (i: number): number => grey[i] ?? 0;
  const counts = new Uint32Array(8 * 255 + 1);
  for (let y = 1; y < greyHeight - 1; y += 1) {
    for (let x = 1; x < greyWidth - 1; x += 1) {
      const i = y * greyWidth + x;
      const up = i - greyWidth;
      const down = i + greyWidth;
      const corners = at(up - 1) + at(up + 1) + at(down - 1) + at(down + 1);
      const sides = at(up) + at(down) + at(i - 1) + at(i + 1);
      const answer = Math.abs(corners - 2 * sides + 4 * at(i));
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
  }
  return levelAt(counts, 0.5) / medianOfNormal / noiseMaskGain;
}

function edgesOf(plane: Plane, noise: number): EdgeMap {
  const x = new Float32Array(edgesPixels);
  const y = new Float32Array(edgesPixels);
  const floor = Math.max(edgeFrom, edgeNoiseGain * noise) ** 2;
  let clear = 0;
  forEachGradient(plane, (i, gx, gy) => {
    const energy = gx * gx + gy * gy;
    x[i] = (gx * gx - gy * gy) / (energy + floor);
    y[i] = (2 * gx * gy) / (energy + floor);
    if (energy > clearEdge * (energy + floor)) clear += 1;
  });
  return { x, y, share: clear / edgesPixels };
}

/** Per part of the view, the gradient that `part` of its pixels do not exceed. */
function steepness(plane: Plane, parts: Uint8Array, part: number): Float64Array {
  const counts = Array.from({ length: viewParts }, () => new Uint32Array(bins));
  forEachGradient(plane, (i, gx, gy) => {
    const own = counts[parts[i] ?? 0];
    const bin = Math.round(Math.sqrt(gx * gx + gy * gy) * binsPerLevel);
    if (own !== undefined) own[bin] = (own[bin] ?? 0) + 1;
  });
  return Float64Array.from(counts, (own) => levelAt(own, part) / binsPerLevel);
}

/** Sobel's masks, in grey levels a pixel. The border has none. */
function forEachGradient(
  { levels, width, height }: Plane,
  take: (i: number, gx: number, gy: number) => void,
): void {
  const at = (i: number): number => levels[i] ?? 0;
  for (let row = 1; row < height - 1; row += 1) {
    for (let i = row * width + 1; i < (row + 1) * width - 1; i += 1) {
      const up = i - width;
      const down = i + width;
      const left = at(up - 1) + 2 * at(i - 1) + at(down - 1);
      const right = at(up + 1) + 2 * at(i + 1) + at(down + 1);
      const above = at(up - 1) + 2 * at(up) + at(up + 1);
      const below = at(down - 1) + 2 * at(down) + at(down + 1);
      take(i, (right - left) / 8, (below - above) / 8);
    }
  }
}

/** Each pixel the mean of a square of `times` x `times`. */
function shrunk({ levels, width, height }: Plane, times: number): Plane {
  const columns = Math.floor(width / times);
  const rows = Math.floor(height / times);
  const sums = new Float32Array(columns * rows);
  for (let y = 0; y < rows * times; y += 1) {
    for (let x = 0; x < columns * times; x += 1) {
      const to = Math.floor(y / times) * columns + Math.floor(x / times);
      sums[to] = (sums[to] ?? 0) + (levels[y * width + x] ?? 0) / times ** 2;
    }
  }
  return { levels: sums, width: columns, height: rows };
}
