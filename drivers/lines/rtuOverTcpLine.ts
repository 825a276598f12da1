/**
 * RTU frames over TCP: a serial line behind a transparent converter. What holds on RS-485 holds here, because the frames
 * carry no ids: silence before a request, one question at a time, the rule of late replies. Beside that the network
 * comes in between: bytes arrive in pieces, and the bus's time-out must cover its delay too.
 */

import type { Socket } from "node:net";
import type { RtuOverTcpBus } from "../../config/site.ts";
import { fail, type Result } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../contract.ts";
import { ModbusClient } from "../modbus/client.ts";
import { RtuPort } from "../modbus/rtuPort.ts";
import { Connection, type ConnectionTools, type OpenWire } from "./connection.ts";
import { dial, type SocketPort } from "./dial.ts";
import { TurnLine } from "./line.ts";
import { PacedIo } from "./pacedIo.ts";
import { portEvents } from "./portEvents.ts";

/** No I/O until the first turn. */
export function openRtuOverTcpLine(options: {
  readonly bus: RtuOverTcpBus;
  readonly tools: ConnectionTools;
}): Line<ModbusIo> {
  const { bus, tools } = options;
  const name = `${bus.host}:${bus.port}`;
  const events = portEvents(name, "connected, but no unit behind it answers", () => connection);
  const port = new RtuPort({ clock: tools.clock, format: bus, events });
  const connection: Connection = new Connection(
    (signal) => open({ bus, name, port, tools, signal, lost: (reason) => connection.lost(reason) }),
    tools,
  );
  return new TurnLine(
    {
      io: new PacedIo(new ModbusClient(port), { pauseMs: bus.betweenRequests, clock: tools.clock }),
      ready: (signal) => connection.ready(signal),
      close: () => connection.close(),
    },
    tools.clock,
  );
}

async function open(options: {
  readonly bus: RtuOverTcpBus;
  readonly name: string;
  readonly port: RtuPort;
  readonly tools: ConnectionTools;
  readonly signal: AbortSignal;
  readonly lost: (reason: string) => void;
}): Promise<Result<OpenWire, string>> {
  const { bus, name, port, tools, signal, lost } = options;
  const service = "the converter's TCP server (transparent mode)";
  const opened = await dial({
    to: bus,
    name,
    service,
    port: overSocket(port),
    tools,
    signal,
    lost,
  });
  if (!opened.ok) return opened;
  // A question of the connection before may still be answered: see lateReplies.ts.
  await tools.clock.sleep(bus.timeout, signal);
  if (!opened.value.isGone) return opened;
  await opened.value.close(`${name}: the connection went away`);
  return fail(`${name}: the other end closed the connection`);
}

function overSocket(port: RtuPort): SocketPort {
  return {
    attach: (socket: Socket) =>
      port.attach({
        write: (bytes, done) => void socket.write(bytes, done),
        // Nothing that has arrived can be discarded: it is read first, in a whole turn of the event loop.
        flush: (done) => void setImmediate(() => setImmediate(() => done(null))),
      }),
    detach: (reason) => port.detach(reason),
    receive: (bytes, count) => port.receive(bytes.subarray(0, count)),
  };
}
