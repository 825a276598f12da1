/** What a flood makes the page do: counted, not timed. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AlarmView } from "../../agent/page/protocol/alarms.ts";
import { sleep } from "../soak/processes.ts";
import { launch, open, visit } from "./browser.ts";
import { type FakePlant, fakePlant } from "./fakePlant.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => await browser?.close());

/** Counts, from now on, how often the table's body changes and in which rows. */
const countRows = `{
  window.rounds = 0;
  window.touched = new Set();
  new MutationObserver((all) => {
    window.rounds += 1;
    for (const { target } of all) {
      const row = (target.nodeType === 1 ? target : target.parentElement)?.closest("tr");
      const key = row?.querySelector("input[data-key]")?.dataset.key;
      if (key !== undefined) window.touched.add(key);
    }
  }).observe(document.querySelector(".alarm-table tbody"),
    { childList: true, subtree: true, characterData: true, attributes: true });
}`;

/** Key and state of each row, in the order of keys. */
async function rowsOf(page: Page): Promise<string[]> {
  const rows = await page.evaluate<string[]>(
    `[...document.querySelectorAll(".alarm-table tbody tr")].map((row) =>
      row.querySelector("input[data-key]").dataset.key + " " + row.querySelector(".state").textContent)`,
  );
  return rows.sort();
}

const stateWord: Partial<Record<AlarmView["state"], string>> = {
  unacked: "未确认",
  acked: "已确认",
};

function rowsToldOf({ sources }: FakePlant): string[] {
  return sources.alarms
    .now()
    .filter(({ state }) => state in stateWord)
    .map(({ key, state }) => `${key} ${stateWord[state] ?? ""}`)
    .sort();
}

/** Each look tells the page of one alarm more, or one less, or one in another state. */
function change(plant: FakePlant, turn: number): void {
  const { sources } = plant;
  const standing = sources.alarms.now();
  const one = standing[turn % standing.length];
  const point = sources.site.points[turn % sources.site.points.length];
  if (one === undefined || point === undefined) return;
  const state = one.state === "unacked" ? "acked" : "unacked";
  if (turn % 3 === 0) sources.tell({ alarms: [{ ...one, state: "normal" }] });
  else if (turn % 3 === 1) sources.tell({ alarms: [{ ...one, state, acked: null }] });
  else {
    const key = `RATE ${point.tag}`;
    const { tag: source, name } = point;
    sources.tell({ alarms: [{ ...one, key, source, name, type: "RATE", state: "unacked" }] });
  }
}

test("a thousand changes draw the list a few times, and it ends as the box has it", async () => {
  await using plant = await fakePlant("flood");
  const { page, context, faults } = await visit(browser, { address: plant.server.address });
  await open(page, "alarms");
  await page.evaluate(countRows);
  const begunMs = performance.now();
  for (let turn = 0; turn < 1_000; turn += 1) {
    change(plant, turn);
    if (turn % 10 === 0) await sleep(20);
  }
  const rounds = await page.evaluate<number>("window.rounds");
  const tookS = (performance.now() - begunMs) / 1_000;
  console.log(`${rounds} rounds in ${tookS.toFixed(1)} s`);
  // Twice a second the list, once a second the ages.
  expect(rounds).toBeLessThan(6 + 4 * tookS);
  await expect.poll(() => rowsOf(page), { timeout: 60_000 }).toEqual(rowsToldOf(plant));
  expect(faults).toEqual([]);
  await context.close();
});

test("an alarm that changes is drawn anew, and no other row is touched", async () => {
  await using plant = await fakePlant("flood");
  const { page, context } = await visit(browser, { address: plant.server.address });
  await open(page, "alarms");
  const [one] = plant.sources.alarms.now();
  if (one === undefined) throw new Error("the flood has no alarms");
  // Of the rows themselves, not of the ages in them.
  await page.evaluate(countRows.replace("characterData: true, ", ""));
  plant.sources.tell({ alarms: [{ ...one, raises: one.raises + 7 }] });
  await expect
    .poll(async () => await page.evaluate<string[]>("[...window.touched]"))
    .toEqual([one.key]);
  await context.close();
});

test("the coloured block shows the worst alarm at once, while the list is still waiting", async () => {
  await using plant = await fakePlant("flood");
  const { page, context } = await visit(browser, { address: plant.server.address });
  await open(page, "alarms");
  await page.evaluate(
    `{ window.order = [];
       const note = (what) => { if (!window.order.includes(what)) window.order.push(what); };
       new MutationObserver(() => {
         if (document.querySelector(".strip-source b")?.textContent === "WORST-1") note("block");
         if (document.querySelector("input[data-key='HH WORST-1']") !== null) note("row");
       }).observe(document.body, { childList: true, subtree: true, characterData: true }); }`,
  );
  const [one] = plant.sources.alarms.now();
  if (one === undefined) throw new Error("the flood has no alarms");
  const worst: AlarmView = {
    ...{ ...one, key: "HH WORST-1", source: "WORST-1", type: "HH", priority: 1 },
    ...{ state: "unacked", isActive: true, raisedMs: one.raisedMs + 86_400_000 },
  };
  // The first is listed at once; what follows within half a second waits.
  plant.sources.tell({ alarms: [{ ...one, raises: 3 }] });
  plant.sources.tell({ alarms: [worst] });
  await expect.poll(() => page.evaluate("window.order")).toEqual(["block", "row"]);
  await context.close();
});

test("a trend whose range is changed ten times in a row is asked for once, when it rests", async () => {
  await using plant = await fakePlant("normal");
  const { page, context } = await visit(browser, { address: plant.server.address });
  await open(page, "trends");
  await page.waitForSelector(".trend-bar button");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/trend?")) asked.push(request.url());
  });
  await page.evaluate(
    `(async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        const buttons = [...document.querySelectorAll(".trend-bar .trend-group")][1].querySelectorAll("button");
        buttons[3].click();
        await new Promise((done) => setTimeout(done, 10));
      }
    })()`,
  );
  await expect.poll(() => asked.length, { timeout: 60_000 }).toBeGreaterThan(0);
  await sleep(500);
  expect(asked.length).toBeLessThan(3);
  await context.close();
});
