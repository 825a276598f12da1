/**
 * The view of one camera as it was learnt: where its lasting edges run, and how steep they are. What moves, rains or
 * flickers averages out of it; light that changes over minutes is followed; a view that is suddenly another one is not
 * learnt (pure).
 */

import { edgesHeight, edgesPixels, edgesWidth, type PictureFeatures } from "./pictureFeatures.ts";
import { partMap, viewParts } from "./viewParts.ts";

/** A view as it is kept over a restart. `x`, `y`: per pixel of the edge map, -127 to 127 for -1 to 1. */
export interface KeptView {
  readonly x: Int8Array;
  readonly y: Int8Array;
  /** Per part; NaN: not known. */
  readonly sharpness: readonly number[];
}

export interface ViewMatch {
  /** Of the parts of the picture that have lasting edges, the share in which they are gone or run otherwise; 0 to 1. */
  readonly lostShare: number;
  /** Edges now, as a share of the lasting ones. */
  readonly edgeShare: number;
  /** Of the parts of which it can be told, the share whose edges are wider than they were; null: too few to tell. */
  readonly blurredShare: number | null;
}

/** Lasting: an average vector longer than this (squared). */
const lastingFrom = 0.5 ** 2;
/** A part with fewer lasting pixels says nothing (of 300). */
const lastingMin = 5;
/** Fewer parts that say something are no view to compare with. */
const partsMin = 4;
/** Below this agreement a part is lost. At 1 all edges are as they were. */
const agreementMin = 0.25;
/** Blurred: steepness below this share of the usual. Focus a pixel and a half off brings it to a half. */
const sharpMin = 0.6;
/** The view is known after so many pictures and so long. */
const learntPictures = 10;
const learntMs = 60_000;
/** After that it follows the light with this time constant. */
const followMs = 15 * 60_000;
/** A picture that has lost more than this teaches nothing. */
const teachesLostMax = 0.5;

const partOf = partMap(edgesWidth, edgesHeight);
/** Fine enough: an edge counts from a half on. */
const keptScale = 127;

export class ViewMemory {
  readonly #x = new Float32Array(edgesPixels);
  readonly #y = new Float32Array(edgesPixels);
  readonly #sharpness = new Float64Array(viewParts).fill(Number.NaN);
  #pictures = 0;
  #taughtMs = 0;
  #lastMs: number | null = null;

  /** @param kept null: nothing is known. */
  constructor(kept: KeptView | null) {
    if (kept === null) return;
    this.#x.set(Float32Array.from(kept.x, (value) => value / keptScale));
    this.#y.set(Float32Array.from(kept.y, (value) => value / keptScale));
    this.#sharpness.set(kept.sharpness);
    this.#pictures = learntPictures;
    this.#taughtMs = learntMs;
  }

  /** Null: it is not learnt yet. */
  get kept(): KeptView | null {
    if (!this.#isLearnt) return null;
    const small = (from: Float32Array) =>
      Int8Array.from(from, (value) => Math.round(value * keptScale));
    return { x: small(this.#x), y: small(this.#y), sharpness: [...this.#sharpness] };
  }

  /** Null: the view is not known yet, or holds nothing to know it by. */
  match(features: PictureFeatures): ViewMatch | null {
    if (!this.#isLearnt) return null;
    const { edges } = features;
    const own = new Float64Array(viewParts);
    const common = new Float64Array(viewParts);
    const pixels = new Uint32Array(viewParts);
    for (let i = 0; i < edgesPixels; i += 1) {
      const x = this.#x[i] ?? 0;
      const y = this.#y[i] ?? 0;
      const strength = x * x + y * y;
      if (strength < lastingFrom) continue;
      const part = partOf[i] ?? 0;
      own[part] = (own[part] ?? 0) + strength;
      common[part] = (common[part] ?? 0) + x * (edges.x[i] ?? 0) + y * (edges.y[i] ?? 0);
      pixels[part] = (pixels[part] ?? 0) + 1;
    }
    const known = [...pixels.keys()].filter((part) => (pixels[part] ?? 0) >= lastingMin);
    if (known.length < partsMin) return null;
    const lost = known.filter((part) => (common[part] ?? 0) < agreementMin * (own[part] ?? 0));
    const lasting = pixels.reduce((sum, count) => sum + count, 0) / edgesPixels;
    return {
      lostShare: lost.length / known.length,
      edgeShare: edges.share / lasting,
      blurredShare: this.#blurredShare(features.sharpness),
    };
  }

  /** Learns from a picture that shows the view, by `match`. `nowMs`: monotonic time of the picture. */
  learn(features: PictureFeatures, match: ViewMatch | null, nowMs: number): void {
    if (match !== null && match.lostShare > teachesLostMax) return;
    const passedMs = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = nowMs;
    this.#taughtMs += passedMs;
    this.#pictures += 1;
    const share = Math.max(Math.min(passedMs, followMs) / followMs, this.#youthShare);
    const { edges, sharpness } = features;
    for (let i = 0; i < edgesPixels; i += 1) {
      const x = this.#x[i] ?? 0;
      const y = this.#y[i] ?? 0;
      this.#x[i] = x + share * ((edges.x[i] ?? 0) - x);
      this.#y[i] = y + share * ((edges.y[i] ?? 0) - y);
    }
    for (const [part, now] of sharpness.entries()) {
      if (Number.isNaN(now)) continue;
      const usual = this.#sharpness[part] ?? Number.NaN;
      this.#sharpness[part] = Number.isNaN(usual) ? now : usual + share * (now - usual);
    }
  }

  /** The next pictures are a new view: the camera was turned on purpose. */
  forget(): void {
    this.#pictures = 0;
    this.#taughtMs = 0;
    this.#lastMs = null;
    this.#sharpness.fill(Number.NaN);
    this.#x.fill(0);
    this.#y.fill(0);
  }

  #blurredShare(sharpness: Float64Array): number | null {
    const shares = [...sharpness].flatMap((now, part) => {
      const share = now / (this.#sharpness[part] ?? Number.NaN);
      return Number.isNaN(share) ? [] : [share];
    });
    if (shares.length < partsMin) return null;
    return shares.filter((share) => share < sharpMin).length / shares.length;
  }

  get #isLearnt(): boolean {
    return this.#pictures >= learntPictures && this.#taughtMs >= learntMs;
  }

  /** While the view is young, each picture counts alike. */
  get #youthShare(): number {
    return this.#isLearnt ? 0 : 1 / this.#pictures;
  }
}
