/** What each bus and unit did since the start, beside what the bus promises: for the engineer at the box. */

import type { Site } from "../config/site.ts";
import type { Instant } from "../config/words/time.ts";
import type { DeviceStats, Spread } from "./acquire/lineStats.ts";
import type { Agent, AgentBus } from "./agent.ts";
import { type BusBudget, siteBudget } from "./busBudget.ts";

/** Stable: `hazgate bus stats --json` prints it. */
export interface BusFigures {
  readonly bus: string;
  readonly isDown: boolean;
  readonly fault: string | null;
  /** Share of the last whole minute; null in the first. */
  readonly utilisation: number | null;
  readonly jitter: Spread | null;
  /** Due times that passed unasked because the line was busy. */
  readonly missed: number;
  /** Age of a value when it is judged, at worst: seen since the start, and promised with all units well. */
  readonly worstAgeMs: number;
  readonly promisedAgeMs: number | null;
  readonly devices: readonly DeviceFigures[];
}

export interface DeviceFigures {
  readonly device: string;
  readonly unit: number;
  readonly health: string;
  readonly asked: number;
  readonly good: number;
  readonly timeouts: number;
  readonly damaged: number;
  readonly mismatched: number;
  readonly exceptions: DeviceStats["exceptions"];
  readonly latency: Spread | null;
  /** Wall time, ms since 1970; null: never since the start. */
  readonly lastGoodAtMs: number | null;
  readonly lastError: string;
}

export function busFigures(
  agent: Pick<Agent, "buses" | "list">,
  site: Site,
  now: Instant,
): readonly BusFigures[] {
  const budgets = siteBudget(site);
  const units = new Map(agent.list.devices.map(({ id, settings }) => [id, settings.unit]));
  return agent.buses.map((one) => {
    const { utilisation, jitter, devices, worstAgesMs } = one.loop.stats();
    return {
      bus: one.id,
      isDown: one.loop.isLineDown,
      fault: one.loop.fault,
      ...{ utilisation, jitter, missed: one.loop.missed },
      worstAgeMs: Math.max(0, ...worstAgesMs),
      promisedAgeMs: promisedMs(budgets, one),
      devices: [...one.loop.counters].map(([device, counters], i) => {
        const { asked, good, timeouts, health, lastError, lastGoodMs } = counters;
        const { latency = null, exceptions = {}, damaged = 0, mismatched = 0 } = devices[i] ?? {};
        const ageMs = lastGoodMs === null ? null : now.monotonicMs - lastGoodMs;
        return {
          ...{ device, unit: units.get(device) ?? 0, health, asked, good, timeouts },
          ...{ damaged, mismatched, exceptions, latency, lastError },
          lastGoodAtMs: ageMs === null ? null : Math.round(now.wallMs - ageMs),
        };
      }),
    };
  });
}

function promisedMs(budgets: readonly BusBudget[], { id }: AgentBus): number | null {
  const budget = budgets.find((one) => one.id === id);
  const worst = Math.max(0, ...(budget?.questions ?? []).map(({ age }) => age.wellMs));
  return budget === undefined || !Number.isFinite(worst) ? null : Math.ceil(worst);
}
