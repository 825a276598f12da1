/** The line's far end as a process of its own: slaves at the pace of the wire, and what they saw of the master. */

import { createRealClock } from "../../../agent/realClock.ts";
import { startSerialSlaves } from "../../../agent/sim/plant/serialSlaves.ts";
import { type Station, wellMood } from "../../../agent/sim/plant/wireFaults.ts";
import type { LineStats } from "../../../agent/sim/plant/wireStats.ts";
import { ok } from "../../../config/words/result.ts";
import { answer, settingsOf } from "../measure/child.ts";
import { type Stalls, watchStalls } from "../measure/machine.ts";
import { stallMs, wordOf } from "./lineShape.ts";

export interface WireSettings {
  readonly link: string;
  readonly baud: number;
  readonly units: readonly number[];
  /** Who still answers after the dying. */
  readonly living: readonly number[];
}

export interface WireReport {
  readonly stats: LineStats;
  readonly stalls: Stalls;
  readonly sinceResetMs: number;
}

const { link, baud, units, living } = settingsOf<WireSettings>();
const clock = createRealClock();
const slaves = startSerialSlaves({
  ...{ link, baud, clock, random: Math.random },
  stations: units.map(stationOf),
});
let hasDied = false;
let watch = watchStalls(stallMs);
let resetMs = clock.monotonicMs();

function stationOf(unit: number): Station {
  return {
    unit,
    turnaroundMs: 0,
    mood: () => ({ ...wellMood, isDead: hasDied && !living.includes(unit) }),
    slave: {
      registers: (_table, address, count) =>
        ok(Array.from({ length: count }, (_, i) => wordOf(unit, address + i))),
      bits: () => ok([]),
    },
  };
}

process.once("disconnect", () => process.exit(0));
answer({
  ready: () => true,
  die: () => {
    hasDied = true;
    return true;
  },
  reset() {
    slaves.resetStats();
    watch[Symbol.dispose]();
    watch = watchStalls(stallMs);
    resetMs = clock.monotonicMs();
    return true;
  },
  report: (): WireReport => ({
    stats: slaves.stats(),
    stalls: watch.stalls(),
    sinceResetMs: clock.monotonicMs() - resetMs,
  }),
});
