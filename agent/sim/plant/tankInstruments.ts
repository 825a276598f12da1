/** The instruments of each tank: level, pressure, temperature, two gas detectors, high-level switch. Pure. */

import type { Instrument, LimitSpec, RegisterSpec, ScaleSpec } from "./instrument.ts";
import type { PlantState, TankState } from "./physics.ts";
import { highPercent, type TankSpec, tankFarm, toxicRangeOel } from "./tankFarm.ts";

/** Level at which the independent high-level switch trips. */
const switchPercent = 92;

interface Place {
  readonly device: string;
  readonly register: RegisterSpec;
  readonly scale: ScaleSpec;
}

type Gauge = "level" | "pressure" | "temperature";

export function tankInstruments(): readonly Instrument[] {
  return tankFarm.flatMap((tank, index) => [
    level(tank, index),
    pressure(tank, index),
    temperature(tank, index),
    combustible(tank, index),
    toxic(tank, index),
    highSwitch(tank, index),
  ]);
}

/** The sphere has three level gauges that vote. The others stand in the list behind all else, so that no noise moves. */
export function sphereGauges(): readonly Instrument[] {
  const index = tankFarm.findIndex(({ id }) => id === "T-105");
  const sphere = tankFarm[index];
  if (sphere === undefined) return [];
  const { limits: _, ...first } = level(sphere, index);
  const other = (letter: string, at: number, name: Instrument["name"]): Instrument => ({
    ...first,
    tag: `${first.tag}${letter}`,
    name,
    register: { ...first.register, address: at },
  });
  return [
    other("B", 104, { zh: "5号液氨球罐雷达液位", en: "radar level, sphere 5, liquid ammonia" }),
    other("C", 106, { zh: "5号液氨球罐伺服液位", en: "servo level, sphere 5, liquid ammonia" }),
  ];
}

/** Where the gauges of each tank are found: three devices, three ways of writing a number. */
function place(index: number, gauge: Gauge): Place {
  if (index < 2) return concentrator1(10 * index, gauge);
  if (index < 4) return concentrator2(100 + 20 * (index - 2), gauge);
  return index === 4 ? spherePlc[gauge] : waterPlc[gauge];
}

function concentrator1(base: number, gauge: Gauge): Place {
  const offset = { level: 0, temperature: 2, pressure: 4 }[gauge];
  return {
    device: "tgc-1",
    scale: { kind: "plain" },
    register: {
      table: "holding",
      address: base + offset,
      type: "float32",
      order: "ABCD",
      status: { address: base + 6, rules: [{ bit: 0, quality: "device-fault" }] },
    },
  };
}

function concentrator2(base: number, gauge: Gauge): Place {
  const offset = { level: 0, pressure: 2, temperature: 4 }[gauge];
  return {
    device: "tgc-2",
    scale: { kind: "plain" },
    register: {
      table: "input",
      address: base + offset,
      type: "float32",
      order: "CDAB",
      status: { address: base + 6, rules: [{ equals: 2, quality: "device-fault" }] },
    },
  };
}

const spherePlc: Readonly<Record<Gauge, Place>> = {
  level: plc({ address: 100, type: "int32", order: "CDAB" }, 0.1),
  temperature: plc({ address: 102, type: "int16" }, 0.1),
  pressure: plc({ address: 103, type: "uint16" }, 0.1),
};
const waterPlc: Readonly<Record<Gauge, Place>> = {
  level: plc({ address: 110, type: "uint16" }, 1),
  temperature: plc({ address: 111, type: "int16", sentinels: [0x7fff] }, 0.1),
  pressure: plc({ address: 112, type: "uint32", order: "ABCD" }, 0.001),
};

function plc(register: Omit<RegisterSpec, "table">, factor: number): Place {
  return {
    device: "plc-1",
    scale: factor === 1 ? { kind: "plain" } : { kind: "factor", factor },
    register: { table: "holding", ...register },
  };
}

function of(index: number, pick: (tank: TankState) => number): (state: PlantState) => number {
  return (state) => {
    const tank = state.tanks[index];
    return tank === undefined ? 0 : pick(tank);
  };
}

function tagOf(letters: string, tank: TankSpec): string {
  return tank.id.replace("T", letters);
}

function level(tank: TankSpec, index: number): Instrument {
  const share = (percent: number): number => (tank.heightMm * percent) / 100;
  const limits: LimitSpec =
    tank.pressure === "hydrostatic"
      ? { ll: share(30), l: share(50), h: share(95), hh: share(98) }
      : { ll: share(8), l: share(15), h: share(highPercent), hh: share(90) };
  return {
    tag: tagOf("LT", tank),
    tank: tank.id,
    name: { zh: `${tank.name.zh}液位`, en: `level, ${tank.name.en}` },
    kind: "level",
    unit: "mm",
    range: [0, tank.heightMm],
    decimals: 1,
    ...place(index, "level"),
    every: "1s",
    report: { deadband: 2, max: "60s" },
    limits: {
      ...limits,
      ...{ deadband: share(0.5), onDelay: "2s", isForecast: true, frozen: "5min" },
    },
    noise: 0.4,
    measure: of(index, ({ levelMm }) => levelMm),
  };
}

function pressure(tank: TankSpec, index: number): Instrument {
  const limits = {
    blanketed: { ll: -1, l: -0.3, h: 2.3, hh: 3, deadband: 0.1, onDelay: "5s" },
    "liquefied-ammonia": { l: 200, h: 1400, hh: 1600, deadband: 20, onDelay: "5s" },
    hydrostatic: { l: 60, deadband: 2, onDelay: "5s" },
  }[tank.pressure];
  const isBlanketed = tank.pressure === "blanketed";
  return {
    tag: tagOf("PT", tank),
    tank: tank.id,
    name: { zh: `${tank.name.zh}压力`, en: `pressure, ${tank.name.en}` },
    kind: "pressure",
    unit: "kPa",
    range: [isBlanketed ? -2 : 0, tank.pressureKpaMax],
    decimals: isBlanketed ? 3 : 1,
    ...place(index, "pressure"),
    every: "1s",
    report: { deadband: tank.pressureKpaMax / 500, max: "60s" },
    limits,
    noise: tank.pressureKpaMax / 2500,
    measure: of(index, ({ pressureKpa }) => pressureKpa),
  };
}

function temperature(tank: TankSpec, index: number): Instrument {
  return {
    tag: tagOf("TT", tank),
    tank: tank.id,
    name: { zh: `${tank.name.zh}温度`, en: `temperature, ${tank.name.en}` },
    kind: "temperature",
    unit: "℃",
    range: [-40, 80],
    decimals: 1,
    ...place(index, "temperature"),
    every: "5s",
    report: { deadband: 0.2, max: "5min" },
    limits: { h: 40, hh: 45, deadband: 1, onDelay: "10s", frozen: "5min" },
    noise: 0.04,
    measure: of(index, ({ temperatureC }) => temperatureC),
  };
}

function combustible(tank: TankSpec, index: number): Instrument {
  return {
    tag: tagOf("GD", tank),
    tank: tank.id,
    device: tank.id.replace("T-", "gd-"),
    name: tank.combustible,
    kind: "gas-combustible",
    unit: "%LEL",
    range: [0, 100],
    decimals: 1,
    register: {
      table: "holding",
      address: 0,
      type: "uint16",
      status: { address: 1, rules: [{ equals: 2, quality: "device-fault" }] },
    },
    scale: { kind: "factor", factor: 0.1 },
    every: "1s",
    limits: { gas1: 25, gas2: 50, deadband: 1 },
    noise: 0.15,
    measure: of(index, ({ combustibleLel }) => combustibleLel),
  };
}

function toxic(tank: TankSpec, index: number): Instrument {
  const { oelMgM3, name, formula } = tank.toxic;
  const decimals = oelMgM3 < 5 ? 2 : 1;
  return {
    tag: tagOf("GT", tank),
    tank: tank.id,
    device: tank.id.replace("T-", "gt-"),
    name: { zh: `${name.zh}浓度`, en: `${name.en} in the air` },
    kind: "gas-toxic",
    gas: formula,
    unit: "mg/m3",
    range: [0, toxicRangeOel * oelMgM3],
    decimals,
    register: {
      table: "holding",
      address: 0,
      type: "int16",
      decimalsAt: 1,
      status: {
        address: 2,
        rules: [
          { bit: 0, quality: "device-fault" },
          { bit: 3, quality: "test" },
        ],
      },
    },
    scale: { kind: "decimals", decimals },
    every: "1s",
    limits: { gas1: oelMgM3, gas2: 2 * oelMgM3, deadband: oelMgM3 / 20 },
    noise: oelMgM3 / 250,
    measure: of(index, ({ toxicMgM3 }) => toxicMgM3),
  };
}

function highSwitch(tank: TankSpec, index: number): Instrument {
  return {
    tag: tagOf("LSH", tank),
    tank: tank.id,
    device: "di-1",
    name: { zh: `${tank.name.zh}高液位开关`, en: `high-level switch, ${tank.name.en}` },
    kind: "state",
    unit: "",
    range: [0, 1],
    decimals: 0,
    register: { table: "discrete", address: index, type: "bool" },
    scale: { kind: "plain" },
    every: "1s",
    report: { deadband: 0, max: "60s" },
    limits: { h: 0.5, priorityOfH: 1 },
    noise: 0,
    measure: of(index, ({ levelMm }) => (levelMm >= (tank.heightMm * switchPercent) / 100 ? 1 : 0)),
  };
}
