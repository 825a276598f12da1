/** No text lies on another text, on a bar or on a mark: at every width, in both languages, in every state of the plant. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "../fakes/tcpProxy.ts";
import { langs, launch, open, views, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => await browser?.close());

/**
 * Boxes of all letters and of all drawn things, as they lie with nothing floating over the view; of two that meet by
 * more than a hair, both are named. What floats (header, veil, the bar of acts) may cover what is scrolled under it.
 */
const overlaps = `(() => {
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true,
    contentVisibilityAuto: false }) && e.closest(".hidden-text, .skip, option, .veil-cloth") === null;
  for (const e of document.querySelectorAll("body *")) {
    const { position, contentVisibility } = getComputedStyle(e);
    if (/sticky|fixed/.test(position)) e.style.position = "static";
    if (contentVisibility === "auto") e.style.contentVisibility = "visible";
  }
  // What a box of its own cuts off, e.g. a table that scrolls in itself, is not seen.
  const cut = (r, e) => {
    const box = { left: r.left, right: r.right, top: r.top, bottom: r.bottom };
    for (let up = e; up !== null && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const o = up.getBoundingClientRect();
      box.left = Math.max(box.left, o.left); box.right = Math.min(box.right, o.right);
      box.top = Math.max(box.top, o.top); box.bottom = Math.min(box.bottom, o.bottom);
    }
    return box;
  };
  const boxes = [];
  const add = (node, e, r, name) => {
    const box = cut(r, e);
    if (box.right - box.left > 2 && box.bottom - box.top > 2) boxes.push({ node, e, name, ...box });
  };
  const drawn = "svg, canvas, img, input, select, textarea, .button:not(.plain), .range-bar, .doubt, .flag";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
    const e = node.parentElement;
    if (node.data.trim() === "" || !shown(e)) continue;
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) add(node, e, r, node.data.trim().slice(0, 40));
  }
  for (const e of document.querySelectorAll(drawn))
    if (shown(e)) add(e, e, e.getBoundingClientRect(), "<" + (e.getAttribute("class") ?? e.tagName) + ">");
  // Lines of one text stand closer than the boxes of their letters are high. Side by side, letters must not touch,
  // and things with an edge of their own need some air between them.
  const hair = 3;
  const airMin = 3;
  boxes.sort((a, b) => a.top - b.top);
  const found = [];
  boxes.forEach((a, i) => {
    for (let k = i + 1; k < boxes.length && boxes[k].top < a.bottom - hair; k += 1) {
      const b = boxes[k];
      const common = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const isEdged = a.node === a.e && b.node === b.e;
      const isWide = common > (isEdged ? -airMin : 1);
      const isHigh = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > hair;
      if (!isWide || !isHigh || a.node === b.node) continue;
      if (a.node.contains(b.node) || b.node.contains(a.node)) continue;
      found.push(a.name + " | " + b.name);
    }
  });
  return [...new Set(found)].slice(0, 12);
})()`;

const widths = [360, 768, 1920];

async function walk(page: Page): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const width of widths) {
    await page.setViewportSize({ width, height: 1000 });
    for (const view of [...views, "tank/V-101"]) {
      await open(page, view);
      const some = await page.evaluate<string[]>(overlaps);
      if (some.length > 0) found[`${view} at ${width} px`] = some;
    }
  }
  return found;
}

describe.each(langs)("at every width, in %s", (lang) => {
  test.each(["normal", "alarm", "flood"] as const)(
    "nothing lies on a text while the plant is in %s",
    async (state) => {
      await using plant = await fakePlant(state);
      const { page, context } = await visit(browser, { address: plant.server.address, lang });
      expect(await walk(page)).toEqual({});
      await context.close();
    },
    60_000,
  );

  test("nothing lies on a text under the veil, when the box is out of reach", async () => {
    await using plant = await fakePlant("alarm");
    await using proxy: TcpProxy = await startTcpProxy({ port: plant.server.port });
    const { page, context } = await visit(browser, {
      ...{ address: `http://127.0.0.1:${proxy.port}/`, lang },
    });
    for (const view of views) await open(page, view);
    proxy.mode = "refuse";
    await page.getByTestId("veil").waitFor({ timeout: 60_000 });
    expect(await walk(page)).toEqual({});
    await context.close();
  });
});

test("a text that lies on another is found", async () => {
  await using plant = await fakePlant("normal");
  const { page, context } = await visit(browser, { address: plant.server.address });
  expect(await page.evaluate<string[]>(overlaps)).toEqual([]);
  await page.evaluate(
    `Object.assign(document.querySelector(".tile .value").style, { position: "relative", left: "-6rem" })`,
  );
  expect(await page.evaluate<string[]>(overlaps)).not.toEqual([]);
  await context.close();
});
