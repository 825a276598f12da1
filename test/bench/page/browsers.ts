/** Pages open in a real browser: when each showed a coloured block, and what the browser's processes cost. */

import type { Browser } from "playwright-core";
import { visit } from "../../page/browser.ts";

export interface Pages {
  /** When each page showed the block of a tag, by `performance.now()` of this process. */
  shown(tag: string): readonly number[];
}

/** So many pages, each of a person of its own. */
export async function openPages(
  browser: Browser,
  { address, count }: { readonly address: string; readonly count: number },
): Promise<Pages> {
  const seen = new Map<string, number[]>();
  for (let client = 0; client < count; client += 1) {
    const { page } = await visit(browser, { address, width: 1280, height: 800 });
    await page.exposeFunction("blockShown", (tag: string) => {
      const atMs = performance.now();
      seen.set(tag, [...(seen.get(tag) ?? []), atMs]);
    });
    await page.evaluate(watcher);
  }
  return { shown: (tag) => seen.get(tag) ?? [] };
}

/** In the page: tells of each new tag in the coloured strip, once it is drawn. */
const watcher = `(() => {
  let last = "";
  new MutationObserver(() => {
    const tag = document.querySelector("section.strip .strip-source b")?.textContent ?? "";
    if (tag === last) return;
    last = tag;
    if (tag !== "") requestAnimationFrame(() => blockShown(tag));
  }).observe(document.querySelector(".strip-slot"), { childList: true, subtree: true, characterData: true });
})()`;

/** CPU seconds of the browser so far, by kind of process ("renderer": its pages). */
export async function browserCpuS(browser: Browser): Promise<Readonly<Record<string, number>>> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const byType: Record<string, number> = {};
  for (const { type, cpuTime } of processInfo) byType[type] = (byType[type] ?? 0) + cpuTime;
  return byType;
}
