/** What a simulated camera sees: a yard with a tank, somebody walking, the time, and the noise of a sensor. Pure. */

import { uniform, wander } from "../plant/seeded.ts";
import { Canvas, type Colour } from "./canvas.ts";

export const pictureWidth = 640;
export const pictureHeight = 360;

export interface Scene {
  readonly seed: number;
  /** Seconds of the scene: where people walk and clouds stand. */
  readonly atS: number;
  /** 12:34:56 in the corner; null: no time is shown. */
  readonly clockText: string | null;
  /** Names the picture in its corner, so that nobody takes one camera's for another's. */
  readonly number: number;
}

const horizon = 130;

export function drawScene({ seed, atS, clockText, number }: Scene): Canvas {
  const canvas = new Canvas(pictureWidth, pictureHeight);
  drawGround(canvas, seed, atS);
  drawTank(canvas, seed);
  const step = Math.sin(atS * 6);
  const x = ((atS * 42 + uniform(seed, 2, 0) * 600) % (pictureWidth + 80)) - 40;
  drawPerson(canvas, x, 292 + 8 * wander(seed, 3, atS / 5), step);
  if (clockText !== null) canvas.digits(clockText, { x: 16, y: 14 }, 12);
  canvas.digits(String(number).padStart(2, "0"), { x: pictureWidth - 60, y: 14 }, 16);
  canvas.noise(seed, Math.round(atS * 25), 9);
  return canvas;
}

/** The lens is covered or the sensor dead: dark, but not quite without noise. */
export function drawBlack(seed: number, frame: number): Canvas {
  const canvas = new Canvas(pictureWidth, pictureHeight);
  canvas.noise(seed, frame, 3);
  return canvas;
}

function drawGround(canvas: Canvas, seed: number, atS: number): void {
  for (let y = 0; y < horizon; y += 2) {
    const light = 150 + y / 3;
    canvas.rect({ x: 0, y }, { w: pictureWidth, h: 2 }, [light - 18, light - 6, light + 12]);
  }
  const cloudX = ((atS * 3 + uniform(seed, 4, 0) * 500) % (pictureWidth + 200)) - 100;
  for (const [dx, r] of [
    [0, 22],
    [26, 30],
    [58, 20],
  ] as const) {
    canvas.disc({ x: cloudX + dx, y: 46 }, r, [208, 212, 218]);
  }
  for (let y = horizon; y < pictureHeight; y += 2) {
    const light = 96 + (y - horizon) / 5;
    canvas.rect({ x: 0, y }, { w: pictureWidth, h: 2 }, [light, light, light - 6]);
  }
  // Stripes of the yard: edges by which a turned or blurred camera is known.
  for (let x = 20; x < pictureWidth; x += 90) {
    canvas.rect({ x, y: 236 + (x % 40) }, { w: 46, h: 5 }, [178, 168, 96]);
  }
}

function drawTank(canvas: Canvas, seed: number): void {
  const x = 190 + Math.round(uniform(seed, 5, 0) * 120);
  const shell: Colour = [186, 190, 194];
  canvas.disc({ x: x + 95, y: 76 }, 95, [170, 174, 178]);
  canvas.rect({ x, y: 76 }, { w: 190, h: 168 }, shell);
  for (let ring = 0; ring < 4; ring += 1) {
    canvas.rect({ x, y: 96 + ring * 40 }, { w: 190, h: 2 }, [140, 144, 148]);
  }
  for (let rung = 0; rung < 12; rung += 1) {
    canvas.rect({ x: x + 152, y: 82 + rung * 13 }, { w: 22, h: 3 }, [96, 100, 104]);
  }
  canvas.rect({ x: x + 150, y: 78 }, { w: 3, h: 166 }, [96, 100, 104]);
  canvas.rect({ x: x + 174, y: 78 }, { w: 3, h: 166 }, [96, 100, 104]);
  canvas.rect({ x: x - 46, y: 214 }, { w: 46, h: 9 }, [112, 86, 60]);
}

function drawPerson(canvas: Canvas, x: number, y: number, step: number): void {
  canvas.disc({ x, y: y - 40 }, 7, [226, 190, 40]);
  canvas.rect({ x: x - 7, y: y - 32 }, { w: 14, h: 24 }, [206, 92, 40]);
  canvas.rect({ x: x - 6 + 4 * step, y: y - 8 }, { w: 5, h: 20 }, [44, 52, 74]);
  canvas.rect({ x: x + 1 - 4 * step, y: y - 8 }, { w: 5, h: 20 }, [44, 52, 74]);
}
