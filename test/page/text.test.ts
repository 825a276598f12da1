/** Text is whole at every width, in both languages, with real glyphs and no bare level numbers. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { langs, launch, open, views, visit } from "./browser.ts";
import { type FakePlant, fakePlant } from "./fakePlant.ts";

let browser: Browser;
let plant: FakePlant;

beforeAll(async () => {
  browser = await launch();
  plant = await fakePlant("alarm");
});
afterAll(async () => {
  await browser?.close();
  await plant?.[Symbol.asyncDispose]();
});

/** The standards number the levels in opposite directions: a number alone says nothing. */
const bareLevel = /[一二三四]级(?!重大危险源)/;

/** Boxes that cut their own text, letters that lie on others' letters, and a page wider than the screen. */
const clipped = `(() => {
  const found = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 1) found.push("the page is " + wide + " px too wide");
  const seen = (e) => { const r = e.getBoundingClientRect(); return r.width > 2 && r.height > 2; };
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== "");
    if (!own || !seen(e) || e.closest("svg, .hidden-text, .skip, option, select, textarea")) continue;
    const style = getComputedStyle(e);
    if (style.overflowX === "hidden" || style.overflowX === "clip") {
      if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2)
        found.push("clipped: " + e.className + ": " + e.textContent.slice(0, 60));
    }
  }
  return found;
})()`;

describe.each([360, 768, 1920])("at %i px", (width) => {
  test.each(langs)(
    "no view clips its text or scrolls sideways (%s)",
    async (lang) => {
      const { page, context } = await visit(browser, {
        ...{ address: plant.server.address, lang, width, height: 900 },
      });
      const found: Record<string, string[]> = {};
      for (const view of [...views, "tank/V-101"]) {
        await open(page, view);
        const some = await page.evaluate<string[]>(clipped);
        const text = await page.evaluate<string>("document.body.innerText");
        if (bareLevel.test(text)) some.push(`bare level: ${text.match(bareLevel)?.[0]}`);
        if (lang === "en" && view !== "users") some.push(...strayChinese(await chrome(page)));
        if (some.length > 0) found[view] = some;
      }
      expect(found).toEqual({});
      await context.close();
    },
    60_000,
  );
});

/** What the page itself says in its frame: names of the plant are the plant's own. */
async function chrome(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(
    `[...document.querySelectorAll("nav a, h1, h2, th, .act-bar button, .lamps li > *:first-child")].map((e) => e.textContent)`,
  );
}

function strayChinese(texts: readonly string[]): string[] {
  const plantNames = /V-\d+|储罐|CAM-\d+/;
  return texts
    .filter((text) => /[\u4e00-\u9fff]/.test(text) && !plantNames.test(text))
    .map((text) => `Chinese on the English page: ${text}`);
}

/** Each Chinese letter of the page's own words and of those that it shares with the rest, seen on a view or not. */
async function lettersOfWords(): Promise<string> {
  const root = join(import.meta.dirname, "../..");
  const texts: string[] = [];
  for (const dir of ["agent/page/web/words", "agent/page/web/parts", "config/words"]) {
    for (const file of await readdir(join(root, dir)))
      texts.push(await readFile(join(root, dir, file), "utf8"));
  }
  return texts.join("");
}

test("every Chinese letter that the page can say is drawn, not the box of a missing glyph", async () => {
  const { page, context } = await visit(browser, { address: plant.server.address });
  const same = await page.evaluate<string[]>(`(() => {
    const family = getComputedStyle(document.body).fontFamily;
    const canvas = new OffscreenCanvas(48, 48);
    const ink = canvas.getContext("2d", { willReadFrequently: true });
    const draw = (letter) => {
      ink.clearRect(0, 0, 48, 48);
      ink.font = "32px " + family;
      ink.fillText(letter, 4, 38);
      return ink.getImageData(0, 0, 48, 48).data.join();
    };
    const missing = draw("\u{10FFFE}");
    const empty = draw(" ");
    // With them the units: a temperature that has lost its ℃ is no temperature.
    const text = document.body.innerText + ${JSON.stringify(await lettersOfWords())};
    const letters = [...new Set(text.match(/[\u2100-\u214f\u4e00-\u9fff]/g))];
    if (letters.length < 400) return ["only " + letters.length + " letters"];
    if (!letters.includes("℃")) return ["no temperature on the page"];
    const drawn = new Map();
    return letters.filter((letter) => {
      const shape = draw(letter);
      const isNew = !drawn.has(shape);
      drawn.set(shape, letter);
      return shape === missing || shape === empty || !isNew;
    });
  })()`);
  expect(same).toEqual([]);
  await context.close();
});

test("every word of the page exists in both languages, and no level is a bare number", async () => {
  const dir = join(import.meta.dirname, "../../agent/page/web/words");
  const faults: string[] = [];
  let words = 0;
  for (const file of await readdir(dir)) {
    const exported = (await import(join(dir, file))) as Record<string, unknown>;
    look(exported, file);
  }
  expect(faults).toEqual([]);
  expect(words).toBeGreaterThan(150);

  function look(value: unknown, path: string): void {
    if (typeof value !== "object" || value === null) return;
    const { zh, en } = value as { zh?: unknown; en?: unknown };
    if (typeof zh === "string" || typeof en === "string") {
      words += 1;
      if (typeof zh !== "string" || typeof en !== "string" || zh === "" || en === "")
        faults.push(`${path}: one language is missing`);
      if (bareLevel.test(String(zh))) faults.push(`${path}: ${String(zh)}`);
      return;
    }
    for (const [key, inner] of Object.entries(value)) look(inner, `${path}/${key}`);
  }
});
