/** A plant as a camera sees it, as small grey pictures: light, weather, people, lorries, noise, and the camera's faults. */

import {
  type GreyPicture,
  greyHeight,
  greyPixels,
  greyWidth,
} from "../../../agent/cameras/greyPicture.ts";
import { monotonicMs, wallMs } from "../../../config/words/time.ts";

export interface SceneLook {
  /** 1: full day; 0: night with a few lamps. */
  readonly daylight: number;
  /** Of the sensor, in grey levels at this size. */
  readonly noise: number;
  readonly people: number;
  /** Share of the width behind a lorry. */
  readonly lorry: number;
  readonly rain: number;
  readonly areLampsOn: boolean;
  /** Brings the mean to a middle level, as a camera does; 0: not, 1: wholly. */
  readonly autoExposure: number;
}

export const still: SceneLook = {
  ...{ daylight: 1, noise: 0.8, people: 0, lorry: 0, rain: 0, areLampsOn: false, autoExposure: 0 },
};

/** Same seed, same numbers (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Larger than a picture, so that the camera can turn. */
const stageWidth = 260;
const stageHeight = 150;

export class Scene {
  readonly #random: () => number;
  readonly #surface = new Float32Array(stageWidth * stageHeight);
  readonly #lamps: readonly { x: number; y: number }[];
  readonly #lampsLight: Float32Array;
  /** Many more than one picture takes: each begins somewhere else in them. */
  readonly #normals: Float32Array;

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#surface.fill(0.55);
    for (let i = 0; i < 90; i += 1) this.#block();
    this.#lamps = Array.from({ length: 7 }, () => ({
      x: 40 + this.#random() * 170,
      y: 30 + this.#random() * 80,
    }));
    this.#lampsLight = this.#lampLight();
    this.#normals = Float32Array.from({ length: 1_000_003 }, () => this.#normal());
  }

  /** The picture at `atMs`; `turned` moves the view by so many pixels to the right. */
  picture(atMs: number, look: SceneLook, turned = 0): GreyPicture {
    const daylight = 0.09 + 0.85 * look.daylight;
    const grey = new Float32Array(greyPixels);
    const lamps = look.areLampsOn ? 1 : 0;
    for (let i = 0; i < greyPixels; i += 1) {
      const at = (Math.floor(i / greyWidth) + 25) * stageWidth + (i % greyWidth) + 30 + turned;
      const light = daylight + lamps * (this.#lampsLight[at] ?? 0);
      grey[i] = 255 * (this.#surface[at] ?? 0.5) * light;
    }
    this.#moving(grey, look, atMs);
    expose(grey, look.autoExposure);
    return { takenAt: instant(atMs), grey: this.sensed(grey, look.noise) };
  }

  /** What the sensor makes of it. */
  sensed(ideal: ArrayLike<number>, noise: number): Uint8Array {
    const start = Math.floor(this.#random() * this.#normals.length);
    const grey = new Uint8ClampedArray(greyPixels);
    for (let i = 0; i < greyPixels; i += 1) {
      const normal = this.#normals[(start + i) % this.#normals.length] ?? 0;
      grey[i] = (ideal[i] ?? 0) + noise * normal;
    }
    return new Uint8Array(grey.buffer);
  }

  #block(): void {
    const left = Math.floor(this.#random() * stageWidth);
    const top = Math.floor(this.#random() * stageHeight);
    const width = 2 + Math.floor(this.#random() ** 2 * 60);
    const height = 2 + Math.floor(this.#random() ** 2 * 45);
    const tone = 0.15 + 0.75 * this.#random();
    for (let y = top; y < Math.min(stageHeight, top + height); y += 1) {
      this.#surface.fill(
        tone,
        y * stageWidth + left,
        y * stageWidth + Math.min(stageWidth, left + width),
      );
    }
  }

  #lampLight(): Float32Array {
    return Float32Array.from({ length: stageWidth * stageHeight }, (_, i) => {
      const x = i % stageWidth;
      const y = Math.floor(i / stageWidth);
      return this.#lamps.reduce((sum, lamp) => {
        const distance = ((x - lamp.x) ** 2 + (y - lamp.y) ** 2) / 500;
        return sum + 0.6 / (1 + distance) ** 2;
      }, 0);
    });
  }

  #moving(grey: Float32Array, look: SceneLook, atMs: number): void {
    const bright = 0.15 + 0.85 * look.daylight;
    for (let person = 0; person < look.people; person += 1) {
      const x = (person * 37 + (atMs / 1000) * (3 + person)) % greyWidth;
      rectangle(grey, { x, y: 40 + person * 6, width: 7, height: 18, level: 230 * bright });
    }
    if (look.lorry > 0) {
      const width = look.lorry * greyWidth;
      rectangle(grey, { x: 12, y: 0, width, height: greyHeight, level: 190 * bright });
      rectangle(grey, { x: 12, y: 60, width, height: 8, level: 40 * bright });
    }
    for (let drop = 0; drop < look.rain; drop += 1) {
      const x = this.#random() * greyWidth;
      rectangle(grey, {
        x,
        y: this.#random() * greyHeight,
        width: 1,
        height: 9,
        level: 210 * bright,
      });
    }
  }

  /** Box and Muller. */
  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()));
    return radius * Math.cos(2 * Math.PI * this.#random());
  }
}

export function instant(atMs: number): GreyPicture["takenAt"] {
  return { wallMs: wallMs(atMs + 1_700_000_000_000), monotonicMs: monotonicMs(atMs) };
}

/** Out of focus by so many pixels (three box means are a Gauss curve, near enough). */
export function blurred(picture: GreyPicture, radius: number): Float32Array {
  let grey: Float32Array = Float32Array.from(picture.grey);
  for (let pass = 0; pass < 3; pass += 1) {
    grey = boxed(boxed(grey, radius, 1, greyWidth), radius, greyWidth, greyHeight);
  }
  return grey;
}

function boxed(grey: Float32Array, radius: number, step: number, length: number): Float32Array {
  return grey.map((_, i) => {
    const at = Math.floor(i / step) % length;
    let sum = 0;
    for (let d = -radius; d <= radius; d += 1) {
      const clamped = Math.max(0, Math.min(length - 1, at + d));
      sum += grey[i + (clamped - at) * step] ?? 0;
    }
    return sum / (2 * radius + 1);
  });
}

function expose(grey: Float32Array, share: number): void {
  if (share === 0) return;
  const mean = grey.reduce((sum, level) => sum + level, 0) / greyPixels;
  const gain = (110 / Math.max(mean, 1)) ** share;
  for (let i = 0; i < greyPixels; i += 1) grey[i] = (grey[i] ?? 0) * gain;
}

function rectangle(
  grey: Float32Array,
  r: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly level: number;
  },
): void {
  for (let y = Math.floor(r.y); y < Math.min(greyHeight, r.y + r.height); y += 1) {
    for (let x = Math.floor(r.x); x < Math.min(greyWidth, r.x + r.width); x += 1) {
      grey[y * greyWidth + x] = r.level;
    }
  }
}
