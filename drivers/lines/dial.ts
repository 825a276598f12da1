/** A TCP connection to a device, gateway or converter, dialled once; what ends it is told in words. */

import { connect, type Socket } from "node:net";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { readBufferBytes } from "../modbus/tcpPort.ts";
import type { ConnectionTools, OpenWire } from "./connection.ts";

/** Shortest time a connect is given, whatever the units' time-out. */
const connectMsMin = 3_000;
const keepAliveMs = 10_000;

/** What the connection is attached to while it lasts. */
export interface SocketPort {
  attach(socket: Socket): void;
  /** The connection is gone: the question in flight fails at once. */
  detach(reason: string): void;
  /** `bytes[0..count)`, copied at once: the buffer is used again. */
  receive(bytes: Uint8Array, count: number): void;
}

export interface Dial {
  readonly to: { readonly host: string; readonly port: number; readonly timeout: number };
  /** For people: "HOST:PORT". */
  readonly name: string;
  /** What must be switched on there: for the words of a refusal. */
  readonly service: string;
  readonly port: SocketPort;
  readonly tools: ConnectionTools;
  readonly signal: AbortSignal;
  readonly lost: (reason: string) => void;
}

export interface OpenSocket extends OpenWire {
  /** It ended by itself, perhaps before anybody listened to `lost`. */
  readonly isGone: boolean;
}

export function dial(options: Dial): Promise<Result<OpenSocket, string>> {
  const { to, name, port, tools, signal, lost } = options;
  return new Promise((resolve) => {
    const socket = socketTo(to, port);
    const timeoutMs = Math.max(connectMsMin, to.timeout);
    const end = (outcome: Result<OpenSocket, string>): void => {
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
      reason = `${name}: ${wordsFor(error, options.service)}`;
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
          get isGone() {
            return socket.destroyed;
          },
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
function socketTo(to: Dial["to"], port: SocketPort): Socket {
  const socket: Socket = connect({
    host: to.host,
    port: to.port,
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
  ECONNRESET: "the other end reset the connection",
  EHOSTUNREACH: "host unreachable: is it switched on, is the network cable in?",
  ENETUNREACH: "network unreachable: check this box's network settings",
  ENOTFOUND: "host name unknown: check the spelling, or use the IP address",
  ETIMEDOUT: "the other end no longer answers",
};

/** A socket's error in words; `service`: what a refusal means is not switched on. */
export function wordsFor(error: NodeJS.ErrnoException, service: string): string {
  if (error.code === "ECONNREFUSED") {
    return `connection refused: is ${service} switched on there, is the port right?`;
  }
  return words[error.code ?? ""] ?? error.message;
}
