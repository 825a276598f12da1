/** The page's server over a plant that does not exist, in the states that people may meet. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlarmView } from "../../agent/page/protocol/alarms.ts";
import type { SystemView } from "../../agent/page/protocol/system.ts";
import { type PageServer, startPage } from "../../agent/page/server/page.ts";
import { createPasswords } from "../../agent/page/server/passwords.ts";
import { openUsers } from "../../agent/page/server/users.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { page } from "../../config/shape/page.ts";
import type { Priority } from "../../config/words/alarms.ts";
import { type Clock, wallMs } from "../../config/words/time.ts";
import { createFakePageSources, type FakePageSources } from "../fakes/fakePageSources.ts";
import { password } from "../pageServer/harness.ts";

type PlantState = "normal" | "alarm" | "flood";

export interface FakePlant extends AsyncDisposable {
  readonly server: PageServer;
  readonly sources: FakePageSources;
  /** False: no value moves any more; the box goes on. */
  isBeating: boolean;
}

const beatEveryMs = 500;
const floodAlarms = 40;
const well = { state: "well", zh: "正常", en: "well" } as const;
const allWell = { sensors: well, cameras: well, upload: well, clock: well, disk: well, self: well };

/** A clock whose wall time stands still, so that pictures are the same each time. */
export function standingClock(atMs: number): Clock {
  const real = createRealClock();
  return { ...real, now: () => ({ ...real.now(), wallMs: wallMs(atMs) }) };
}

export async function fakePlant(
  state: PlantState,
  options: { readonly clock?: Clock } = {},
): Promise<FakePlant> {
  const real = createRealClock();
  const clock = options.clock ?? real;
  const dataDir = await mkdtemp(join(tmpdir(), "hazgate-page-"));
  const users = await openUsers(dataDir);
  if (!users.ok) throw new Error(users.error);
  const hashed = (await createPasswords().hash(password)) ?? "";
  for (const role of ["viewer", "officer", "admin"] as const) {
    await users.value.add({ name: role, role, password: hashed, nowMs: clock.now().wallMs });
  }
  const sources = sourcesOf(state, clock);
  const started = await startPage({
    settings: page.parse({ listen: "127.0.0.1:0" }),
    ...{ dataDir, sources, clock, log: { info: () => {}, warn: () => {} } },
  });
  if (!started.ok) throw new Error(started.error);
  const ending = new AbortController();
  const plant: FakePlant = {
    server: started.value,
    sources,
    isBeating: true,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await beating;
      await started.value[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  const beating = beat();
  return plant;

  async function beat(): Promise<void> {
    while (!ending.signal.aborted) {
      if (plant.isBeating && options.clock === undefined) sources.beat(clock.now());
      await real.sleep(beatEveryMs, ending.signal);
    }
  }
}

function sourcesOf(state: PlantState, clock: Clock): FakePageSources {
  const now = () => clock.now();
  if (state === "alarm") return createFakePageSources({ now });
  // Two tanks: the odd qualities of the fake plant lie in later ones.
  if (state === "normal") {
    const sources = createFakePageSources({ now, tanks: 2, alarms: [] });
    const box = (): ReturnType<FakePageSources["box"]> => ({ ...sources.box(), lamps: allWell });
    const system = async (): Promise<SystemView> => wellSystem(await sources.queries.system());
    return { ...sources, box, queries: { ...sources.queries, system } };
  }
  const model = createFakePageSources({ now }).alarms.now()[1];
  if (model === undefined) throw new Error("the fake plant has no alarms");
  const { site } = createFakePageSources({ now });
  const alarms = Array.from({ length: floodAlarms }, (_, i) => flooded(model, i, site.points));
  const sources = createFakePageSources({ now, alarms });
  const flood = { isOn: true, inTenMinutes: floodAlarms, sinceMs: now().wallMs - 300_000 };
  return { ...sources, box: () => ({ ...sources.box(), flood }) };
}

function wellSystem(system: SystemView): SystemView {
  const days = system.online.days.map((day) => ({
    ...{ ...day, boxPercent: 100, pointsPercent: 100, dropOuts: 0 },
  }));
  const buses = system.buses.map((bus) => ({
    ...{ ...bus, missed: 0 },
    devices: bus.devices.map((device) => ({ ...device, health: "up", failures: 0 })),
  }));
  const online = { ...system.online, boxPercent: 100, boxDropOuts: 0, pointsPercent: 100, days };
  const account = { ...system.journal.account, declaredLost: 0, stored: 200_000 };
  return { ...system, unjudged: [], buses, online, journal: { ...system.journal, account } };
}

function flooded(
  model: AlarmView,
  i: number,
  points: FakePageSources["site"]["points"],
): AlarmView {
  const point = points[i % points.length];
  const type = i < points.length ? "HH" : "H";
  const source = point?.tag ?? "";
  return {
    ...model,
    ...{ key: `${type} ${source}`, source, type, name: point?.name ?? null },
    tank: point?.tank ?? null,
    alarmId: `01FLOOD${String(i).padStart(19, "0")}`,
    priority: (1 + (i % 4)) as Priority,
    isFirstOut: i < 8,
    sinceMs: model.sinceMs + i * 1_000,
    raisedMs: model.raisedMs + i * 1_000,
  };
}
