/** `npm run screenshots`: every view in both languages, wide and on a phone, over a plant that stands still. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { langs, launch, open, views, visit } from "./browser.ts";
import { fakePlant, standingClock } from "./fakePlant.ts";

const dir = join(import.meta.dirname, "../screenshots");
const atMs = Date.UTC(2026, 10, 24, 2, 30);
const sizes = [
  { width: 1920, height: 1080 },
  { width: 360, height: 740 },
] as const;

await mkdir(dir, { recursive: true });
const browser = await launch();
for (const state of ["normal", "alarm"] as const) {
  await using plant = await fakePlant(state, { clock: standingClock(atMs) });
  for (const lang of langs) {
    for (const size of sizes) {
      const { page, context, faults } = await visit(browser, {
        ...{ address: plant.server.address, lang, fixedMs: atMs, ...size },
      });
      for (const view of [...views, "tank/V-101"]) {
        await open(page, view);
        if (view === "cameras") await picturesOf(page);
        const name = `${view.replace("/", "-")}.${state}.${lang}.${size.width}.png`;
        await page.screenshot({ path: join(dir, name), animations: "disabled" });
      }
      if (faults.length > 0) console.error(faults.join("\n"));
      await context.close();
    }
  }
}
await browser.close();

/** Pictures come two at a time: those on the screen. */
async function picturesOf(page: Page): Promise<void> {
  for (const tile of await page.locator(".camera-tile").all()) {
    const box = await tile.boundingBox();
    const height = page.viewportSize()?.height ?? 0;
    if (box !== null && box.y + box.height / 2 < height) await tile.locator("img").waitFor();
  }
}
