/** The lines and devices of the simulated plant: who sits where, and how large their register maps are. Pure. */

import type { RegisterTable } from "../../../drivers/contract.ts";
import { tankFarm, type Words } from "./tankFarm.ts";

export type LineId = "farm-tcp" | "sphere-tcp" | "field-485" | "yard-gw";

export interface LineSpec {
  readonly id: LineId;
  readonly kind: "tcp" | "serial" | "gateway";
  readonly note: Words;
}

export const lines: readonly LineSpec[] = [
  {
    id: "farm-tcp",
    kind: "tcp",
    note: { zh: "罐区液位仪表柜", en: "gauge cabinet of the tank farm" },
  },
  { id: "sphere-tcp", kind: "tcp", note: { zh: "球罐区PLC", en: "PLC of the sphere area" } },
  {
    id: "field-485",
    kind: "serial",
    note: { zh: "现场RS-485总线：气体探测器", en: "RS-485 in the field: gas detectors" },
  },
  {
    id: "yard-gw",
    kind: "gateway",
    note: {
      zh: "装车区网关：TCP里是RTU帧",
      en: "gateway of the loading yard: RTU frames over TCP",
    },
  },
];

export const serialBaud = 9600;
/** Of the gateway's serial side. */
export const gatewayBaud = 19_200;

export interface DeviceSpec {
  readonly id: string;
  readonly line: LineId;
  readonly unit: number;
  readonly name: Words;
  /** Address ranges [first, last] that exist; anything else is refused with exception 2. */
  readonly spans: readonly {
    readonly table: RegisterTable;
    readonly first: number;
    readonly last: number;
  }[];
  /** Most registers answered in one request; more is refused with exception 3. */
  readonly maxRegisters: number;
  /** Time from the end of a question to the start of the answer. */
  readonly turnaroundMs: number;
}

export const devices: readonly DeviceSpec[] = [
  {
    id: "tgc-1",
    line: "farm-tcp",
    unit: 1,
    name: { zh: "1号液位集中器（ABCD浮点）", en: "tank gauge concentrator 1 (ABCD floats)" },
    spans: [{ table: "holding", first: 0, last: 19 }],
    maxRegisters: 125,
    turnaroundMs: 3,
  },
  {
    id: "tgc-2",
    line: "farm-tcp",
    unit: 2,
    name: { zh: "2号液位集中器（CDAB浮点）", en: "tank gauge concentrator 2 (CDAB floats)" },
    spans: [
      { table: "input", first: 100, last: 106 },
      { table: "input", first: 120, last: 126 },
    ],
    maxRegisters: 125,
    turnaroundMs: 3,
  },
  {
    id: "di-1",
    line: "farm-tcp",
    unit: 3,
    name: { zh: "开关量输入模块", en: "digital input module" },
    spans: [
      { table: "discrete", first: 0, last: 15 },
      { table: "coil", first: 0, last: 7 },
    ],
    maxRegisters: 125,
    turnaroundMs: 2,
  },
  {
    id: "ai-1",
    line: "farm-tcp",
    unit: 4,
    name: { zh: "4-20mA模块（-32768..32767）", en: "4-20 mA module (signed counts)" },
    spans: [{ table: "holding", first: 0, last: 3 }],
    maxRegisters: 125,
    turnaroundMs: 2,
  },
  {
    id: "plc-1",
    line: "sphere-tcp",
    unit: 1,
    name: { zh: "球罐区PLC", en: "PLC of the sphere area" },
    spans: [{ table: "holding", first: 100, last: 119 }],
    maxRegisters: 125,
    turnaroundMs: 5,
  },
  ...tankFarm.map((tank, index) => ({
    id: tank.id.replace("T-", "gd-"),
    line: "field-485" as const,
    unit: 1 + index,
    name: {
      zh: `${tank.combustible.zh}探测器`,
      en: `${tank.combustible.en}, detector`,
    },
    spans: [{ table: "holding" as const, first: 0, last: 7 }],
    maxRegisters: 125,
    turnaroundMs: 4,
  })),
  ...tankFarm.map((tank, index) => ({
    id: tank.id.replace("T-", "gt-"),
    line: "field-485" as const,
    unit: 11 + index,
    name: {
      zh: `${tank.toxic.name.zh}有毒气体探测器`,
      en: `toxic gas detector, ${tank.toxic.name.en}`,
    },
    spans: [{ table: "holding" as const, first: 0, last: 3 }],
    maxRegisters: 4,
    turnaroundMs: 4,
  })),
  {
    id: "ai-2",
    line: "yard-gw",
    unit: 21,
    name: { zh: "4-20mA模块（0..4095）", en: "4-20 mA module (12 bit)" },
    spans: [{ table: "input", first: 0, last: 3 }],
    maxRegisters: 4,
    turnaroundMs: 5,
  },
  {
    id: "fq-1",
    line: "yard-gw",
    unit: 22,
    name: { zh: "装车累计计数器（BCD）", en: "loading counter (BCD)" },
    spans: [{ table: "input", first: 0, last: 1 }],
    maxRegisters: 2,
    turnaroundMs: 6,
  },
];
