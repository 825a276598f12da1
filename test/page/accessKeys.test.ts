/** Every act of an officer by the keyboard alone: no mouse, no key that only an expert knows. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => await browser?.close());

/** More tabs than a view has stops. */
const tabsMax = 150;

/** Tabs on until the focus stands on what `selector` names and holds `text`. */
async function tabTo(page: Page, selector: string, text = ""): Promise<void> {
  for (let tabs = 0; tabs < tabsMax; tabs += 1) {
    const isThere = await page.evaluate<boolean>(
      `document.activeElement.matches(${JSON.stringify(selector)}) &&
       document.activeElement.textContent.includes(${JSON.stringify(text)})`,
    );
    if (isThere) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way by tabs to ${selector} ${text}`);
}

test.each([
  ["ack", "确认", "alarms", "H LT-102"],
  ["handle", "记录处置", "alarms", "H LT-103"],
  ["shelve", "搁置", "alarms", "H LT-103"],
  ["out-of-service", "停用", "alarms", "H LT-103"],
  ["reset", "复位", "alarms", "GAS1 GT-104"],
  ["unshelve", "取消搁置", "alarms/held", "RATE TT-103"],
  ["in-service", "恢复投用", "alarms/held", "FAULT GT-103"],
])(
  "%s is done by tabs, space and enter",
  async (act, name, view, key) => {
    await using plant = await fakePlant("alarm");
    const { page, context } = await visit(browser, {
      address: plant.server.address,
      role: "officer",
    });
    await open(page, view);
    await page.locator(`input[data-key="${key}"]`).waitFor();
    await tabTo(page, `input[data-key="${key}"]`);
    await page.keyboard.press("Space");
    await tabTo(page, ".act-bar .button", name);
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    await tabTo(page, "dialog .chips .button", "检修");
    await page.keyboard.press("Enter");
    if (act !== "ack") {
      await tabTo(page, "dialog .dialog-feet .button.strong", name);
      await page.keyboard.press("Enter");
    }
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    const done = plant.sources.acts.map((one) => `${one.do} ${one.by} ${one.reason}`);
    expect(done).toEqual([`${act} officer 检修`]);
    await context.close();
  },
  60_000,
);

test("on a phone the menu opens, is walked and closed by keys, and hides no way", async () => {
  await using plant = await fakePlant("alarm");
  const { page, context } = await visit(browser, {
    ...{ address: plant.server.address, role: "officer", width: 360, height: 740 },
  });
  await tabTo(page, ".menu-button");
  await page.keyboard.press("Enter");
  await page.locator(".menu.open").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".menu.open").waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.className")).toContain("menu-button");
  await page.keyboard.press("Enter");
  await tabTo(page, ".nav a", "班报");
  await page.keyboard.press("Enter");
  await page.locator("main h1", { hasText: "班" }).waitFor();
  await tabTo(page, ".menu-button");
  await page.keyboard.press("Enter");
  await tabTo(page, ".header-side .button", "English");
  await page.keyboard.press("Enter");
  expect(await page.locator(".menu-button").textContent()).toContain("Menu");
  // A thumb in a glove: all that is open to it is 44 px high.
  const low = await page.evaluate<string[]>(
    `[...document.querySelectorAll(".menu.open a, .menu.open button, .strip button, .lamps a, .sound-bar button, .counts a")]
       .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
       .map((e) => e.textContent + " " + e.getBoundingClientRect().height)`,
  );
  expect(low).toEqual([]);
  await context.close();
});
