/** Modbus TCP: a connection that dials on demand, notices its death, and carries one question at a time. */

import { connect, type Socket } from "node:net";
import type { TcpBus } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../contract.ts";
import { ModbusClient } from "../modbus/client.ts";
import { readBufferBytes, TcpPort } from "../modbus/tcpPort.ts";
import { Connection, type ConnectionTools, type OpenWire } from "./connection.ts";
import { TurnLine } from "./line.ts";
import { Liveness } from "./liveness.ts";

/** Shortest time a connect is given, whatever the units' time-out. */
const connectMsMin = 3_000;
const keepAliveMs = 10_000;

/** No I/O until the first turn. */
export function openTcpLine(options: {
  readonly bus: TcpBus;
  readonly tools: ConnectionTools;
}): Line<ModbusIo> {
  const { bus, tools } = options;
  const liveness = new Liveness();
  const name = `${bus.host}:${bus.port}`;
  const port = new TcpPort(tools.clock, {
    answered() {
      liveness.answered();
      connection.proved();
    },
    silent(unit) {
      if (liveness.silent(unit)) connection.lost(`${name}: connected, but nothing answers`);
    },
    broken: (reason) => connection.lost(`${name}: ${reason}`),
  });
  const lost = (reason: string): void => connection.lost(reason);
  const connection: Connection = new Connection(
    (signal) => dial({ bus, name, port, tools, signal, lost }),
    tools,
  );
  return new TurnLine(
    {
      io: new ModbusClient(port),
      ready: (signal) => connection.ready(signal),
      close: () => connection.close(),
    },
    tools.clock,
  );
}

interface Dial {
  readonly bus: TcpBus;
  readonly name: string;
  readonly port: TcpPort;
  readonly tools: ConnectionTools;
  readonly signal: AbortSignal;
  readonly lost: (reason: string) => void;
}

function dial(options: Dial): Promise<Result<OpenWire, string>> {
  const { bus, name, port, tools, signal, lost } = options;
  return new Promise((resolve) => {
    const socket = socketTo(bus, port);
    const timeoutMs = Math.max(connectMsMin, bus.timeout);
    const end = (outcome: Result<OpenWire, string>): void => {
      timer.cancel();
      signal.removeEventListener("abort", stop);
      if (!outcome.ok) socket.destroy();
      resolve(outcome);
    };
    const stop = (): void => end(fail("told to stop"));
    const timer = tools.clock.timer(timeoutMs, () => {
      end(fail(`${name}: no connection within ${timeoutMs} ms`));
    });
    let reason = `${name}: the other end closed the connection`;
    let isClosing = false;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reason = `${name}: ${wordsFor(error)}`;
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      end(fail(reason));
      if (!isClosing) lost(reason);
    });
    socket.once("connect", () => {
      port.attach(socket);
      end(
        ok({
          close(why) {
            isClosing = true;
            port.detach(why);
            return destroyed(socket);
          },
        }),
      );
    });
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
}

/** Reads into one buffer that is used again and again: the port copies what it needs. */
function socketTo(bus: TcpBus, port: TcpPort): Socket {
  const socket: Socket = connect({
    host: bus.host,
    port: bus.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    onread: {
      buffer: Buffer.alloc(readBufferBytes),
      callback(count, bytes) {
        if (!socket.destroyed) port.receive(bytes, count);
        return true;
      },
    },
  });
  return socket;
}

function destroyed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
    socket.destroy();
  });
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: is Modbus TCP switched on there, is the port right?",
  ECONNRESET: "the other end reset the connection",
  EHOSTUNREACH: "host unreachable: is it switched on, is the network cable in?",
  ENETUNREACH: "network unreachable: check this box's network settings",
  ENOTFOUND: "host name unknown: check the spelling, or use the IP address",
  ETIMEDOUT: "the other end no longer answers",
};

function wordsFor(error: NodeJS.ErrnoException): string {
  return words[error.code ?? ""] ?? error.message;
}
