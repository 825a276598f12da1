/** A dead server, a cut wire, a frozen tab or a box that reads nothing must never look healthy. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTcpProxy } from "../fakes/tcpProxy.ts";
import { sleep } from "../soak/processes.ts";
import { launch, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => await browser?.close());

/** Generous: the machine of the test may be busy. The time itself is printed. */
const veilMsMax = 60_000;

async function veilAfter(page: Page, what: string, since = performance.now()): Promise<string> {
  const veil = page.getByTestId("veil");
  await veil.waitFor({ timeout: veilMsMax });
  console.log(`${what}: veil after ${Math.round(performance.now() - since)} ms`);
  return (await veil.textContent()) ?? "";
}

test("a healthy page has no veil for ten seconds, and its figures move", async () => {
  await using plant = await fakePlant("normal");
  const { page, context } = await visit(browser, { address: plant.server.address });
  const seen = new Set<string>();
  await page.evaluate(
    `{ window.veils = 0; new MutationObserver(() => { if (document.querySelector("[data-testid=veil]")) window.veils += 1; })
         .observe(document.body, { childList: true, subtree: true }); }`,
  );
  for (let second = 0; second < 10 || (second < 60 && seen.size <= 5); second += 1) {
    await sleep(1_000);
    seen.add(await page.evaluate<string>(`document.querySelector(".clock").textContent`));
  }
  expect(await page.evaluate("window.veils")).toBe(0);
  expect(seen.size).toBeGreaterThan(5);
  await context.close();
});

test.each(["refuse", "black"] as const)(
  "a wire that goes %s draws the veil with the time of the last data; it goes when data comes again",
  async (mode) => {
    await using plant = await fakePlant("normal");
    await using proxy = await startTcpProxy({ port: plant.server.port });
    const { page, context } = await visit(browser, { address: `http://127.0.0.1:${proxy.port}/` });
    proxy.mode = mode;
    const text = await veilAfter(page, `wire ${mode}`);
    expect(text).toContain("数据中断");
    expect(text).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    proxy.mode = "pass";
    proxy.resetAll();
    await page.getByTestId("veil").waitFor({ state: "detached", timeout: 60_000 });
    await context.close();
  },
  90_000,
);

test("a server that ended draws the veil", async () => {
  const plant = await fakePlant("normal");
  const { page, context } = await visit(browser, { address: plant.server.address });
  const since = performance.now();
  await plant[Symbol.asyncDispose]();
  expect(await veilAfter(page, "server ended", since)).toContain("数据中断");
  await context.close();
});

test("a box that answers but reads nothing draws the veil, and says that it is the readings", async () => {
  await using plant = await fakePlant("normal");
  const { page, context } = await visit(browser, { address: plant.server.address });
  plant.isBeating = false;
  expect(await veilAfter(page, "no readings")).toContain("没有新读数");
  plant.isBeating = true;
  await page.getByTestId("veil").waitFor({ state: "detached", timeout: 60_000 });
  await context.close();
});

test("a tab that was frozen for seven seconds soon shows the veil or fresh data, not old data as if it were new", async () => {
  await using plant = await fakePlant("normal");
  const { page, context } = await visit(browser, { address: plant.server.address });
  interface Painted {
    readonly afterMs: number;
    readonly isVeiled: boolean;
    readonly ageMs: number;
  }
  const painted = await page.evaluate<Painted[]>(`new Promise((done) => {
    const frozen = performance.now() + 7_000;
    while (performance.now() < frozen);
    const painted = [];
    const look = () => {
      const shown = document.querySelector(".clock").textContent.trim().replace(" ", "T");
      painted.push({
        afterMs: performance.now() - frozen,
        isVeiled: document.querySelector("[data-testid=veil]") !== null,
        ageMs: Date.now() - new Date(shown + "+08:00").getTime(),
      });
      if (performance.now() > frozen + 6_000) done(painted);
      else requestAnimationFrame(() => setTimeout(look, 0));
    };
    // The first breath after the freeze belongs to the page.
    setTimeout(look, 250);
  })`);
  expect(painted.length).toBeGreaterThan(10);
  expect(painted.filter((one) => !one.isVeiled && one.ageMs > 6_500)).toEqual([]);
  expect(painted.at(-1)).toMatchObject({ isVeiled: false });
  await context.close();
});
