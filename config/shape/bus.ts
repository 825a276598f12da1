/** One wire: an RS-485 line, a network connection, or a serial line behind a converter. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { says } from "./says.ts";

/** More are of no use to any gateway known. */
const connectionsMax = 8;

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

/** No delay of a driver is longer than a few characters. */
const driverDelay = duration.refine((ms) => ms <= 100, "at most 100ms");

const rs485 = z.strictObject({
  mode: z
    .enum(["none", "rts", "kernel"])
    .default("none")
    .describe(
      says(
        "收发方向: none 由转换器或内核驱动自动切换; rts 由本程序用 RTS 切换; kernel 本程序不能设置, 见手册",
        "who switches the driver: none = the adapter or the kernel by itself; rts = hazgate, by the RTS line; " +
          "kernel = cannot be set from here, see the manual",
      ),
    ),
  invert: z
    .boolean()
    .default(false)
    .describe(says("RTS 接通时为接收", "the adapter sends while RTS is off")),
  before: driverDelay
    .prefault("0ms")
    .describe(says("切换到发送后等待的时间", "pause after RTS was switched to sending")),
  after: driverDelay
    .prefault("0ms")
    .describe(
      says("最后一位发出后再保持发送的时间", "how long it goes on sending after the last bit"),
    ),
});
const rs485Says = says("RS-485 收发切换", "how the RS-485 driver is switched");

const host = z
  .string()
  .min(1)
  .describe(says("设备或网关的 IP 地址或主机名", "address of device or gateway"));
const port = z.int().min(1).max(65535);

const betweenRequests = duration
  .prefault("0ms")
  .describe(
    says(
      "收到应答 (或超时) 后, 至少等这么久再发下一个请求; 网关来不及处理时用",
      "pause after an answer, or a time-out, before the next request: for gateways that need one",
    ),
  );

const serialFormat = {
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
};

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
  ...serialFormat,
  rs485: rs485.prefault({}).describe(rs485Says),
  timeout: duration.prefault("500ms").describe(timeoutSays),
  turnaround: duration.prefault("20ms").describe(turnaroundSays),
  budget: budget.prefault({}).describe(budgetSays),
});

const tcpBus = z.strictObject({
  type: z.literal("modbus-tcp").describe(says("以太网, Modbus TCP", "Ethernet, Modbus TCP")),
  host,
  port: port.default(502).describe(says("TCP 端口", "TCP port")),
  connections: z
    .int()
    .min(1)
    .max(connectionsMax)
    .default(1)
    .describe(
      says(
        "同时建立几个连接; 总线上的设备轮流分到各连接, 互不等待. 网关不允许时保持 1",
        "connections at once; the devices of the bus are dealt out to them and do not wait for one another. Leave 1 where the gateway allows one",
      ),
    ),
  betweenRequests,
  timeout: duration.prefault("1s").describe(timeoutSays),
  turnaround: duration.prefault("5ms").describe(turnaroundSays),
  inFlight: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe(
      says(
        "同时发出的请求数; 串口网关必须为 1, 直连设备可以更多 (见设备说明书)",
        "requests sent at once; 1 for a gateway to serial units, more where the device itself takes them",
      ),
    ),
  budget: budget.prefault({}).describe(budgetSays),
});

const rtuOverTcpBus = z.strictObject({
  type: z
    .literal("modbus-rtu-over-tcp")
    .describe(
      says(
        "串口服务器透明传输: TCP 里是 RTU 帧",
        "serial line behind a transparent converter: RTU frames over TCP",
      ),
    ),
  host,
  port: port.describe(
    says("串口服务器的 TCP 端口, 如 4001", "TCP port of the converter, e.g. 4001"),
  ),
  ...serialFormat,
  betweenRequests,
  timeout: duration.prefault("1s").describe(timeoutSays),
  turnaround: duration.prefault("20ms").describe(turnaroundSays),
  budget: budget.prefault({}).describe(budgetSays),
});

const udpBus = z.strictObject({
  type: z
    .literal("modbus-udp")
    .describe(says("以太网, Modbus UDP", "Ethernet, Modbus frames over UDP")),
  host,
  port: port.default(502).describe(says("UDP 端口", "UDP port")),
  betweenRequests,
  timeout: duration.prefault("1s").describe(timeoutSays),
  turnaround: duration.prefault("5ms").describe(turnaroundSays),
  budget: budget.prefault({}).describe(budgetSays),
});

export const bus = z.discriminatedUnion("type", [serialBus, tcpBus, rtuOverTcpBus, udpBus]);
