/** Our line as a process: driver, schedule, back-off, silence; no limits, no journal, no uplink. */

import { openField } from "../../../agent/field.ts";
import { listPoints } from "../../../agent/pointList.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import { siteSchema } from "../../../config/site.ts";
import { settingsOf } from "../measure/child.ts";
import { runOwnLoops } from "../measure/ownLoops.ts";
import { type MasterCounts, type MasterSettings, wordOf } from "./lineShape.ts";

const { link, baud, units, registers, timeoutMs, everyMs } = settingsOf<MasterSettings>();
/** The shortest period a site file can name: less than any read takes. */
const freeRunningMs = 10;
const every = `${everyMs === 0 ? freeRunningMs : everyMs}ms`;

const devices = units.map((unit) => [`u${unit}`, { bus: "line", unit }] as const);
const points = units.flatMap((unit) =>
  Array.from({ length: registers }, (_, address) => {
    const register = { table: "holding", address, type: "uint16" };
    const settings = { device: `u${unit}`, register, kind: "other", range: [0, 65_535], every };
    return [`p${unit}-${address}`, settings] as const;
  }),
);
const site = siteSchema.parse({
  site: { id: "bench", name: "bench" },
  buses: { line: { type: "modbus-rtu", port: link, baud, timeout: `${timeoutMs}ms` } },
  devices: Object.fromEntries(devices),
  points: Object.fromEntries(points),
});
const clock = createRealClock();
const list = listPoints(site);
const field = openField({ site, list, clock, random: Math.random });
const expected = list.points.map(({ id }) => {
  const [unit, address] = id.slice(1).split("-").map(Number);
  return wordOf(unit ?? 0, address ?? 0);
});
const counts = { good: 0, wrong: 0, failed: 0 } satisfies MasterCounts;

runOwnLoops({ field, clock }, counts, (block) => {
  const isRight = (position: number, i: number): boolean =>
    block.qualities[i] === 0 && block.values[i] === expected[position];
  if ([...block.points].every(isRight)) counts.good += 1;
  else counts.wrong += 1;
});
