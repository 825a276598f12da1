/** Colour is for what is abnormal, and never the only sign of it. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { langs, launch, open, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";
import { coloursOf } from "./pixels.ts";

let browser: Browser;
let blank: Page;

beforeAll(async () => {
  browser = await launch();
  blank = await browser.newPage();
});
afterAll(async () => await browser?.close());

test("a plant that is well is grey: no view has one saturated pixel", async () => {
  await using plant = await fakePlant("normal");
  const { page, context } = await visit(browser, {
    ...{ address: plant.server.address, role: "viewer" },
  });
  const coloured: Record<string, number> = {};
  for (const view of ["overview", "alarms", "tank/V-101", "cameras", "system"]) {
    await open(page, view);
    await page.mouse.move(0, 0);
    // A trend draws each point in an ink of its own, and a limit that was crossed in its colour.
    await page.evaluate(
      `for (const e of document.querySelectorAll("[aria-labelledby=tank-trend]")) e.style.visibility = "hidden"`,
    );
    const { saturated, pixels } = await coloursOf(blank, await page.screenshot());
    expect(pixels).toBe(1920 * 1080);
    if (saturated > 0) coloured[view] = saturated;
  }
  expect(coloured).toEqual({});
  await context.close();
});

test("an alarm has colour, and the count finds it", async () => {
  await using plant = await fakePlant("alarm");
  const { page, context } = await visit(browser, { address: plant.server.address });
  const { saturated } = await coloursOf(blank, await page.screenshot());
  expect(saturated).toBeGreaterThan(2_000);
  await context.close();
});

test.each(langs)(
  "each level has a shape, a letter and words of its own (%s)",
  async (lang) => {
    await using plant = await fakePlant("alarm");
    const { page, context } = await visit(browser, { address: plant.server.address, lang });
    await open(page, "alarms");
    const marks = await page.evaluate<[string, string, string, string][]>(
      `[...document.querySelectorAll("tr[class*=level-]")].map((row) => {
       const svg = row.querySelector(".mark svg");
       return [row.className.match(/level-\\d/)[0], svg.querySelector("path").getAttribute("d"),
         svg.querySelector("text").textContent, svg.getAttribute("aria-label")];
     })`,
    );
    const byLevel = new Map(marks.map(([level, ...signs]) => [level, signs]));
    expect([...byLevel.keys()].sort()).toEqual(["level-1", "level-2", "level-4"]);
    const idle = await page.evaluate<[string, string, string][]>(
      `[...document.querySelectorAll(".counts .mark svg")].map((svg) =>
       [svg.querySelector("path").getAttribute("d"), svg.querySelector("text").textContent, svg.getAttribute("aria-label")])`,
    );
    expect(idle.length).toBe(4);
    for (const at of [0, 1, 2] as const) expect(new Set(idle.map((one) => one[at])).size).toBe(4);
    const letters = lang === "zh" ? ["红", "橙", "黄", "蓝"] : ["R", "O", "Y", "B"];
    expect(idle.map((one) => one[1])).toEqual(letters);
    await context.close();
  },
  60_000,
);
