/** A real headless Chromium for tests of the page: one browser per test file, one context per person. */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Role } from "../../agent/page/protocol/access.ts";
import type { Lang } from "../../config/words/bilingual.ts";
import { password } from "../pageServer/harness.ts";

export const views = [
  "overview",
  "alarms",
  "alarms/held",
  "alarms/history",
  "trends",
  "cameras",
  "report",
  "system",
  "inspection",
  "users",
] as const;
export const langs: readonly Lang[] = ["zh", "en"];

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything that must not happen on any view: foreign hosts, CSP violations, exceptions. */
  readonly faults: string[];
}

interface VisitOptions {
  readonly address: string;
  /** Null: nobody logs in. */
  readonly role?: Role | null;
  readonly lang?: Lang;
  readonly width?: number;
  readonly height?: number;
  /** The browser's own wall clock stands still at this moment. */
  readonly fixedMs?: number;
  /** Runs in the page before anything else. */
  readonly initScript?: string;
}

/** The browser that the set-up installed. */
export async function launch(): Promise<Browser> {
  const executablePath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((dir) => join(dir, "chromium"))
    .find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error("no chromium: run node test/tools/setup.ts");
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** A new person at a new browser: logs in over the API and opens the overview. */
export async function visit(browser: Browser, options: VisitOptions): Promise<Visit> {
  const { address, role = "admin", lang = "zh", width = 1920, height = 1080 } = options;
  const origin = new URL(address).origin;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
  });
  const faults: string[] = [];
  await context.exposeFunction("cspFault", (what: string) => faults.push(`CSP: ${what}`));
  await context.addInitScript(
    `if (!localStorage.getItem("hazgate.lang")) localStorage.setItem("hazgate.lang", ${JSON.stringify(lang)});
     addEventListener("securitypolicyviolation", (e) => cspFault(e.violatedDirective + " " + e.blockedURI));`,
  );
  if (options.initScript !== undefined) await context.addInitScript(options.initScript);
  await context.route("**/*", async (route) => {
    const url = route.request().url();
    if (new URL(url).origin === origin || /^(data|blob):/.test(url)) return await route.continue();
    faults.push(`foreign host: ${url}`);
    return await route.abort();
  });
  if (role !== null) {
    const answer = await context.request.post(`${origin}/api/login`, {
      data: { name: role, password },
      headers: { origin },
    });
    if (!answer.ok()) throw new Error(`login: ${answer.status()} ${await answer.text()}`);
  }
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) faults.push(`socket: ${socket.url()}`);
  });
  if (options.fixedMs !== undefined) await page.clock.setFixedTime(options.fixedMs);
  await page.goto(`${origin}/`);
  if (role !== null) await page.waitForSelector("main .view");
  return { page, context, faults };
}

/** Opens a view by its address, and waits until it has drawn what it asks for. */
export async function open(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${view}`)}`);
  // Asked again and again from here: the page's content policy forbids a predicate given as text.
  // A view that goes on saying that it loads is looked at as it is.
  for (let tries = 0; tries < 40; tries += 1) {
    if (await page.evaluate<boolean>(isDrawn)) break;
    await page.waitForTimeout(50);
  }
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
}

const isDrawn = `(() => {
  const main = document.querySelector("main");
  return main !== null && main.children.length > 0 && !/正在读取|Loading…/.test(main.innerText);
})()`;
