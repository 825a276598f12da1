/** A colour-blind officer tells the levels apart: by shape, by letter, and by contrast, in every kind of sight. */

import type { Browser, CDPSession, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => await browser?.close());

type Rgb = readonly [r: number, g: number, b: number];

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => Rgb;
}

async function picture(png: Buffer): Promise<Picture> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const channel = (at: number): number => data[at] ?? 0;
  return {
    ...{ width: info.width, height: info.height },
    at: (x, y) => {
      const at = (y * info.width + x) * 3;
      return [channel(at), channel(at + 1), channel(at + 2)];
    },
  };
}

/** WCAG 2.2: relative luminance, and contrast from 1 to 21. */
function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map((c) => {
    const share = c / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function pixelsOf({ width, height, at }: Picture): readonly Rgb[] {
  return Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width)));
}

const spread = (rgb: Rgb): number => Math.max(...rgb) - Math.min(...rgb);

interface Sign {
  /** Of the letter against its shape. */
  readonly letter: number;
  /** Of the shape, by its fill or its edge, against what it lies on. */
  readonly edge: number;
  /** 1 where the shape is. */
  readonly mask: readonly number[];
  readonly spread: number;
}

async function signOf(page: Page, at: number): Promise<Sign> {
  const png = await page.locator(".counts .mark").nth(at).screenshot();
  const sign = await picture(png);
  const pixels = pixelsOf(sign);
  const ground = sign.at(0, 0);
  const votes = new Map<string, { rgb: Rgb; count: number }>();
  for (const rgb of pixels) {
    if (contrast(rgb, ground) < 1.05 && spread(rgb) < 12) continue;
    const vote = votes.get(rgb.join()) ?? { rgb, count: 0 };
    votes.set(rgb.join(), { rgb, count: vote.count + 1 });
  }
  const [most] = [...votes.values()].sort((a, b) => b.count - a.count);
  const fill = most?.rgb ?? ground;
  const middle = pixels.filter((_, i) => {
    const [x, y] = [(i % sign.width) / sign.width, Math.floor(i / sign.width) / sign.height];
    return x > 0.35 && x < 0.65 && y > 0.4 && y < 0.75;
  });
  const small = await sharp(png).resize(32, 32).png().toBuffer();
  return {
    letter: Math.max(...middle.map((rgb) => contrast(rgb, fill))),
    edge: Math.max(...pixels.map((rgb) => contrast(rgb, ground))),
    mask: pixelsOf(await picture(small)).map((rgb) =>
      Math.max(...rgb.map((c, i) => Math.abs(c - (ground[i] ?? 0)))) > 24 ? 1 : 0,
    ),
    spread: Math.max(...pixels.map(spread)),
  };
}

const kinds = ["none", "protanopia", "deuteranopia", "tritanopia", "achromatopsia"] as const;

async function see(session: CDPSession, type: (typeof kinds)[number]): Promise<void> {
  await session.send("Emulation.setEmulatedVisionDeficiency", { type });
}

test.each(kinds)(
  "the four signs stay four signs to eyes with %s",
  async (type) => {
    await using plant = await fakePlant("alarm");
    const { page, context } = await visit(browser, { address: plant.server.address });
    await see(await context.newCDPSession(page), type);
    const signs = await Promise.all([0, 1, 2, 3].map((at) => signOf(page, at)));
    for (const { letter, edge } of signs) {
      expect(letter).toBeGreaterThan(4.5);
      expect(edge).toBeGreaterThan(3);
    }
    // The emulation is at work: without colour sight not one pixel has a hue, with it some do.
    const hue = Math.max(...signs.map((one) => one.spread));
    if (type === "achromatopsia") expect(hue).toBeLessThan(8);
    else expect(hue).toBeGreaterThan(60);
    for (const [i, a] of signs.entries()) {
      for (const b of signs.slice(i + 1)) {
        const differing = a.mask.filter((one, at) => one !== b.mask[at]).length;
        expect(differing / a.mask.length).toBeGreaterThan(0.05);
      }
    }
    const letters = await page.locator(".counts .mark text").allTextContents();
    expect(new Set(letters).size).toBe(4);
    await context.close();
  },
  60_000,
);
