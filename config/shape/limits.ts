/** The alarm limits of a point. */

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

const limitObject = z.strictObject({
  at: z.number().describe(says("限值, 达到即越限", "the limit; reaching it counts")),
  priority: z
    .int()
    .min(1)
    .max(4)
    .optional()
    .describe(says("1 红, 2 橙, 3 黄, 4 蓝", "1 red, 2 orange, 3 yellow, 4 blue")),
  deadband: z.number().min(0).optional().describe(deadbandSays),
  onDelay: duration.optional().describe(onDelaySays),
  offDelay: duration.optional().describe(offDelaySays),
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
  rate: limit
    .optional()
    .describe(
      says(
        "每分钟最大变化量, 两个方向都算",
        "largest change in units per minute, either direction",
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
