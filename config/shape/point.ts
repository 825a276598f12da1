/** One measurement: which register, what it means, how often, and when it is dangerous. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { id } from "./ids.ts";
import { limits } from "./limits.ts";
import { register } from "./register.ts";
import { says } from "./says.ts";

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

const pair = z.tuple([z.number(), z.number()]);

const scale = z.union([
  z.strictObject({
    factor: z.number().describe(says("乘以", "multiplied by")),
    offset: z.number().default(0).describe(says("再加上", "then added")),
  }),
  z.strictObject({
    raw: pair.describe(says("下端和上端的原始值", "raw value at the low and high end")),
    to: pair.describe(says("对应的工程值", "value at the low and high end")),
  }),
  z.strictObject({
    loop: pair.describe(
      says(
        "4 mA 和 20 mA 时的原始值; 对应 range 两端, 按 NE 43 判断断线和短路",
        "raw value at 4 mA and at 20 mA; the value spans `range`; NE 43 faults are found",
      ),
    ),
  }),
]);

const report = z.strictObject({
  deadband: z
    .number()
    .min(0)
    .default(0)
    .describe(says("值得记录的最小变化, 按工程单位", "smallest change worth a record, in units")),
  min: duration
    .prefault("0s")
    .describe(
      says(
        "两次记录的最短间隔 (不影响报警)",
        "never more often than this (alarms are not affected)",
      ),
    ),
  max: duration
    .prefault("60s")
    .describe(says("不变化也至少隔这么久记录一次", "at least this often, changed or not")),
});

export const point = z.strictObject({
  name: z.string().optional().describe(says("给人看的名称, 如 苯储罐液位", "name for people")),
  device: id.describe(says("所在设备的名称", "id of a device of this file")),
  register: register.describe(
    says("值在设备里的位置和数据类型", "where the value is in the device, and its data type"),
  ),
  kind: z
    .enum(pointKinds)
    .describe(
      says("测量什么; 决定哪些限值有意义", "what is measured; decides which limits make sense"),
    ),
  gas: z
    .string()
    .max(32)
    .optional()
    .describe(
      says(
        "气体探测器测的气体, 如 H2S、CO、NH3 或 苯; 用来核对 gas1 和 gas2",
        "the gas a detector is set to, e.g. H2S, CO, NH3 or benzene; judges gas1 and gas2",
      ),
    ),
  unit: z
    .string()
    .max(16)
    .default("")
    .describe(
      says(
        '工程单位, 如 mm、kPa、mg/m3; "%LEL" 要加引号',
        'engineering unit, e.g. mm, kPa, mg/m3; "%LEL" needs its quotes',
      ),
    ),
  range: pair.describe(
    says("量程 [下限, 上限], 按工程单位", "measuring range [low, high] in units"),
  ),
  scale: scale
    .optional()
    .describe(
      says(
        "原始值换算为工程值; 不写则原样使用",
        "raw to engineering value; none: the raw value is the value",
      ),
    ),
  decimals: z
    .int()
    .min(0)
    .max(9)
    .optional()
    .describe(
      says(
        "小数位数; 判断和保存前按它取整",
        "resolution; values are rounded to it before they are judged and stored",
      ),
    ),
  every: duration.prefault("1s").describe(says("轮询周期", "polling period")),
  maxLatency: duration
    .optional()
    .describe(
      says(
        "从寄存器变化到报警判断的最长允许时间; 做不到则检查不通过",
        "longest time allowed from the register's change to the alarm decision; refused if it cannot be kept",
      ),
    ),
  report: report
    .optional()
    .describe(
      says(
        "按变化记录; 不写则每次采样都记录",
        "report by exception; none: every sample is a record",
      ),
    ),
  faultDelay: duration
    .prefault("10s")
    .describe(
      says(
        "没有数值持续多久后发出测点故障报警",
        "how long without a number before the point's own fault alarm",
      ),
    ),
  limits: limits.optional().describe(says("报警限值", "alarm limits")),
});
