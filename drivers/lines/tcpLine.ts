/** Modbus TCP: a connection that dials on demand, notices its death, and carries one question at a time, or several. */

import type { TcpBus } from "../../config/site.ts";
import type { Line, ModbusIo } from "../contract.ts";
import { TcpPort } from "../modbus/tcpPort.ts";
import { Connection, type ConnectionTools } from "./connection.ts";
import { dial } from "./dial.ts";
import { TurnLine } from "./line.ts";
import { PacedIo } from "./pacedIo.ts";
import { portEvents } from "./portEvents.ts";

/** No I/O until the first turn. */
export function openTcpLine(options: {
  readonly bus: TcpBus;
  readonly tools: ConnectionTools;
}): Line<ModbusIo> {
  const { bus, tools } = options;
  const name = `${bus.host}:${bus.port}`;
  const events = portEvents(name, "connected, but nothing answers", () => connection);
  const port = new TcpPort(tools.clock, events);
  const isPaced = bus.betweenRequests > 0;
  const lost = (reason: string): void => connection.lost(reason);
  const connection: Connection = new Connection(
    (signal) => dial({ to: bus, name, service: "Modbus TCP", port, tools, signal, lost }),
    tools,
  );
  return new TurnLine(
    {
      io: isPaced ? new PacedIo(port, { pauseMs: bus.betweenRequests, clock: tools.clock }) : port,
      ready: (signal) => connection.ready(signal),
      close: () => connection.close(),
    },
    tools.clock,
  );
}
