/** The first picture: little is fetched for it, and it waits for nothing that may be slow. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, visit } from "./browser.ts";
import { fakePlant } from "./fakePlant.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => await browser?.close());

const built = new URL("../../agent/page/built", import.meta.url).pathname;

test("all of the page's code and style is under 120 kB when compressed", () => {
  const files = readdirSync(built, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(js|css|html)$/.test(name),
  );
  expect(files.length).toBeGreaterThan(3);
  const bytes = files.map((name) => gzipSync(readFileSync(join(built, name))).length);
  const sum = bytes.reduce((total, one) => total + one, 0);
  console.log(`${files.length} files, ${sum} bytes compressed`);
  expect(sum).toBeLessThan(120_000);
});

test("the tanks are drawn after a few requests, while the history has not answered and the trends' code was not fetched", async () => {
  await using plant = await fakePlant("alarm");
  const hanging = Promise.withResolvers<never>();
  hanging.promise.catch(() => {});
  plant.sources.queries.trend = () => hanging.promise;
  const { page, context } = await visit(browser, { address: plant.server.address });
  await page.waitForSelector("main .tile .value");
  const fetched = await page.evaluate<string[]>(
    `performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname)`,
  );
  console.log(fetched.join(" "));
  expect(fetched.length).toBeLessThan(16);
  expect(fetched.filter((path) => /trendChart|trends-|users-/.test(path))).toEqual([]);
  expect(fetched.filter((path) => /history|report|system|inspection|audit/.test(path))).toEqual([]);
  hanging.reject(new Error("the test is over"));
  await context.close();
});
