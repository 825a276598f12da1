/** The trend's canvas: colour only for a limit that was passed; gaps as gaps, bad quality hatched, limits drawn. */

import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrendView } from "../../agent/page/protocol/history.ts";
import { launch, open, visit } from "./browser.ts";
import { type FakePlant, fakePlant } from "./fakePlant.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => await browser?.close());

/** The fake trend's gap lies at 40 to 45 % of the time, its bad quality at 70 to 75 % of the readings. */
const inGap = 0.425;
const inTrouble = 0.735;
const laneTallPx = 18;
/** Words of the gap stand in the topmost lines. */
const wordsTallPx = 24;
/** Darker than the grid: a limit of one pixel that lies between two rows of them is a light grey. */
const inkMax = 180;

interface Plot {
  readonly width: number;
  readonly height: number;
  readonly colourAt: (x: number, y: number) => readonly number[];
}

/** Values of the fake plant scaled about the middle of the range by `swing`. */
function swinging(plant: FakePlant, swing: number): void {
  const { queries, site } = plant.sources;
  const ask = queries.trend.bind(queries);
  const calm = (view: TrendView): TrendView => ({
    ...view,
    series: view.series.map((one) => {
      const [low, high] = site.points.find(({ tag }) => tag === one.tag)?.range ?? [0, 100];
      const middle = (low + high) / 2;
      const scaled = (values: readonly (number | null)[]) =>
        values.map((value) => (value === null ? null : middle + (value - middle) * swing));
      return { ...one, min: scaled(one.min), max: scaled(one.max), last: scaled(one.last) };
    }),
  });
  Object.assign(queries, {
    trend: async (query: Parameters<typeof ask>[0]) => calm(await ask(query)),
  });
}

async function plotOf(page: Page): Promise<Plot> {
  await open(page, "trends/LT-101");
  await page.locator(".u-over").first().waitFor();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  const png = await page.locator(".u-over").first().screenshot();
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    ...{ width: info.width, height: info.height },
    colourAt: (x, y) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)],
  };
}

function column(plot: Plot, share: number, from: number, to: number): readonly number[] {
  const x = Math.round(plot.width * share);
  return Array.from({ length: to - from }, (_, i) => Math.max(...plot.colourAt(x, from + i)));
}

const spread = (rgb: readonly number[]): number => Math.max(...rgb) - Math.min(...rgb);

function colouredShare(plot: Plot): number {
  let coloured = 0;
  for (let y = 0; y < plot.height; y += 1)
    for (let x = 0; x < plot.width; x += 1) if (spread(plot.colourAt(x, y)) > 40) coloured += 1;
  return coloured / (plot.width * plot.height);
}

/** Rows that a dashed line of ink crosses from side to side. */
function dashedRows(plot: Plot): number {
  let rows = 0;
  let wasLine = false;
  for (let y = 0; y < plot.height; y += 1) {
    let ink = 0;
    for (let x = 0; x < plot.width; x += 1) if (Math.min(...plot.colourAt(x, y)) < inkMax) ink += 1;
    const isLine = ink > plot.width * 0.35;
    if (isLine && !wasLine) rows += 1;
    wasLine = isLine;
  }
  return rows;
}

test("a trend within its limits has no colour; its limits are drawn, its gap is empty, its bad readings hatched", async () => {
  await using plant = await fakePlant("normal");
  swinging(plant, 0.3);
  const { page, context } = await visit(browser, { address: plant.server.address });
  const plot = await plotOf(page);
  expect(colouredShare(plot)).toBe(0);

  const limits = plant.sources.site.points.find(({ tag }) => tag === "LT-101")?.limits ?? [];
  expect(limits.length).toBe(4);
  expect(dashedRows(plot)).toBeGreaterThanOrEqual(limits.length);

  const foot = plot.height - 2 * laneTallPx;
  const dark = (values: readonly number[]): number => values.filter((one) => one < 60).length;
  const nearGap = dark(column(plot, 0.3, wordsTallPx, foot));
  expect(nearGap).toBeGreaterThan(0);
  // Limits cross the gap in their grey; the pen's own ink does not.
  expect(dark(column(plot, inGap, wordsTallPx, foot))).toBe(0);
  expect(dark(column(plot, inTrouble, wordsTallPx, foot))).toBe(0);

  const lane = Array.from({ length: 12 }, (_, i) => inTrouble - 0.006 + i * 0.001).flatMap((at) =>
    column(plot, at, plot.height - laneTallPx, plot.height - 2),
  );
  expect(lane.filter((one) => one > 225).length).toBeGreaterThan(10);
  expect(lane.filter((one) => one < 150).length).toBeGreaterThan(10);
  await context.close();
});

test("a limit that was passed has the colour of its level", async () => {
  await using plant = await fakePlant("normal");
  swinging(plant, 1.3);
  const { page, context } = await visit(browser, { address: plant.server.address });
  const share = colouredShare(await plotOf(page));
  expect(share).toBeGreaterThan(0);
  // A line, not a field of colour.
  expect(share).toBeLessThan(0.05);
  await context.close();
});
