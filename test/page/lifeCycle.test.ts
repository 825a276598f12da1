/** The life of alarms as an officer lives it: the simulated plant makes them, the page shows what the journal has. */

import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditLog } from "../../agent/commands/auditLog.ts";
import type { AlarmHistory } from "../../agent/page/protocol/alarms.ts";
import type { ShiftReport } from "../../agent/page/protocol/history.ts";
import { until } from "../soak/processes.ts";
import { launch, open, type Visit, visit } from "./browser.ts";
import { type RealPlant, realPlant } from "./realPlant.ts";

let browser: Browser;
let box: RealPlant;
let officer: Visit;

beforeAll(async () => {
  browser = await launch();
  box = await realPlant();
  await until("first values", () => box.agent.live.withNumber === box.agent.list.points.length);
  officer = await visit(browser, { address: box.address, role: "officer" });
});

afterAll(async () => {
  await officer?.context.close();
  await browser?.close();
  await box?.[Symbol.asyncDispose]();
});

const rowOf = (page: Page, key: string): Locator =>
  page.locator("tr", { has: page.locator(`input[data-key="${key}"]`) });

const journalHas = (key: string, event: string): boolean =>
  box.journalAlarms().some((one) => {
    const { type, source } = one.event;
    return `${type} ${source}` === key && one.event.event === event;
  });

/** Presses the act's button of the table for one alarm, and confirms with a reason. */
async function act(page: Page, key: string, words: { act: string; reason: string }): Promise<void> {
  await page.locator(`input[data-key="${key}"]`).check();
  await page.locator(".act-bar").getByRole("button", { name: words.act }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByRole("button", { name: words.reason, exact: true }).click();
  const strong = dialog.locator(".dialog-feet").getByRole("button", { name: words.act });
  // The acknowledgement is done by the tap on the reason.
  if (words.act !== "确认") await strong.click();
  await dialog.waitFor({ state: "detached" });
}

test("a gas leak becomes a block with shape, letter and words; acknowledged with a reason; returned when it is over", async () => {
  const { page } = officer;
  const key = "GAS2 GD-101";
  box.plant.start("gas-leak", { target: "T-101", amount: 80 });
  await page.locator(".strip.level-1 .strip-type", { hasText: "气体高高报" }).waitFor({
    timeout: 60_000,
  });
  const strip = page.locator(".strip.level-1");
  expect(await strip.textContent()).toContain("GD-10");
  expect(await strip.locator("svg path.shape-1").count()).toBe(1);
  expect(await strip.locator("svg text").textContent()).toBe("红");
  expect(journalHas(key, "raise")).toBe(true);

  await open(page, "alarms");
  await rowOf(page, key).locator(".state", { hasText: "未确认" }).waitFor();
  await act(page, key, { act: "确认", reason: "已派人" });
  await rowOf(page, key)
    .locator(".state", { hasText: /^已确认$/ })
    .waitFor();
  expect(await rowOf(page, key).textContent()).toContain("officer: 已派人");
  const ack = box.journalAlarms().find(({ event }) => event.event === "ack")?.event;
  expect(ack).toMatchObject({ source: "GD-101", type: "GAS2" });
  expect(JSON.stringify(ack)).toContain("已派人");

  box.plant.stop("gas-leak");
  await rowOf(page, key).waitFor({ state: "detached", timeout: 90_000 });
  expect(journalHas(key, "return")).toBe(true);
});

test("an H alarm is shelved for a time and is held; an HH may not be shelved, and the box says why", async () => {
  const { page } = officer;
  box.plant.start("overfill", { target: "T-101", amount: 100 });
  await open(page, "alarms");
  await rowOf(page, "H LT-101").waitFor({ timeout: 60_000 });
  await act(page, "H LT-101", { act: "搁置", reason: "检修" });
  await rowOf(page, "H LT-101").waitFor({ state: "detached" });
  expect(journalHas("H LT-101", "shelve")).toBe(true);

  await rowOf(page, "HH LT-101").waitFor({ timeout: 60_000 });
  const csrf = await page.evaluate<string>(
    "fetch('/api/me').then((r) => r.json()).then((b) => b.me.csrf)",
  );
  const refused = await page.evaluate<{
    status: number;
    body: { refused: { zh: string; en: string }[] };
  }>(
    `fetch("/api/alarms/act", { method: "POST",
       headers: { "content-type": "application/json", "x-hazgate-csrf": ${JSON.stringify(csrf)} },
       body: JSON.stringify({ do: "shelve", alarms: [{ source: "LT-101", type: "HH" }], reason: "检修", note: "", forMs: 600000 }),
     }).then(async (r) => ({ status: r.status, body: await r.json() }))`,
  );
  expect(refused.status).toBe(200);
  expect(refused.body.refused[0]?.zh).toMatch(/搁置/);
  expect(refused.body.refused[0]?.en).toMatch(/shel/i);
  expect(journalHas("HH LT-101", "shelve")).toBe(false);

  await act(page, "HH LT-101", { act: "停用", reason: "标定" });
  await rowOf(page, "HH LT-101").waitFor({ state: "detached" });
  await expectHeld(page);
});

test("a restart of the agent keeps what was acknowledged, shelved and taken out of service", async () => {
  await officer.context.close();
  await box.restart();
  officer = await visit(browser, { address: box.address, role: "officer" });
  await expectHeld(officer.page);
});

async function expectHeld(page: Page): Promise<void> {
  await open(page, "alarms/held");
  for (const [key, state] of [
    ["H LT-101", "搁置"],
    ["HH LT-101", "停用"],
  ] as const) {
    const text = await rowOf(page, key).textContent();
    expect(text).toContain(state);
    expect(text).toMatch(/到 \d\d-\d\d \d\d:\d\d/);
  }
}

test("the rows of the shift report and of the history are the journal's alarm records, one for one", async () => {
  box.plant.stop("overfill");
  const { page } = officer;
  const toMs = Date.now();
  const ask = <T>(path: string): Promise<T> =>
    page.evaluate<T>(`fetch(${JSON.stringify(path)}).then((r) => r.json())`);
  const span = `from=${toMs - 3_600_000}&to=${toMs}`;
  const inJournal = box
    .journalAlarms()
    .filter(({ event }) => event.at.wallMs < toMs)
    .map(({ seq, event }) => `${seq} ${event.event} ${event.type} ${event.source}`);
  expect(inJournal.length).toBeGreaterThan(6);
  const texts = (lines: ShiftReport["lines"]): string[] =>
    lines
      .map(({ seq, event, type, source }) => ({ seq, text: `${seq} ${event} ${type} ${source}` }))
      .sort((a, b) => a.seq - b.seq)
      .map(({ text }) => text);
  const report = await ask<ShiftReport>(`/api/report/shift?${span}`);
  expect(texts(report.lines)).toEqual(inJournal);
  const history = await ask<AlarmHistory>(`/api/alarms/history?${span}&limit=500`);
  expect(texts(history.lines)).toEqual(inJournal);
});

test("what was done stands in the audit log, whose chain is whole; and nothing foreign was asked for", async () => {
  const outcome = await auditLog({ dataDir: box.dataDir, json: true, lang: "en" });
  expect(outcome.exitCode).toBe(0);
  const { lines } = JSON.parse(outcome.stdout) as { lines: number };
  expect(lines).toBeGreaterThanOrEqual(5);
  expect(officer.faults).toEqual([]);
  expect(box.plant.writeAttempts()).toBe(0);
});
