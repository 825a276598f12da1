/** The instruments beside the tanks: loading, pumps, sump, weather, and the counter. Pure. */

import type { Instrument, ScaleSpec } from "./instrument.ts";

/** Signed counts as many PLC cards give them: 0 at 4 mA, 27648 at 20 mA, the ends at overflow. */
const signedLoop: ScaleSpec = { kind: "loop", counts: [0, 27_648], clamp: [-32_768, 32_767] };
/** 12 bit over 0..24 mA. */
const twelveBitLoop: ScaleSpec = { kind: "loop", counts: [683, 3413], clamp: [0, 4095] };
/** The counter has run before this plant began. */
const countedBefore = 120_345;

export function plantInstruments(): readonly Instrument[] {
  return [...loops(), ...pumps(), counter()];
}

function loops(): readonly Instrument[] {
  const module1 = { device: "ai-1", tank: null, scale: signedLoop, every: "1s" } as const;
  const module2 = { device: "ai-2", tank: null, scale: twelveBitLoop, every: "2s" } as const;
  return [
    {
      ...module1,
      tag: "FT-201",
      name: { zh: "装车流量", en: "loading flow" },
      kind: "flow",
      unit: "m3/h",
      range: [0, 10_000],
      decimals: 0,
      register: { table: "holding", address: 0, type: "int16" },
      report: { deadband: 20, max: "60s" },
      noise: 4,
      measure: ({ loadingM3PerH }) => loadingM3PerH,
    },
    {
      ...module1,
      tag: "PT-201",
      name: { zh: "装车泵出口压力", en: "loading pump, outlet pressure" },
      kind: "pressure",
      unit: "kPa",
      range: [0, 1000],
      decimals: 1,
      register: { table: "holding", address: 1, type: "int16" },
      report: { deadband: 5, max: "60s" },
      limits: { h: 700, hh: 800, deadband: 20, onDelay: "5s" },
      noise: 1.5,
      measure: ({ pumpKpa }) => pumpKpa,
    },
    {
      ...module1,
      tag: "LT-201",
      name: { zh: "污水池液位", en: "waste-water sump level" },
      kind: "level",
      unit: "mm",
      range: [0, 2000],
      decimals: 0,
      register: { table: "holding", address: 2, type: "int16" },
      report: { deadband: 10, max: "60s" },
      limits: { h: 1700, hh: 1900, deadband: 20, onDelay: "5s" },
      noise: 2,
      measure: ({ sumpMm }) => sumpMm,
    },
    {
      ...module2,
      tag: "TT-201",
      name: { zh: "环境温度", en: "air temperature" },
      kind: "temperature",
      unit: "℃",
      range: [-20, 60],
      decimals: 1,
      register: { table: "input", address: 0, type: "uint16" },
      report: { deadband: 0.2, max: "5min" },
      noise: 0.05,
      measure: ({ airC }) => airC,
    },
    {
      ...module2,
      tag: "WS-201",
      name: { zh: "风速", en: "wind speed" },
      kind: "wind",
      unit: "m/s",
      range: [0, 30],
      decimals: 1,
      register: { table: "input", address: 1, type: "uint16" },
      report: { deadband: 0.5, max: "60s" },
      noise: 0.2,
      measure: ({ windMPerS }) => windMPerS,
    },
  ];
}

function pumps(): readonly Instrument[] {
  const coil = {
    device: "di-1",
    tank: null,
    kind: "state",
    unit: "",
    range: [0, 1],
    decimals: 0,
    scale: { kind: "plain" },
    every: "1s",
    report: { deadband: 0, max: "60s" },
    noise: 0,
  } as const;
  return [
    {
      ...coil,
      tag: "P-201",
      name: { zh: "装车泵运行", en: "loading pump running" },
      register: { table: "coil", address: 0, type: "bool" },
      measure: ({ loadingM3PerH }) => (loadingM3PerH > 0 ? 1 : 0),
    },
    {
      ...coil,
      tag: "P-202",
      name: { zh: "污水泵运行", en: "sump pump running" },
      register: { table: "coil", address: 1, type: "bool" },
      measure: ({ isSumpPumpOn }) => (isSumpPumpOn ? 1 : 0),
    },
  ];
}

function counter(): Instrument {
  return {
    tag: "FQ-201",
    tank: null,
    device: "fq-1",
    name: { zh: "装车累计", en: "loaded in total" },
    kind: "other",
    unit: "m3",
    range: [0, 99_999_999],
    decimals: 0,
    register: { table: "input", address: 0, type: "bcd32", order: "ABCD" },
    scale: { kind: "plain" },
    every: "5s",
    report: { deadband: 1, max: "5min" },
    noise: 0,
    measure: ({ loadedM3 }) => Math.floor(countedBefore + loadedM3) % 100_000_000,
  };
}
