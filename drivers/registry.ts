/** THE list of lines and device types. A new device type: its file, its entry here, its conformance test. */

import type { Bus } from "../config/site.ts";
import { unreachable } from "../config/words/result.ts";
import type { Driver, Line, ModbusIo } from "./contract.ts";
import { type DeviceOptions, openRegisterMap } from "./devices/registerMap.ts";
import type { ConnectionTools } from "./lines/connection.ts";
import { openRtuOverTcpLine } from "./lines/rtuOverTcpLine.ts";
import { openSerialLine } from "./lines/serialLine.ts";
import { openTcpLine } from "./lines/tcpLine.ts";
import { openUdpLine } from "./lines/udpLine.ts";

/** Device types that speak over a Modbus line, by the name a site file would give them. */
export const modbusDevices: {
  readonly [kind: string]: (options: DeviceOptions) => Driver;
} = {
  "register-map": openRegisterMap,
};

/** A line for one bus. No I/O until its first turn; it opens, and reopens, by itself. */
export function openLine(options: {
  readonly bus: Bus;
  readonly tools: ConnectionTools;
}): Line<ModbusIo> {
  const { bus, tools } = options;
  switch (bus.type) {
    case "modbus-tcp":
      return openTcpLine({ bus, tools });
    case "modbus-rtu-over-tcp":
      return openRtuOverTcpLine({ bus, tools });
    case "modbus-udp":
      return openUdpLine({ bus, tools });
    case "modbus-rtu":
      return openSerialLine({ bus, tools });
    default:
      return unreachable(bus);
  }
}

/** A driver for one device. No I/O until a question is read. */
export function openDriver(options: DeviceOptions): Driver {
  return openRegisterMap(options);
}
