/** One wire: an RS-485 line or a TCP connection. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { says } from "./says.ts";

const timeoutSays = says("等待从站应答的最长时间", "how long a unit may keep silent");

const turnaroundSays = says(
  "从站收到请求到开始应答的最长时间 (正常时), 用于计算报警时间",
  "longest pause of a well unit before its reply begins; the time to alarm is computed with it",
);

const budget = z.strictObject({
  dead: z
    .int()
    .min(0)
    .max(247)
    .default(1)
    .describe(
      says(
        "同时有几台设备失去应答时, 仍要保证 maxLatency",
        "maxLatency holds while so many devices of this bus fall silent at once",
      ),
    ),
});
const budgetSays = says("报警时间的计算条件", "what the promised time to alarm must withstand");

const serialBus = z.strictObject({
  type: z
    .literal("modbus-rtu")
    .describe(says("RS-485/232 串口, Modbus RTU", "serial line, Modbus RTU")),
  port: z
    .string()
    .min(1)
    .describe(
      says("串口, 最好用 /dev/serial/by-id/...", "serial port, best as /dev/serial/by-id/..."),
    ),
  baud: z.int().min(300).max(1_000_000).default(9600).describe(says("波特率", "baud rate")),
  dataBits: z
    .union([z.literal(7), z.literal(8)])
    .default(8)
    .describe(says("数据位", "data bits")),
  parity: z
    .enum(["none", "even", "odd"])
    .default("none")
    .describe(says("校验: none 无, even 偶, odd 奇", "parity")),
  stopBits: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .describe(says("停止位", "stop bits")),
  timeout: duration.prefault("500ms").describe(timeoutSays),
  turnaround: duration.prefault("20ms").describe(turnaroundSays),
  budget: budget.prefault({}).describe(budgetSays),
});

const tcpBus = z.strictObject({
  type: z.literal("modbus-tcp").describe(says("以太网, Modbus TCP", "Ethernet, Modbus TCP")),
  host: z
    .string()
    .min(1)
    .describe(says("设备或网关的 IP 地址或主机名", "address of device or gateway")),
  port: z.int().min(1).max(65535).default(502).describe(says("TCP 端口", "TCP port")),
  timeout: duration.prefault("1s").describe(timeoutSays),
  turnaround: duration.prefault("5ms").describe(turnaroundSays),
  budget: budget.prefault({}).describe(budgetSays),
});

export const bus = z.discriminatedUnion("type", [serialBus, tcpBus]);
