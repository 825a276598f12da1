/** Our polling path alone, as a process: lines, drivers, schedule, scaling; no limits, no journal, no uplink. */

import { openField } from "../../../agent/field.ts";
import { listPoints } from "../../../agent/pointList.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import type { ReadingBlock } from "../../../agent/records.ts";
import { loadIndexOf } from "../../../agent/sim/plant/loadSite.ts";
import { identityOf } from "../../../agent/sim/plant/telltale.ts";
import { siteSchema } from "../../../config/site.ts";
import { settingsOf } from "../measure/child.ts";
import { runOwnLoops } from "../measure/ownLoops.ts";
import { isRight, machineMs, tickAt } from "./fieldShape.ts";
import { type PolledPlant, polledSite } from "./polledSite.ts";

const plant = settingsOf<PolledPlant>();
const site = siteSchema.parse(polledSite(plant));
const clock = createRealClock();
const list = listPoints(site);
const field = openField({ site, list, clock, random: Math.random });
const identities = list.points.map((point) => identityOf(loadIndexOf(point.id)));
const newest = new Float64Array(list.points.length);
const counts = { checked: 0, wrong: 0, failed: 0 };

function take({ points, values, qualities }: ReadingBlock): void {
  const tick = tickAt(machineMs(), plant.originMs);
  for (let i = 0; i < points.length; i += 1) {
    const position = points[i] ?? 0;
    const value = values[i] ?? Number.NaN;
    newest[position] = value;
    if (qualities[i] !== 0 || !isRight(value, identities[position] ?? -1, tick)) counts.wrong += 1;
  }
  counts.checked += points.length;
}

runOwnLoops({ field, clock }, counts, take);
