/** From an empty browser to the first picture that means something, with what was fetched for it. */

import type { Browser } from "playwright-core";
import { visit } from "../../page/browser.ts";

export interface FirstPaint {
  /** Since the address was entered: the tanks are drawn. */
  readonly paintMs: number;
  /** Fetched before that picture, as they crossed the wire. */
  readonly requests: number;
  readonly bytes: number;
  /** Questions to the history that were answered before it: should be none. */
  readonly historyBefore: number;
}

interface Fetched {
  readonly name: string;
  readonly responseEnd: number;
  readonly transferSize: number;
}

/** Each look is a person with an empty cache. */
export async function timeFirstPaint(browser: Browser, address: string): Promise<FirstPaint> {
  const { page, context } = await visit(browser, {
    ...{ address, width: 1280, height: 800 },
    initScript: painted,
  });
  const paintMs = await page.evaluate<number>("globalThis.paintedMs");
  const fetched = await page.evaluate<Fetched[]>(resources);
  await context.close();
  const before = fetched.filter(({ responseEnd }) => responseEnd <= paintMs);
  return {
    paintMs,
    requests: before.length,
    bytes: before.reduce((sum, { transferSize }) => sum + transferSize, 0),
    historyBefore: before.filter(({ name }) => name.includes("/api/trend")).length,
  };
}

/** Notes when the first tile has been drawn. */
const painted = `globalThis.paintedMs = new Promise((done) => {
  const watch = new MutationObserver(() => {
    if (document.querySelector("main .tile") === null) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  });
  watch.observe(document, { childList: true, subtree: true });
})`;

const resources = `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map(({ name, responseEnd, transferSize }) => ({ name, responseEnd, transferSize }))`;
