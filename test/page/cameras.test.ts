/** Cameras on the page: pictures with their age, faults in words, evidence beside an alarm; never in the way of acting. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";

let browser: Browser;
let folder = "";
beforeAll(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "hazgate-evidence-"));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

test("each camera's newest picture with its age; a dead one under a veil, its fault in words", async () => {
  await using plant = await fakePlant("normal");
  const { page, context, faults } = await visit(browser, { address: plant.server.address });
  await open(page, "cameras");
  const tiles = page.locator(".camera-tile");
  await expect.poll(() => page.locator(".camera-tile img").count(), { timeout: 60_000 }).toBe(6);
  expect(await tiles.count()).toBe(6);
  const well = tiles.filter({ hasText: "CAM-01" });
  await expect.poll(() => well.textContent(), { timeout: 60_000 }).toMatch(/画面: \d+ 秒/);
  expect(await well.locator(".old").count()).toBe(0);
  const dead = tiles.filter({ hasText: "CAM-04" });
  expect(await dead.textContent()).toMatch(/画面过旧: ?1\d 分钟.*连接不上/s);
  expect(await dead.locator("figure.old").count()).toBe(1);
  const sourceOf = () => well.locator("img").getAttribute("src");
  const before = await sourceOf();
  await expect.poll(sourceOf, { timeout: 60_000 }).not.toBe(before);
  expect(faults).toEqual([]);
  await context.close();
});

test("on a camera's own page the installer reads the trouble, and an officer says that its view is right", async () => {
  await using plant = await fakePlant("normal");
  for (const [role, lang, button] of [
    ["officer", "zh", "现在的视角是对的"],
    ["officer", "en", "The view is right as it is"],
    ["viewer", "zh", null],
  ] as const) {
    const { page, context, faults } = await visit(browser, {
      ...{ address: plant.server.address, role, lang },
    });
    await page.goto(`${page.url().split("#")[0]}#/cameras/CAM-04`);
    const facts = page.locator(".facts");
    await expect.poll(() => facts.textContent(), { timeout: 60_000 }).toContain("within 5 s");
    const form = page.locator(".camera-view-form");
    expect(await form.count()).toBe(button === null ? 0 : 1);
    if (button !== null) {
      await form.locator("input").fill("泵房改造");
      await form.getByRole("button", { name: button }).click();
      await form.getByRole("status").waitFor();
    }
    expect(faults).toEqual([]);
    await context.close();
  }
  expect(plant.sources.cameras.learnt).toEqual(["CAM-04", "CAM-04"]);
});

test("only what is on the screen is asked for, and nothing once the view is left", async () => {
  await using plant = await fakePlant("normal");
  const { page, context } = await visit(browser, {
    ...{ address: plant.server.address, width: 360, height: 740 },
  });
  await open(page, "cameras");
  await page.evaluate(`document.querySelector(".camera-tile").scrollIntoView()`);
  await page.waitForSelector(".camera-tile img");
  const { asked } = plant.sources.cameras;
  expect(asked).toContain("CAM-01");
  expect(asked).not.toContain("CAM-06");
  await open(page, "alarms");
  await page.waitForTimeout(500);
  const before = asked.length;
  await page.waitForTimeout(3_000);
  expect(asked.length).toBe(before);
  await context.close();
});

test("cameras that never answer do not stand in the way of an acknowledgement", async () => {
  await using plant = await fakePlant("alarm");
  plant.sources.cameras.isSilent = true;
  const { page, context } = await visit(browser, {
    ...{ address: plant.server.address, role: "officer" },
  });
  await open(page, "cameras");
  await expect.poll(() => plant.sources.cameras.asked.length, { timeout: 60_000 }).toBe(2);
  await page
    .locator("header, .alarm-strip, body")
    .getByRole("button", { name: "确认" })
    .first()
    .click();
  const dialog = page.locator("dialog[open]");
  // One tap on a reason acknowledges.
  await dialog.getByRole("button", { name: "已派人", exact: true }).click();
  await expect.poll(() => plant.sources.acts.length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(plant.sources.cameras.asked.length).toBe(2);
  await context.close();
});

test("beside an alarm: what its cameras see now, and the pictures kept from before, at and after it", async () => {
  await using plant = await fakePlant("alarm");
  const alarm = plant.sources.alarms.now().find(({ tank }) => tank === "V-101");
  if (alarm === undefined) throw new Error("no alarm at V-101");
  await plant.sources.cameras.gather(alarm.alarmId, join(folder, alarm.alarmId));
  const { page, context, faults } = await visit(browser, { address: plant.server.address });
  await open(page, "alarms");
  await page.locator("tr", { hasText: alarm.source }).getByRole("button", { name: "画面" }).click();
  const dialog = page.getByRole("dialog");
  await expect.poll(() => dialog.locator("img").count(), { timeout: 60_000 }).toBe(4);
  const text = (await dialog.textContent()) ?? "";
  expect(text).toMatch(/-10 秒/);
  expect(text).toMatch(/\(0 秒\)/);
  expect(text).toMatch(/\+10 秒/);
  expect(text).toContain("缺少: CAM-01 clip");
  const sizes = await dialog
    .locator("img")
    .evaluateAll((all) =>
      all.map((one) => (one as unknown as { naturalWidth: number }).naturalWidth),
    );
  expect(sizes.every((width) => width > 0)).toBe(true);
  expect(faults).toEqual([]);
  await context.close();
});
