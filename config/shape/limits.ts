/** The alarms of one point: its limits, where it is heading, and whether it still lives. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { says } from "./says.ts";

const deadbandSays = says(
  "死区: 退回多少才算恢复, 按工程单位",
  "way back before a limit returns, in units",
);
const onDelaySays = says(
  "越限持续多久才报警; 气体和高高/低低报警不要延时",
  "how long beyond the limit before the alarm; 0s for gas, HH and LL",
);
const offDelaySays = says("恢复持续多久才消除报警", "how long within the limit before the return");

export const priority: z.ZodInt = z.int().min(1).max(4);
export const prioritySays: string = says(
  "1 红, 2 橙, 3 黄, 4 蓝",
  "1 red, 2 orange, 3 yellow, 4 blue",
);
export const advice: z.ZodOptional<z.ZodString> = z
  .string()
  .max(200)
  .optional()
  .describe(says("处置建议, 随报警显示", "what to do; shown with the alarm"));

const limitObject = z.strictObject({
  at: z.number().describe(says("限值, 达到即越限", "the limit; reaching it counts")),
  priority: priority.optional().describe(prioritySays),
  deadband: z.number().min(0).optional().describe(deadbandSays),
  onDelay: duration.optional().describe(onDelaySays),
  offDelay: duration.optional().describe(offDelaySays),
  advice,
});

const forecast = z.strictObject({
  within: duration.describe(
    says(
      "按现在的速度, 预计在多长时间内越限就报警",
      "alarm when a limit will be reached within this time at the present rate",
    ),
  ),
  over: duration
    .prefault("2min")
    .describe(says("用最近多长时间的数据求速度", "the rate is that of this much time past")),
  priority: priority.optional().describe(prioritySays),
  advice,
});

const faultWhen = z.strictObject({
  is: z.number().optional().describe(says("等于此值时", "while the value is this")),
  isNot: z.number().optional().describe(says("不等于此值时", "while the value is not this")),
  bit: z
    .int()
    .min(0)
    .max(31)
    .optional()
    .describe(says("此位为 1 时, 最低位是 0", "while this bit is 1; the lowest is 0")),
  say: z
    .string()
    .max(100)
    .describe(says('故障的说法, 如 "探头已屏蔽"', 'the fault in words, e.g. "probe shielded"')),
});

const limit = z.union([z.number(), limitObject]);

export const limits = z.strictObject({
  ll: limit.optional().describe(says("低低报", "low-low alarm")),
  l: limit.optional().describe(says("低报", "low alarm")),
  h: limit.optional().describe(says("高报", "high alarm")),
  hh: limit.optional().describe(says("高高报", "high-high alarm")),
  gas1: limit
    .optional()
    .describe(says("气体高报 (GB/T 50493 较低的一级)", "gas high alarm, GB/T 50493 level 1")),
  gas2: limit
    .optional()
    .describe(
      says(
        "气体高高报 (GB/T 50493 更严重的一级)",
        "gas high-high alarm, GB/T 50493 level 2, the more severe",
      ),
    ),
  gas3: limit
    .optional()
    .describe(says("气体三段报警, 高于 gas2", "third gas alarm, above gas2; by the enterprise")),
  o2Low: limit
    .optional()
    .describe(says("氧气低报, 通常 19.5 %vol", "oxygen low alarm, usually 19.5 %vol")),
  o2High: limit
    .optional()
    .describe(says("氧气高报, 通常 23.5 %vol", "oxygen high alarm, usually 23.5 %vol")),
  rate: limit
    .optional()
    .describe(
      says(
        "每分钟最大变化量, 两个方向都算",
        "largest change in units per minute, either direction",
      ),
    ),
  forecast: forecast
    .optional()
    .describe(
      says(
        "趋势预报: 预计越限, 只报最近的一个限值",
        "alarm before a limit is reached; one for each point, of the nearest limit",
      ),
    ),
  frozen: duration
    .optional()
    .describe(
      says(
        "数值 (按 decimals 取整后) 多久不动就报数值冻结",
        "alarm when the value, rounded to `decimals`, has not moved for this long",
      ),
    ),
  faultWhen: z
    .array(faultWhen)
    .min(1)
    .optional()
    .describe(
      says(
        '状态测点的故障, 如 [{ bit: 8, say: "探头已屏蔽" }]',
        'what is a fault of a state point, e.g. [{ bit: 8, say: "probe shielded" }]',
      ),
    ),
  deadband: z.number().min(0).default(0).describe(deadbandSays),
  onDelay: duration.prefault("0s").describe(onDelaySays),
  offDelay: duration.prefault("0s").describe(offDelaySays),
  onBadQuality: z
    .enum(["hold", "raise"])
    .default("hold")
    .describe(
      says(
        "没有数值时: hold 保持原状, raise 按越限处理",
        "without a number: keep the state, or raise as if the limit were passed",
      ),
    ),
});
