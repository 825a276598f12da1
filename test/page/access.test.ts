/** axe-core with the WCAG 2.2 AA rules over every view, in both languages, normal, alarm, flood and offline. */

import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "../fakes/tcpProxy.ts";
import { langs, launch, open, views, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const stop: (() => Promise<void>)[] = [];
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  for (const one of stop.reverse()) await one();
  await browser?.close();
});

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Through the debugger, which the page's own content policy does not bind. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`if (!window.axe) { ${axe.source} }`);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ["violations"] }).then((r) => r.violations)`,
  )) as Violation[];
  return found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.length} x ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`,
  );
}

async function walk(page: Page): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const view of [...views, "tank/V-101"]) {
    await open(page, view);
    const some = await violations(page);
    if (some.length > 0) found[view] = some;
  }
  return found;
}

describe.each(langs)("in %s", (lang) => {
  test.each(["normal", "alarm", "flood"] as const)(
    "no view breaks a rule while the plant is in %s",
    async (state) => {
      await using plant = await fakePlant(state);
      const { page, context, faults } = await visit(browser, {
        ...{ address: plant.server.address, lang },
      });
      expect(await walk(page)).toEqual({});
      expect(faults).toEqual([]);
      await context.close();
    },
    60_000,
  );

  test("no view breaks a rule under the veil, when the box is out of reach", async () => {
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

  test("the login, its refusal and the dialogs break no rule", async () => {
    await using plant = await fakePlant("alarm");
    const nobody = await visit(browser, { address: plant.server.address, role: null, lang });
    await nobody.page.locator("input[type=password]").waitFor();
    expect(await violations(nobody.page)).toEqual([]);
    await nobody.page.locator("input").first().fill("officer");
    await nobody.page.locator("input[type=password]").fill("wrong");
    await nobody.page.keyboard.press("Enter");
    await nobody.page.getByRole("alert").first().waitFor();
    expect(await violations(nobody.page)).toEqual([]);
    // A planted fault is found: the run above looks, and does not only pass.
    await nobody.page.evaluate(`document.body.append(new Image())`);
    expect(await violations(nobody.page)).not.toEqual([]);
    await nobody.context.close();
    const { page, context } = await visit(browser, { address: plant.server.address, lang });
    await open(page, "alarms");
    await page.locator("input[data-key]").first().focus();
    await page.keyboard.press("a");
    await page.locator("dialog[open]").waitFor();
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
});
