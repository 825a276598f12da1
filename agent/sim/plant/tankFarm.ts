/** The six tanks of the simulated plant: what is in them, how large they are, how they are worked. Pure. */

/** A text for people in both languages. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** How the pressure of a tank comes about. */
export type PressureModel = "blanketed" | "liquefied-ammonia" | "hydrostatic";

/** One job of the pumps. A rate is positive in mm of level per second of plant time. */
export type Job =
  | { readonly kind: "idle"; readonly forS: number }
  | { readonly kind: "fill"; readonly toPercent: number; readonly mmPerS: number }
  | { readonly kind: "drain"; readonly toPercent: number; readonly mmPerS: number };

export interface TankSpec {
  readonly id: string;
  readonly name: Words;
  readonly medium: string;
  readonly cas: string;
  readonly hazard: string | null;
  readonly capacityM3: number;
  /** Level at which the tank overflows. */
  readonly heightMm: number;
  readonly pressure: PressureModel;
  /** Full scale of the pressure instrument, kPa gauge. */
  readonly pressureKpaMax: number;
  readonly startPercent: number;
  /** How much warmer than the air the content settles, C. */
  readonly warmerC: number;
  /** Time in which the content follows the air by two thirds, h. */
  readonly slownessH: number;
  /** What the pumps do first after the start, before chance takes over: the scripted first minutes. */
  readonly firstJobs: readonly Job[];
  /** A small release during sampling or draining, in s of plant time after the start; null: none. */
  readonly firstPuffS: number | null;
  /** The gas that the second detector measures. */
  readonly toxic: { readonly name: Words; readonly formula: string; readonly oelMgM3: number };
  /** What the first detector stands next to; its gas is the medium's vapour. */
  readonly combustible: Words;
}

/** Where the H limit of every tank stands; ordinary fills stay below. */
export const highPercent = 80;

export const tankFarm: readonly TankSpec[] = [
  {
    id: "T-101",
    name: { zh: "1号苯储罐", en: "tank 1, benzene" },
    medium: "苯",
    cas: "71-43-2",
    hazard: "HZ-01",
    capacityM3: 2000,
    heightMm: 12_000,
    pressure: "blanketed",
    pressureKpaMax: 5,
    startPercent: 77.5,
    warmerC: 1,
    slownessH: 14,
    firstJobs: [
      { kind: "fill", toPercent: 81.5, mmPerS: 1 },
      { kind: "idle", forS: 150 },
      { kind: "drain", toPercent: 58, mmPerS: 2.5 },
    ],
    firstPuffS: null,
    toxic: { name: { zh: "苯", en: "benzene" }, formula: "C6H6", oelMgM3: 6 },
    combustible: { zh: "苯罐可燃气体", en: "combustible gas, benzene tank" },
  },
  {
    id: "T-102",
    name: { zh: "2号甲醇储罐", en: "tank 2, methanol" },
    medium: "甲醇",
    cas: "67-56-1",
    hazard: "HZ-01",
    capacityM3: 2000,
    heightMm: 12_000,
    pressure: "blanketed",
    pressureKpaMax: 5,
    startPercent: 64,
    warmerC: 0,
    slownessH: 12,
    firstJobs: [{ kind: "drain", toPercent: 31, mmPerS: 3.5 }],
    firstPuffS: null,
    toxic: { name: { zh: "甲醇", en: "methanol" }, formula: "CH3OH", oelMgM3: 25 },
    combustible: { zh: "甲醇罐可燃气体", en: "combustible gas, methanol tank" },
  },
  {
    id: "T-103",
    name: { zh: "3号甲苯储罐", en: "tank 3, toluene" },
    medium: "甲苯",
    cas: "108-88-3",
    hazard: "HZ-01",
    capacityM3: 1000,
    heightMm: 10_000,
    pressure: "blanketed",
    pressureKpaMax: 5,
    startPercent: 46,
    warmerC: 1,
    slownessH: 10,
    firstJobs: [{ kind: "idle", forS: 900 }],
    firstPuffS: 250,
    toxic: { name: { zh: "甲苯", en: "toluene" }, formula: "C7H8", oelMgM3: 50 },
    combustible: { zh: "甲苯罐可燃气体", en: "combustible gas, toluene tank" },
  },
  {
    id: "T-104",
    name: { zh: "4号丙烯腈储罐", en: "tank 4, acrylonitrile" },
    medium: "丙烯腈",
    cas: "107-13-1",
    hazard: "HZ-01",
    capacityM3: 1000,
    heightMm: 10_000,
    pressure: "blanketed",
    pressureKpaMax: 5,
    startPercent: 35,
    warmerC: -2,
    slownessH: 10,
    firstJobs: [{ kind: "fill", toPercent: 70, mmPerS: 3 }],
    firstPuffS: null,
    toxic: { name: { zh: "丙烯腈", en: "acrylonitrile" }, formula: "C3H3N", oelMgM3: 1 },
    combustible: { zh: "丙烯腈罐可燃气体", en: "combustible gas, acrylonitrile tank" },
  },
  {
    id: "T-105",
    name: { zh: "5号液氨球罐", en: "sphere 5, liquid ammonia" },
    medium: "液氨",
    cas: "7664-41-7",
    hazard: "HZ-02",
    capacityM3: 1000,
    heightMm: 12_000,
    pressure: "liquefied-ammonia",
    pressureKpaMax: 2500,
    startPercent: 55,
    warmerC: -3,
    slownessH: 30,
    firstJobs: [{ kind: "idle", forS: 600 }],
    firstPuffS: null,
    toxic: { name: { zh: "氨", en: "ammonia" }, formula: "NH3", oelMgM3: 20 },
    combustible: { zh: "氨球罐可燃气体", en: "combustible gas, ammonia sphere" },
  },
  {
    id: "T-106",
    name: { zh: "6号消防水罐", en: "tank 6, fire water" },
    medium: "水",
    cas: "7732-18-5",
    hazard: null,
    capacityM3: 3000,
    heightMm: 14_000,
    pressure: "hydrostatic",
    pressureKpaMax: 200,
    startPercent: 74,
    warmerC: 0,
    slownessH: 18,
    firstJobs: [{ kind: "idle", forS: 2400 }],
    firstPuffS: null,
    toxic: {
      name: { zh: "装车区硫化氢", en: "hydrogen sulphide, loading bay" },
      formula: "H2S",
      oelMgM3: 10,
    },
    combustible: { zh: "装车区可燃气体", en: "combustible gas, loading bay" },
  },
];

/** Full scale of every toxic detector, in multiples of its OEL. */
export const toxicRangeOel = 5;
