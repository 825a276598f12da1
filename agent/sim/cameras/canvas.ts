/** A small colour picture to draw on: rectangles, discs, digits, noise. Pure. */

import { uniform } from "../plant/seeded.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** Which of the seven strokes each digit has: top, upper left and right, middle, lower left and right, bottom. */
const strokes = [0x77, 0x24, 0x5d, 0x6d, 0x2e, 0x6b, 0x7b, 0x25, 0x7f, 0x6f] as const;

export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel, row by row. */
  readonly rgb: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.rgb = new Uint8Array(width * height * 3);
  }

  rect(at: { readonly x: number; readonly y: number }, size: Size, colour: Colour): void {
    const fromX = clamp(at.x, this.width);
    const toX = clamp(at.x + size.w, this.width);
    const toY = clamp(at.y + size.h, this.height);
    for (let y = clamp(at.y, this.height); y < toY; y += 1) {
      for (let x = fromX; x < toX; x += 1) this.#put(x, y, colour);
    }
  }

  disc(centre: { readonly x: number; readonly y: number }, radius: number, colour: Colour): void {
    const toY = clamp(centre.y + radius, this.height);
    const toX = clamp(centre.x + radius, this.width);
    for (let y = clamp(centre.y - radius, this.height); y < toY; y += 1) {
      for (let x = clamp(centre.x - radius, this.width); x < toX; x += 1) {
        if ((x - centre.x) ** 2 + (y - centre.y) ** 2 < radius ** 2) this.#put(x, y, colour);
      }
    }
  }

  /** Digits as on a meter; any other sign is a gap. No font is needed. */
  digits(text: string, at: { readonly x: number; readonly y: number }, sizePx: number): void {
    for (const [i, sign] of [...text].entries()) {
      const lit = strokes[Number.parseInt(sign, 10)] ?? 0;
      this.#digit(lit, { x: at.x + i * sizePx * 1.3, y: at.y }, sizePx);
    }
  }

  /** What no sensor is without. `amount`: of 255, each way. */
  noise(seed: number, frame: number, amount: number): void {
    // One number a frame, then a cheap walk: a picture has a quarter of a million pixels.
    let state = Math.floor(uniform(seed, 1, frame) * 2 ** 32) | 1;
    for (let i = 0; i < this.rgb.length; i += 3) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const add = ((state & 0xff) / 127.5 - 1) * amount;
      for (let part = 0; part < 3; part += 1) {
        this.rgb[i + part] = Math.max(0, Math.min(255, (this.rgb[i + part] ?? 0) + add));
      }
    }
  }

  #digit(lit: number, at: { readonly x: number; readonly y: number }, w: number): void {
    const thick = Math.max(1, Math.round(w / 5));
    const white: Colour = [240, 240, 235];
    const bars: readonly (readonly [number, number, number, number])[] = [
      [0, 0, w, thick],
      [0, 0, thick, w],
      [w - thick, 0, thick, w],
      [0, w - thick, w, thick],
      [0, w - thick, thick, w],
      [w - thick, w - thick, thick, w],
      [0, 2 * w - 2 * thick, w, thick],
    ];
    for (const [i, [x, y, barW, barH]] of bars.entries()) {
      if ((lit & (1 << i)) !== 0) {
        this.rect({ x: at.x + x, y: at.y + y }, { w: barW, h: barH }, white);
      }
    }
  }

  #put(x: number, y: number, [red, green, blue]: Colour): void {
    const i = (y * this.width + x) * 3;
    this.rgb[i] = red;
    this.rgb[i + 1] = green;
    this.rgb[i + 2] = blue;
  }
}

interface Size {
  readonly w: number;
  readonly h: number;
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(max, Math.round(value)));
}
