/** One unit on a bus. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { id } from "./ids.ts";
import { says } from "./says.ts";

const registerNumber = z.int().min(0).max(65535);

export const device = z.strictObject({
  name: z.string().optional().describe(says("给人看的名称, 如 1号苯储罐变送器", "name for people")),
  bus: id.describe(says("所在总线的名称", "id of a bus of this file")),
  unit: z
    .int()
    .min(0)
    .max(255)
    .describe(says("从站地址; 串口上为 1 到 247", "Modbus unit id; 1 to 247 on a serial line")),
  timeout: duration
    .optional()
    .describe(
      says("单独的超时, 比总线慢的设备用", "own time-out, when this unit is slower than its bus"),
    ),
  turnaround: duration
    .optional()
    .describe(
      says(
        "单独的应答延迟, 比总线慢的设备用",
        "own pause before a reply, when this unit is slower than its bus",
      ),
    ),
  maxGap: z
    .int()
    .min(0)
    .max(125)
    .default(8)
    .describe(
      says(
        "为合并请求可顺带读取的无用寄存器个数",
        "unused registers that may be read along to join two blocks into one request",
      ),
    ),
  maxRegisters: z
    .int()
    .min(1)
    .max(125)
    .default(125)
    .describe(
      says("设备一次最多能读的寄存器个数", "most registers this device answers in one request"),
    ),
  holes: z
    .array(z.tuple([registerNumber, registerNumber]))
    .default([])
    .describe(
      says(
        "禁止读取的寄存器区段 [首, 末], 对各表都有效",
        "register ranges [first, last] that must never be read, in any table",
      ),
    ),
});
