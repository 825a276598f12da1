/**
 * The shape of a site file and its defaults. One declaration serves as parser, JSON Schema and manual.
 * Faults between fields (limit order, clashes) are found by check.ts.
 */

import { z } from "zod";
import { qualities } from "./words/quality.ts";
import { duration, size } from "./words/units.ts";

export const idPattern: RegExp = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
export const topicPattern: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const casPattern: RegExp = /^\d{2,7}-\d{2}-\d$/;
export const mqttUrlPattern: RegExp = /^mqtts?:\/\/[^\s/:]+(:\d+)?$/;

const id = z
  .string()
  .regex(idPattern)
  .describe("letters, digits, dot, dash and underscore; at most 64 characters");
/** Site and box names become MQTT topic levels: ASCII only, no wildcard. */
const topicLevel = z
  .string()
  .regex(topicPattern)
  .describe("ASCII letters, digits, dot, dash, underscore: it becomes part of the MQTT topic");

const serialBus = z.strictObject({
  type: z.literal("modbus-rtu"),
  port: z.string().min(1).describe("serial port, best as /dev/serial/by-id/..."),
  baud: z.int().min(300).max(1_000_000).default(9600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(["none", "even", "odd"]).default("none"),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
  timeout: duration.prefault("500ms").describe("how long a unit may keep silent"),
});
const tcpBus = z.strictObject({
  type: z.literal("modbus-tcp"),
  host: z.string().min(1),
  port: z.int().min(1).max(65535).default(502),
  timeout: duration.prefault("1s").describe("how long a unit may keep silent"),
});

const device = z.strictObject({
  name: z.string().optional().describe("name for people, e.g. 1号苯储罐变送器"),
  bus: id.describe("id of a bus of this file"),
  unit: z.int().min(0).max(255).describe("Modbus unit id (从站地址); 1..247 on a serial line"),
  timeout: duration.optional().describe("own time-out, when this unit is slower than its bus"),
  maxGap: z
    .int()
    .min(0)
    .max(125)
    .default(8)
    .describe("unused registers that may be read along to join two blocks into one request"),
  maxRegisters: z
    .int()
    .min(1)
    .max(125)
    .default(125)
    .describe("most registers this device answers in one request"),
  holes: z
    .array(z.tuple([z.int().min(0).max(65535), z.int().min(0).max(65535)]))
    .default([])
    .describe("register ranges [first, last] that must never be read, in any table"),
});

export const registerTypes = [
  "bool",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float32",
  "float64",
  "bcd16",
  "bcd32",
] as const;
export const byteOrders = ["ABCD", "CDAB", "BADC", "DCBA"] as const;

const address = z.int().min(0).max(65535).describe("0-based address as on the wire");

const statusRule = z.strictObject({
  bit: z.int().min(0).max(15).optional().describe("true when this bit (0 = lowest) is set"),
  equals: z.int().min(0).max(65535).optional().describe("true when the word has this value"),
  quality: z.enum(qualities).describe("the quality of the value then"),
});

const register = z.strictObject({
  table: z.enum(["coil", "discrete", "input", "holding"]).default("holding"),
  address: address.optional(),
  modicon: z
    .int()
    .min(1)
    .max(465536)
    .optional()
    .describe(
      "1-based number as printed in manuals, e.g. 40001 or 30017; instead of table + address",
    ),
  type: z.enum(registerTypes).default("uint16"),
  order: z
    .enum(byteOrders)
    .default("ABCD")
    .describe("byte order of 32/64-bit values: ABCD big endian, CDAB words swapped, BADC, DCBA"),
  bits: z
    .tuple([z.int().min(0).max(15), z.int().min(0).max(15)])
    .optional()
    .describe("bit field [lowest, highest] of a 16-bit register, as an unsigned number"),
  sentinels: z
    .array(z.number())
    .default([])
    .describe("raw values that mean no value, e.g. 0x7FFF or 0xFFFF"),
  status: z
    .strictObject({ address, rules: z.array(statusRule).min(1) })
    .optional()
    .describe(
      "a status word of the same table, read in the same request, that decides the quality",
    ),
  decimalsAt: address
    .optional()
    .describe("register of the same table holding the number of decimals of this value"),
});

const scale = z.union([
  z.strictObject({ factor: z.number(), offset: z.number().default(0) }),
  z.strictObject({
    raw: z.tuple([z.number(), z.number()]).describe("raw value at the low and high end"),
    to: z.tuple([z.number(), z.number()]).describe("value at the low and high end"),
  }),
  z.strictObject({
    loop: z
      .tuple([z.number(), z.number()])
      .describe("raw value at 4 mA and at 20 mA; the value spans `range`; NE 43 faults are found"),
  }),
]);

const limitObject = z.strictObject({
  at: z.number(),
  priority: z.int().min(1).max(4).optional().describe("1 red, 2 orange, 3 yellow, 4 blue"),
  deadband: z.number().min(0).optional(),
  onDelay: duration.optional(),
  offDelay: duration.optional(),
});
const limit = z.union([z.number(), limitObject]);

const limits = z.strictObject({
  ll: limit.optional(),
  l: limit.optional(),
  h: limit.optional(),
  hh: limit.optional(),
  gas1: limit.optional().describe("gas high alarm (高报), GB/T 50493 level 1"),
  gas2: limit
    .optional()
    .describe("gas high-high alarm (高高报), GB/T 50493 level 2, the more severe"),
  rate: limit.optional().describe("largest change in units per minute, either direction"),
  deadband: z.number().min(0).default(0).describe("way back before a limit returns, in units"),
  onDelay: duration.prefault("0s").describe("how long beyond the limit before the alarm"),
  offDelay: duration.prefault("0s").describe("how long within the limit before the return"),
  onBadQuality: z
    .enum(["hold", "raise"])
    .default("hold")
    .describe("without a number: keep the state, or raise as if the limit were passed"),
});

export const pointKinds = [
  "level",
  "pressure",
  "temperature",
  "gas-combustible",
  "gas-toxic",
  "oxygen",
  "flow",
  "rain",
  "wind",
  "water-level",
  "state",
  "other",
] as const;

const point = z.strictObject({
  name: z.string().optional().describe("name for people, e.g. 苯储罐液位"),
  device: id.describe("id of a device of this file"),
  register,
  kind: z.enum(pointKinds).describe("what is measured; decides which limits make sense"),
  gas: z
    .string()
    .max(32)
    .optional()
    .describe("the gas a detector is set to, e.g. H2S, CO, NH3 or benzene; judges gas1 and gas2"),
  unit: z.string().max(16).default("").describe("engineering unit, e.g. mm, kPa, %LEL, mg/m3"),
  range: z.tuple([z.number(), z.number()]).describe("measuring range [low, high] in units"),
  scale: scale.optional().describe("raw to engineering value; none: the raw value is the value"),
  decimals: z
    .int()
    .min(0)
    .max(9)
    .optional()
    .describe("resolution; values are rounded to it before they are judged and stored"),
  every: duration.prefault("1s").describe("polling period"),
  report: z
    .strictObject({
      deadband: z.number().min(0).default(0).describe("smallest change worth a record, in units"),
      min: duration.prefault("0s").describe("never more often than this (alarms are not affected)"),
      max: duration.prefault("60s").describe("at least this often, changed or not"),
    })
    .optional()
    .describe("report by exception; none: every sample is a record"),
  faultDelay: duration
    .prefault("10s")
    .describe("how long without a number before the point's own fault alarm"),
  limits: limits.optional(),
});

const tank = z.strictObject({
  name: z.string(),
  medium: z.string().optional(),
  cas: z.string().regex(casPattern).optional().describe("CAS number of the medium, e.g. 71-43-2"),
  capacity: z.number().positive().optional().describe("m3"),
  hazard: z.string().optional().describe("hazard source id this tank belongs to"),
  points: z.array(id).default([]),
});

const mqttUplink = z.strictObject({
  type: z.literal("mqtt"),
  url: z.string().regex(mqttUrlPattern).describe("mqtt://host:1883 or mqtts://host:8883"),
  protocol: z
    .union([z.literal(5), z.literal(4)])
    .default(5)
    .describe("5: MQTT 5; 4: MQTT 3.1.1"),
  ack: z
    .enum(["platform", "broker"])
    .default("platform")
    .describe(
      "who must confirm before a record counts as delivered; a broker's PUBACK is not storage",
    ),
  username: z.string().optional(),
  passwordFile: z.string().optional().describe("file of mode 0600 holding the password"),
  tls: z
    .strictObject({
      ca: z.string().optional(),
      cert: z.string().optional(),
      key: z.string().optional().describe("file of mode 0600"),
    })
    .optional(),
  liveEvery: duration.prefault("5s").describe("how often live readings are sealed into a record"),
  backlogEvery: duration
    .prefault("60s")
    .describe("how often readings are sealed while the uplink is down"),
  ackTimeout: duration.prefault("20s"),
});

export const siteSchema = z
  .strictObject({
    site: z.strictObject({
      id: topicLevel,
      box: topicLevel.default("box1"),
      name: z.string(),
      enterpriseCode: z.string().optional().describe("issued by the authority; a string"),
      gatewayCode: z.string().optional().describe("issued by the authority; a string"),
      timezone: z.string().default("Asia/Shanghai"),
      hazards: z
        .array(
          z.strictObject({
            id,
            name: z.string(),
            level: z.int().min(1).max(4).optional(),
          }),
        )
        .default([]),
    }),
    buses: z.record(id, z.discriminatedUnion("type", [serialBus, tcpBus])),
    devices: z.record(id, device),
    points: z.record(id, point),
    tanks: z.record(id, tank).default({}),
    uplinks: z.record(id, mqttUplink).default({}),
    journal: z
      .strictObject({
        maxSize: size.prefault("8GiB").describe("most the journal may take on disk"),
        keepReadings: duration.prefault("90d").describe("how long delivered readings stay"),
        keepAlarms: duration.prefault("1095d"),
      })
      .prefault({}),
  })
  .describe("hazgate site file");

export type Site = z.output<typeof siteSchema>;
export type Bus = Site["buses"][string];
export type SerialBus = Extract<Bus, { type: "modbus-rtu" }>;
export type TcpBus = Extract<Bus, { type: "modbus-tcp" }>;
export type Device = Site["devices"][string];
export type Point = Site["points"][string];
export type Register = Point["register"];
export type Scale = NonNullable<Point["scale"]>;
export type Limits = NonNullable<Point["limits"]>;
export type MqttUplink = Site["uplinks"][string];
