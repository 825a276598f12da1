/**
 * A shift in minutes, in a real browser: the box's clock goes 240 times as fast, readings and heartbeats pass by the
 * thousand, alarms come and go, views are switched, the socket is cut and resumed. What the page holds must stay flat.
 */

import type { CDPSession, Page } from "playwright-core";
import type { AlarmView } from "../../agent/page/protocol/alarms.ts";
import type { Clock } from "../../config/words/time.ts";
import { startTcpProxy, type TcpProxy } from "../fakes/tcpProxy.ts";
import { sleep } from "../soak/processes.ts";
import { launch, open, visit } from "./browser.ts";
import { type FakePlant, fakePlant } from "./fakePlant.ts";
import { fastClock } from "./fastClock.ts";

export interface ShiftOptions {
  /** Of the box. */
  readonly hours: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** What the page holds after all garbage is collected, on the same view each time. */
export interface Held {
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

export interface Shift {
  readonly held: readonly Held[];
  readonly messages: number;
  readonly alarms: number;
  readonly views: number;
  readonly cuts: number;
  readonly faults: readonly string[];
}

const timesAsFast = 240;
const looks = 8;
/** Real time; with alarms that come or go once in half a minute of the box, and a view for a minute and a half. */
const stepMs = 5;
const alarmEveryMs = 125;
const viewEveryMs = 400;
const seen = ["overview", "alarms", "alarms/held", "tank/V-101", "alarms/history", "trends"];
const shown = [...seen, "report", "system", "inspection", "cameras"] as const;

export async function runShift({ hours, seed, say }: ShiftOptions): Promise<Shift> {
  const browser = await launch();
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  const clock = fastClock(timesAsFast);
  await using plant = await fakePlant("normal", { clock });
  await using proxy = await startTcpProxy({ port: plant.server.port });
  const { page, context, faults } = await visit(browser, {
    address: `http://127.0.0.1:${proxy.port}/`,
    role: "viewer",
    width: 1280,
    height: 800,
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  const counted = { messages: 0, alarms: 0, views: 0, cuts: 0 };
  page.on("websocket", (socket) => {
    socket.on("framereceived", () => {
      counted.messages += 1;
    });
  });
  const held: Held[] = [];
  const stretch = { plant, proxy, page, clock, counted, chance: chanceOf(seed) };
  const stretchMs = (hours * 3_600_000) / timesAsFast / looks;
  for (let look = 0; look < looks; look += 1) {
    await live(stretch, stretchMs);
    held.push(await heldBy(page, devtools));
    say(`shift: ${heldText(held.at(-1))} after ${((hours * (look + 1)) / looks).toFixed(2)} h`);
  }
  return { held, ...counted, faults: [...faults, ...growth(held)] };
}

interface Stretch {
  readonly plant: FakePlant;
  readonly proxy: TcpProxy;
  readonly page: Page;
  readonly clock: Clock;
  readonly counted: { messages: number; alarms: number; views: number; cuts: number };
  readonly chance: () => number;
}

async function live(stretch: Stretch, forMs: number): Promise<void> {
  const { plant, proxy, page, clock, counted } = stretch;
  const begunMs = performance.now();
  const due = { alarmMs: begunMs, viewMs: begunMs, cutMs: begunMs + forMs / 2 };
  for (let nowMs = begunMs; nowMs < begunMs + forMs; nowMs = performance.now()) {
    plant.sources.beat(clock.now());
    if (nowMs >= due.alarmMs) {
      due.alarmMs += alarmEveryMs;
      comeOrGo(stretch);
    }
    if (nowMs >= due.cutMs) {
      due.cutMs = Number.POSITIVE_INFINITY;
      proxy.resetAll();
      counted.cuts += 1;
    }
    if (nowMs >= due.viewMs) {
      due.viewMs += viewEveryMs;
      const view = shown[counted.views % shown.length] ?? "overview";
      await page.evaluate(`location.hash = ${JSON.stringify(`#/${view}`)}`);
      counted.views += 1;
    }
    await sleep(stepMs);
  }
  // A calm moment, so that each look meets the same picture.
  for (const alarm of plant.sources.alarms.now()) goes(plant, alarm);
}

/** An alarm of any point begins, or one that stands is over. */
function comeOrGo({ plant, clock, counted, chance }: Stretch): void {
  const { sources } = plant;
  const standing = sources.alarms.now();
  const nowMs = clock.now().wallMs;
  counted.alarms += 1;
  const leaving = standing[Math.floor(chance() * 40)];
  if (leaving !== undefined) {
    goes(plant, leaving);
    return;
  }
  const point = sources.site.points[Math.floor(chance() * sources.site.points.length)];
  if (point === undefined) return;
  const alarm: AlarmView = {
    ...{ key: `H ${point.tag}`, alarmId: `01SHIFT${String(counted.alarms).padStart(19, "0")}` },
    ...{ source: point.tag, name: point.name, tank: point.tank, type: "H", priority: 2 },
    ...{ state: "unacked", isActive: true, value: 81, limit: 80, unit: point.unit },
    ...{ quality: "good", reason: "H 80", sinceMs: nowMs, raisedMs: nowMs, returnedMs: null },
    ...{ raises: 1, acked: null, handled: null, shelved: null, outOfService: null },
    ...{ suppressedBy: null, isShelvable: true, isStored: true, advice: null },
    ...{ isFirstOut: false, isChattering: false, isStale: false },
  };
  sources.tell({ alarms: [alarm] });
}

function goes({ sources }: FakePlant, alarm: AlarmView): void {
  sources.tell({ alarms: [{ ...alarm, state: "normal", isActive: false }] });
}

async function heldBy(page: Page, devtools: CDPSession): Promise<Held> {
  await open(page, "overview");
  // What a collection frees may hold what the next one frees.
  for (let time = 0; time < 3; time += 1) await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const of = (name: string): number =>
    metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return { heapBytes: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}

/** The first looks are the warm-up: every view's code is loaded, half an hour of traces is full. */
const warmUpLooks = 2;
const heapBytesMax = 700_000;
const nodesMax = 400;
const listenersMax = 30;

/** Empty: flat. The least of some looks: what a look meets by chance can only be more. */
function growth(held: readonly Held[]): readonly string[] {
  const settled = held.slice(warmUpLooks);
  const half = Math.floor(settled.length / 2);
  const grew = (of: (one: Held) => number): number =>
    Math.min(...settled.slice(half).map(of)) - Math.min(...settled.slice(0, half).map(of));
  const said = (what: string, more: number, max: number): string[] =>
    more <= max ? [] : [`${what} grew by ${Math.round(more)} (at most ${max})`];
  return [
    ...said(
      "heap bytes",
      grew((one) => one.heapBytes),
      heapBytesMax,
    ),
    ...said(
      "DOM nodes",
      grew((one) => one.nodes),
      nodesMax,
    ),
    ...said(
      "listeners",
      grew((one) => one.listeners),
      listenersMax,
    ),
  ];
}

function heldText(held: Held | undefined): string {
  if (held === undefined) return "nothing";
  const { heapBytes, nodes, listeners } = held;
  return `${(heapBytes / 1e6).toFixed(2)} MB, ${nodes} nodes, ${listeners} listeners`;
}

/** The same numbers for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** For `npm run prove -- shift`: `count` hours. */
export async function proveShift(options: {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<{
  readonly figures: Readonly<Record<string, unknown>>;
  readonly faults: readonly string[];
}> {
  const { count: hours, seed, say } = options;
  const { faults, ...figures } = await runShift({ hours, seed, say });
  return { figures, faults };
}
