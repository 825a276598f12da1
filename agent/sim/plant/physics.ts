/**
 * How the tank farm goes on: one step of plant time, state in, state out. Pure.
 * All lags are exact exponentials, so that a step of any length stays within physical bounds.
 */

import { uniform, wander } from "./seeded.ts";
import { type Job, type TankSpec, tankFarm } from "./tankFarm.ts";

export interface TankState {
  readonly levelMm: number;
  /** Change of level, mm per s of plant time; 0 while idle. */
  readonly mmPerS: number;
  readonly temperatureC: number;
  /** Gauge. */
  readonly pressureKpa: number;
  /** Vapour around the tank as the nearest detector would finally show it, %LEL. */
  readonly cloudLel: number;
  /** What the detectors have got of it by now. */
  readonly combustibleLel: number;
  readonly toxicMgM3: number;
  readonly job: Job;
  /** When the job began, s of plant time. */
  readonly jobSinceS: number;
  readonly jobsDone: number;
}

export interface PlantState {
  /** Seconds of plant time since the start; the plant's first day starts at 08:00. */
  readonly timeS: number;
  readonly tanks: readonly TankState[];
  /** Loaded into trucks since the start, m3. */
  readonly loadedM3: number;
  readonly loadingM3PerH: number;
  readonly pumpKpa: number;
  /** Waste-water sump, mm; its pump starts at 1500 and stops at 300. */
  readonly sumpMm: number;
  readonly isSumpPumpOn: boolean;
  readonly airC: number;
  readonly windMPerS: number;
}

/** A leak that shows 1 %LEL at the nearest detector costs so much level, in mm a second. */
const leakMmPerSPerLel = 0.5 / 80;

/** What people or scenarios do to the plant during a step. */
export interface Disturbances {
  /** Tanks whose fill valve does not close, with the rate in mm/s. */
  readonly overfills: ReadonlyMap<string, number>;
  /** Tanks with a leak, with the %LEL that it leads to at the nearest detector. */
  readonly leaks: ReadonlyMap<string, number>;
}

const dayS = 86_400;
const startOfDayS = 8 * 3600;
const cloudClearsS = 170;
const detectorS = 12;
const puffS = 25;
const puffSlotS = 3600;
const fillsThatOvershoot = 0.12;
const sumpMmPerS = 0.6;
const channelOf = { job: 1, puff: 2, weather: 3, wind: 4, feed: 5 } as const;

export function firstState(seed: number): PlantState {
  const tanks = tankFarm.map((spec): TankState => {
    const temperatureC = airTemperature(seed, 0) + spec.warmerC;
    const levelMm = (spec.heightMm * spec.startPercent) / 100;
    return {
      levelMm,
      mmPerS: 0,
      temperatureC,
      pressureKpa: settledKpa(spec, { levelMm, mmPerS: 0, temperatureC }),
      cloudLel: 0,
      combustibleLel: 0,
      toxicMgM3: 0,
      job: spec.firstJobs[0] ?? { kind: "idle", forS: 600 },
      jobSinceS: 0,
      jobsDone: 0,
    };
  });
  return {
    timeS: 0,
    tanks,
    loadedM3: 0,
    loadingM3PerH: 0,
    pumpKpa: 0,
    sumpMm: 700,
    isSumpPumpOn: false,
    ...weather(seed, 0),
  };
}

/** @param stepS seconds of plant time, > 0. The same state, seed and disturbances give the same result. */
export function step(
  state: PlantState,
  options: { readonly seed: number; readonly stepS: number; readonly disturbances: Disturbances },
): PlantState {
  const { seed, stepS } = options;
  const timeS = state.timeS + stepS;
  const tanks = state.tanks.map((tank, index) => {
    const spec = tankFarm[index];
    return spec === undefined ? tank : stepTank(tank, { ...options, spec, index, timeS });
  });
  const loadingM3PerH = tanks.reduce((sum, tank, index) => sum + loadedPerH(tank, index), 0);
  const isSumpPumpOn = state.sumpMm > 1500 || (state.isSumpPumpOn && state.sumpMm > 300);
  const sumpRate = isSumpPumpOn ? -4 * sumpMmPerS : sumpMmPerS;
  return {
    timeS,
    tanks,
    loadingM3PerH,
    loadedM3: state.loadedM3 + (loadingM3PerH * stepS) / 3600,
    pumpKpa: follow(state.pumpKpa, loadingM3PerH > 0 ? 420 - 0.1 * loadingM3PerH : 15, stepS / 8),
    sumpMm: within(
      state.sumpMm + sumpRate * stepS * (1 + 0.3 * wander(seed, 77, timeS / 900)),
      0,
      2000,
    ),
    isSumpPumpOn,
    ...weather(seed, timeS),
  };
}

function weather(seed: number, timeS: number): Pick<PlantState, "airC" | "windMPerS"> {
  return {
    airC: airTemperature(seed, timeS),
    windMPerS: 4 + 3 * wander(seed, channelOf.wind, timeS / 300),
  };
}

interface TankStep {
  readonly spec: TankSpec;
  readonly index: number;
  readonly seed: number;
  readonly stepS: number;
  readonly timeS: number;
  readonly disturbances: Disturbances;
}

function stepTank(tank: TankState, at: TankStep): TankState {
  const { spec, stepS } = at;
  const overfill = at.disturbances.overfills.get(spec.id);
  const work =
    overfill === undefined
      ? pumping(tank, at)
      : { job: tank.job, jobSinceS: at.timeS, jobsDone: tank.jobsDone, mmPerS: overfill };
  const lostMmPerS = leakMmPerSPerLel * (at.disturbances.leaks.get(spec.id) ?? 0);
  const levelMm = within(tank.levelMm + (work.mmPerS - lostMmPerS) * stepS, 0, spec.heightMm);
  const temperatureC = within(nextTemperature(tank, { at, mmPerS: work.mmPerS, levelMm }), -40, 80);
  const target = settledKpa(spec, { levelMm, mmPerS: work.mmPerS, temperatureC });
  const cloudLel = nextCloud(tank, at, levelMm);
  const wind = wander(at.seed, channelOf.wind * 100 + at.index, at.timeS / 45);
  const seenLel = within(cloudLel * (1 + 0.12 * wind), 0, 100);
  const toxicMax = spec.toxic.oelMgM3 * 5;
  // 38 %LEL at the first detector goes with 1.15 times the exposure limit at the second.
  const seenMgM3 = within(
    (cloudLel / 38) * 1.15 * spec.toxic.oelMgM3 * (1 - 0.15 * wind),
    0,
    toxicMax,
  );
  return {
    levelMm,
    mmPerS: levelMm === tank.levelMm ? 0 : work.mmPerS,
    temperatureC,
    pressureKpa: within(follow(tank.pressureKpa, target, stepS / 40), -2, spec.pressureKpaMax),
    cloudLel,
    combustibleLel: follow(tank.combustibleLel, seenLel, stepS / detectorS),
    toxicMgM3: follow(tank.toxicMgM3, seenMgM3, stepS / (1.5 * detectorS)),
    job: work.job,
    jobSinceS: work.jobSinceS,
    jobsDone: work.jobsDone,
  };
}

/** What the pumps do in this step: go on with the job, or begin the next one. */
function pumping(
  tank: TankState,
  at: TankStep,
): Pick<TankState, "job" | "jobSinceS" | "jobsDone" | "mmPerS"> {
  const { job } = tank;
  const isDone =
    job.kind === "idle"
      ? at.timeS - tank.jobSinceS >= job.forS
      : job.kind === "fill"
        ? tank.levelMm >= (at.spec.heightMm * job.toPercent) / 100
        : tank.levelMm <= (at.spec.heightMm * job.toPercent) / 100;
  if (!isDone)
    return { job, jobSinceS: tank.jobSinceS, jobsDone: tank.jobsDone, mmPerS: rate(job) };
  const jobsDone = tank.jobsDone + 1;
  const next = at.spec.firstJobs[jobsDone] ?? chanceJob(tank, at, jobsDone);
  return { job: next, jobSinceS: at.timeS, jobsDone, mmPerS: rate(next) };
}

function rate(job: Job): number {
  if (job.kind === "idle") return 0;
  return job.kind === "fill" ? job.mmPerS : -job.mmPerS;
}

/** Rest after work, work after rest; the fire water is only topped up and tested. */
function chanceJob(tank: TankState, at: TankStep, jobsDone: number): Job {
  const draw = (which: number): number =>
    uniform(at.seed, channelOf.job * 1000 + at.index * 10 + which, jobsDone);
  const percent = (100 * tank.levelMm) / at.spec.heightMm;
  if (at.spec.pressure === "hydrostatic") {
    if (tank.job.kind !== "idle") return { kind: "idle", forS: 1800 + 3600 * draw(0) };
    return percent > 70
      ? { kind: "drain", toPercent: 66, mmPerS: 1 }
      : { kind: "fill", toPercent: 74, mmPerS: 1 };
  }
  // A tank above its high limit is relieved soon; all others may rest longer.
  if (tank.job.kind !== "idle")
    return { kind: "idle", forS: percent > 79 ? 120 : 240 + 1500 * draw(0) };
  if (percent > 50) return { kind: "drain", toPercent: 22 + 20 * draw(1), mmPerS: 2 + 2 * draw(2) };
  const top = draw(3) < fillsThatOvershoot ? 81.5 : 62 + 14 * draw(1);
  return { kind: "fill", toPercent: top, mmPerS: 2 + 2 * draw(2) };
}

function nextTemperature(
  tank: TankState,
  { at, mmPerS, levelMm }: { at: TankStep; mmPerS: number; levelMm: number },
): number {
  const air = airTemperature(at.seed, at.timeS) + at.spec.warmerC;
  const fillShare = 0.3 + (0.7 * levelMm) / at.spec.heightMm;
  const relaxed = follow(tank.temperatureC, air, at.stepS / (at.spec.slownessH * 3600 * fillShare));
  if (mmPerS <= 0) return relaxed;
  const feedC =
    24 + at.spec.warmerC + 4 * wander(at.seed, channelOf.feed * 100 + at.index, tank.jobsDone);
  const incoming = (mmPerS * at.stepS) / Math.max(levelMm, 200);
  return follow(relaxed, feedC, incoming);
}

/** Air temperature: warmest at 15:00, coldest at 03:00, no two days alike. */
function airTemperature(seed: number, timeS: number): number {
  const hourOfDay = ((startOfDayS + timeS) % dayS) / 3600;
  const daily = 6 * Math.cos(((hourOfDay - 15) / 24) * 2 * Math.PI);
  return 22 + daily + 5 * wander(seed, channelOf.weather, timeS / (2 * dayS));
}

/** The pressure that the tank settles at, kPa gauge. */
function settledKpa(
  spec: TankSpec,
  now: Pick<TankState, "levelMm" | "mmPerS" | "temperatureC">,
): number {
  switch (spec.pressure) {
    case "blanketed": {
      // Nitrogen blanket: filling compresses it, draining and cold let it down; breathing valves bound it.
      const movement = 0.12 * now.mmPerS;
      return within(1 + movement + 0.03 * (now.temperatureC - 20), -0.4, 3.5);
    }
    case "liquefied-ammonia": {
      // Antoine equation of ammonia (bar, K), then gauge; a fuller sphere sits slightly higher.
      const kelvin = now.temperatureC + 273.15;
      const bar = 10 ** (4.86886 - 1113.928 / (kelvin - 10.409));
      return bar * 100 - 101.3 + (8 * now.levelMm) / spec.heightMm;
    }
    case "hydrostatic":
      return 9.81e-3 * now.levelMm;
  }
}

function nextCloud(tank: TankState, at: TankStep, levelMm: number): number {
  const leak = at.disturbances.leaks.get(at.spec.id) ?? 0;
  const spill = levelMm >= 0.99 * at.spec.heightMm && at.spec.medium !== "水" ? 60 : 0;
  const source = Math.max(leak, spill);
  // A lasting source builds its cloud faster than the wind clears what is left of it.
  if (source > tank.cloudLel) return follow(tank.cloudLel, source, at.stepS / 30);
  const cleared = follow(tank.cloudLel, source, at.stepS / cloudClearsS);
  return within(cleared + (puffLel(at) * at.stepS) / puffS, 0, 100);
}

/** The sampling puffs: %LEL added by the puff that is going on, 0 outside one. */
function puffLel(at: TankStep): number {
  const { spec, timeS } = at;
  const first = spec.firstPuffS;
  if (first !== null && timeS > first && timeS <= first + puffS) return 42;
  const slot = Math.floor(timeS / puffSlotS);
  const channel = channelOf.puff * 100 + at.index;
  // The first hour is the scripted one; later about one puff in eight hours at each tank.
  if (slot < 1 || uniform(at.seed, channel, slot * 3) > 1 / 8) return 0;
  const beginS = slot * puffSlotS + uniform(at.seed, channel, slot * 3 + 1) * (puffSlotS - puffS);
  if (timeS <= beginS || timeS > beginS + puffS) return 0;
  return 12 + 32 * uniform(at.seed, channel, slot * 3 + 2);
}

function loadedPerH(tank: TankState, index: number): number {
  const spec = tankFarm[index];
  if (spec === undefined || spec.pressure === "hydrostatic" || tank.mmPerS >= 0) return 0;
  return (-tank.mmPerS * 3600 * spec.capacityM3) / spec.heightMm;
}

/** Exponential approach of `from` to `to` in `share` time constants; never overshoots. */
function follow(from: number, to: number, share: number): number {
  return to + (from - to) * Math.exp(-share);
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
