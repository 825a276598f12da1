/** Points whose `maxLatency` their line cannot keep, and what change would do it; lines too slow for their periods. Pure. */

import { busInFile, spreadConnections } from "../config/connections.ts";
import { error, type Finding, warning } from "../config/faults/fault.ts";
import type { Bus, Point, Site } from "../config/site.ts";
import { type BusBudget, busBudget, delayMs, siteBudget } from "./busBudget.ts";

export function budgetFindings(given: Site): readonly Finding[] {
  const site = spreadConnections(given);
  return siteBudget(site).flatMap((budget) => [
    ...periodFindings(budget),
    ...latencyFindings(site, budget),
  ]);
}

/** Worst time from a register's change to the alarm decision with the bus's `budget.dead` failing, in ms. */
export function decisionMs(budget: BusBudget, tag: string, point: Point): number {
  const question = budget.questions.find(({ planned }) => planned.points.some((id) => id === tag));
  if (question === undefined) return Number.POSITIVE_INFINITY;
  const { dyingMs } = question.age;
  return dyingMs + delayMs(point, dyingMs);
}

function periodFindings({ id, line }: BusBudget): readonly Finding[] {
  if (line.utilisation <= 1) return [];
  const percent = Math.round(line.utilisation * 100);
  const cycle = seconds(line.cycleMs);
  return [
    warning({
      code: "W108",
      path: ["buses", busInFile(id)],
      atKey: true,
      zh: `轮询周期做不到: 需要总线 "${id}" ${percent}% 的时间, 全部轮询一遍需 ${cycle}`,
      en: `the polling periods cannot be kept: they need ${percent} % of bus "${id}"; asking everything once takes ${cycle}`,
      fixZh: "加大 every, 提高波特率, 或把设备分到两条总线; 用 hazgate bus budget 查看",
      fixEn: "lengthen `every`, raise the baud rate, or use a second line; see hazgate bus budget",
    }),
  ];
}

function latencyFindings(site: Site, budget: BusBudget): readonly Finding[] {
  return Object.entries(site.points).flatMap(([tag, point]) => {
    const { maxLatency } = point;
    if (maxLatency === undefined || site.devices[point.device]?.bus !== budget.id) return [];
    const worstMs = decisionMs(budget, tag, point);
    if (worstMs <= maxLatency) return [];
    const { dead } = budget.bus.budget;
    const ways = sufficient(site, budget.id, tag);
    const none = {
      zh: "单独一项都不够: 同时缩短 every、提高波特率并分总线, 或加大 maxLatency",
      en: "no single change suffices: combine a shorter `every`, a higher baud rate and a second line, or raise maxLatency",
    };
    return [
      error({
        code: "E108",
        path: ["points", tag, "maxLatency"],
        zh: `最坏要 ${seconds(worstMs, "无法保证")} 才能判断报警 (${dead} 台设备失去应答时), 超过 ${seconds(maxLatency)}`,
        en: `at worst the alarm is decided after ${seconds(worstMs, "no bounded time")} (while ${dead} devices fall silent), more than ${seconds(maxLatency)}`,
        fixZh: ways.length === 0 ? none.zh : `任选其一: ${ways.map((way) => way.zh).join("; ")}`,
        fixEn: ways.length === 0 ? none.en : `one of: ${ways.map((way) => way.en).join("; ")}`,
      }),
    ];
  });
}

interface Way {
  readonly zh: string;
  readonly en: string;
  readonly site: Site;
}

const waysMax = 3;

/** The changes that alone suffice, the cheapest first. */
function sufficient(site: Site, id: string, tag: string): readonly Way[] {
  const point = site.points[tag];
  const bus = site.buses[id];
  if (point === undefined || bus === undefined) return [];
  const isEnough = (way: Way): boolean => {
    const changed = way.site.points[tag];
    const budget = busBudget(way.site, id);
    if (changed === undefined || budget === null) return false;
    return decisionMs(budget, tag, changed) <= (point.maxLatency ?? 0);
  };
  const kinds = [periods(site, tag, point), timeouts(site, id, bus), rates(site, id, bus)];
  const more = [grouped(site, point), secondLine(site, id, point), noDelay(site, tag, point)];
  return [...kinds, ...more].flatMap((ways) => ways.find(isEnough) ?? []).slice(0, waysMax);
}

function periods(site: Site, tag: string, point: Point): readonly Way[] {
  return [5_000, 2_000, 1_000, 500, 200, 100]
    .filter((every) => every < point.every)
    .map((every) => ({
      zh: `every: ${every}ms`,
      en: `every: ${every}ms`,
      site: { ...site, points: { ...site.points, [tag]: { ...point, every } } },
    }));
}

/** Own time-outs of devices stay: they are the slow ones. */
function timeouts(site: Site, id: string, bus: Bus): readonly Way[] {
  return [500, 300, 200, 100, 50]
    .filter((timeout) => timeout < bus.timeout && timeout >= 2 * bus.turnaround)
    .map((timeout) => ({
      zh: `总线 ${busInFile(id)} 的 timeout: ${timeout}ms`,
      en: `timeout: ${timeout}ms on bus ${busInFile(id)}`,
      site: { ...site, buses: { ...site.buses, [id]: { ...bus, timeout } } },
    }));
}

function rates(site: Site, id: string, bus: Bus): readonly Way[] {
  if (!("baud" in bus)) return [];
  return [9_600, 19_200, 38_400, 57_600, 115_200]
    .filter((baud) => baud > bus.baud)
    .map((baud) => ({
      zh: `总线 ${id} 的 baud: ${baud}`,
      en: `baud: ${baud} on bus ${id}`,
      site: { ...site, buses: { ...site.buses, [id]: { ...bus, baud } } },
    }));
}

/** More registers read along, so that fewer requests are needed. */
function grouped(site: Site, point: Point): readonly Way[] {
  const device = site.devices[point.device];
  if (device === undefined || device.maxGap >= 125) return [];
  return [32, 64, 125]
    .filter((maxGap) => maxGap > device.maxGap)
    .map((maxGap) => ({
      zh: `设备 ${point.device} 的 maxGap: ${maxGap}`,
      en: `maxGap: ${maxGap} on device ${point.device}`,
      site: { ...site, devices: { ...site.devices, [point.device]: { ...device, maxGap } } },
    }));
}

/** Every second of the other devices moves to a line of its own. */
function secondLine(site: Site, id: string, point: Point): readonly Way[] {
  const others = Object.keys(site.devices).filter(
    (device) => site.devices[device]?.bus === id && device !== point.device,
  );
  if (others.length === 0) return [];
  const moved = new Set(others.filter((_, i) => i % 2 === 0));
  const devices = Object.fromEntries(
    Object.entries(site.devices).map(([name, device]) => [
      name,
      moved.has(name) ? { ...device, bus: `${id}-2` } : device,
    ]),
  );
  return [
    {
      zh: `把 ${moved.size} 台设备移到第二条总线`,
      en: `move ${moved.size} of the devices to a second line`,
      site: { ...site, devices },
    },
  ];
}

function noDelay(site: Site, tag: string, point: Point): readonly Way[] {
  if (point.limits === undefined || delayMs(point, 0) === 0) return [];
  const { limits } = point;
  const entries = Object.entries(limits).map(([name, limit]) => [
    name,
    typeof limit === "object" && "onDelay" in limit ? { ...limit, onDelay: 0 } : limit,
  ]);
  const changed: Point = {
    ...point,
    limits: { ...limits, ...Object.fromEntries(entries), onDelay: 0 },
  };
  return [
    {
      zh: "onDelay: 0s",
      en: "onDelay: 0s",
      site: { ...site, points: { ...site.points, [tag]: changed } },
    },
  ];
}

function seconds(ms: number, endless = "∞"): string {
  return Number.isFinite(ms) ? `${Number((ms / 1000).toFixed(2))} s` : endless;
}
