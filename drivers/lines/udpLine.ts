/** Modbus frames over UDP: a request and its reply are one datagram each; what gets lost is a time-out. */

import { createSocket, type Socket } from "node:dgram";
import type { UdpBus } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../contract.ts";
import { isWholeFrame } from "../modbus/mbap.ts";
import { TcpPort } from "../modbus/tcpPort.ts";
import { Connection, type ConnectionTools, type OpenWire } from "./connection.ts";
import { wordsFor } from "./dial.ts";
import { TurnLine } from "./line.ts";
import { PacedIo } from "./pacedIo.ts";
import { portEvents } from "./portEvents.ts";

/** No I/O until the first turn. */
export function openUdpLine(options: {
  readonly bus: UdpBus;
  readonly tools: ConnectionTools;
}): Line<ModbusIo> {
  const { bus, tools } = options;
  const name = `udp ${bus.host}:${bus.port}`;
  const events = portEvents(name, "nothing answers", () => connection);
  const port = new TcpPort(tools.clock, events);
  const lost = (reason: string): void => connection.lost(reason);
  const connection: Connection = new Connection(
    (signal) => open({ bus, name, port, signal, lost }),
    tools,
  );
  return new TurnLine(
    {
      io: new PacedIo(port, { pauseMs: bus.betweenRequests, clock: tools.clock }),
      ready: (signal) => connection.ready(signal),
      close: () => connection.close(),
    },
    tools.clock,
  );
}

/** Bound to its one peer: the system drops datagrams of anybody else, and tells when nobody listens there. */
function open(options: {
  readonly bus: UdpBus;
  readonly name: string;
  readonly port: TcpPort;
  readonly signal: AbortSignal;
  readonly lost: (reason: string) => void;
}): Promise<Result<OpenWire, string>> {
  const { bus, name, port, signal, lost } = options;
  return new Promise((resolve) => {
    let state: "opening" | "open" | "closing" = "opening";
    const socket = createSocket({ type: bus.host.includes(":") ? "udp6" : "udp4" });
    const end = (outcome: Result<OpenWire, string>): void => {
      signal.removeEventListener("abort", stop);
      if (!outcome.ok && state !== "closing") {
        state = "closing";
        socket.close();
      }
      resolve(outcome);
    };
    const stop = (): void => end(fail("told to stop"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const reason = `${name}: ${wordsFor(error, "Modbus UDP")}`;
      if (state === "open") lost(reason);
      else end(fail(reason));
    });
    // A datagram that is no whole frame is noise: there is no stream that could be out of step.
    socket.on("message", (bytes) => {
      if (state === "open" && isWholeFrame(bytes, bytes.length)) port.receive(bytes, bytes.length);
    });
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    socket.connect(bus.port, bus.host, () => {
      if (state !== "opening") return;
      state = "open";
      // The port uses its bytes again, perhaps before the system has taken them.
      port.attach({ write: (bytes) => socket.send(Buffer.from(bytes)) });
      const close = (why: string): Promise<void> => {
        state = "closing";
        port.detach(why);
        return closed(socket);
      };
      end(ok({ close }));
    });
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
