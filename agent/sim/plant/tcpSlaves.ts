/** A Modbus TCP server (MBAP) for the stations of one line. */

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock, Timer } from "../../../config/words/time.ts";
import { mbapBytes, replyFrame, splitFrames } from "./mbap.ts";
import { isWriteRequest, respond, type Station } from "./wireFaults.ts";
import { createWireStats, type LineStats } from "./wireStats.ts";

export interface TcpSlaves extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  stats(): LineStats;
  resetStats(): void;
  /** Breaks all connections and refuses new ones. Harmless when down. */
  goDown(): Promise<void>;
  /** Listens again on the same port. Harmless when up; stays down when another program took the port. */
  comeUp(): Promise<void>;
}

export interface TcpSlavesOptions {
  readonly stations: readonly Station[];
  readonly clock: Clock;
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
}

const connectionsMax = 64;
/** Requests of one connection that wait for their delayed reply; more are dropped, as a real gateway would. */
const pendingMax = 32;
/** A client that does not read its replies is cut off beyond this. */
const unsentBytesMax = 1 << 20;
const gatewayTargetSilent = 0x0b;

/** @throws when the port cannot be had. */
export async function startTcpSlaves(options: TcpSlavesOptions): Promise<TcpSlaves> {
  const host = options.host ?? "127.0.0.1";
  const stats = createWireStats(options.clock);
  const stations = new Map(options.stations.map((station) => [station.unit, station]));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    if (sockets.size >= connectionsMax) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, { stations, clock: options.clock, stats });
  });
  const port = await listen(server, host, options.port);

  const goDown = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };

  return {
    host,
    port,
    stats: stats.read,
    resetStats: stats.reset,
    goDown,
    async comeUp() {
      if (server.listening) return;
      // Called again soon by whoever looks after the line.
      await listen(server, host, port).catch(() => port);
    },
    [Symbol.asyncDispose]: goDown,
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen({ host, port });
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

interface Serving {
  readonly stations: ReadonlyMap<number, Station>;
  readonly clock: Clock;
  readonly stats: ReturnType<typeof createWireStats>;
}

function serve(socket: Socket, serving: Serving): void {
  const timers = new Set<Timer>();
  let rest: Buffer = Buffer.alloc(0);
  // A reset by the client is ordinary; `close` follows and cleans up.
  socket.on("error", () => {});
  socket.on("close", () => {
    for (const timer of timers) timer.cancel();
    timers.clear();
  });
  socket.on("data", (bytes: Buffer) => {
    const split = splitFrames(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
    if (split === null) {
      serving.stats.add("badFrames");
      socket.destroy();
      return;
    }
    rest = split.rest;
    for (const frame of split.frames) answerFrame(frame, { socket, timers, serving });
  });
}

function answerFrame(
  frame: Buffer,
  { socket, timers, serving }: { socket: Socket; timers: Set<Timer>; serving: Serving },
): void {
  const unit = frame[6] ?? 0;
  const request = frame.subarray(mbapBytes);
  const station = serving.stations.get(unit);
  if (isWriteRequest(request)) serving.stats.add("writeAttempts");
  if (station === undefined) {
    serving.stats.add("badFrames");
    const pdu = Buffer.from([((request[0] ?? 0) | 0x80) & 0xff, gatewayTargetSilent]);
    send(socket, replyFrame(frame, pdu));
    return;
  }
  const reply = respond(station, request);
  if (reply === null || timers.size >= pendingMax) return;
  const timer = serving.clock.timer(reply.delayMs, () => {
    timers.delete(timer);
    if (reply.answer.values > 0) serving.stats.answered(unit, reply.answer.values);
    send(socket, replyFrame(frame, reply.answer.pdu));
  });
  timers.add(timer);
}

function send(socket: Socket, bytes: Buffer): void {
  if (socket.writableLength > unsentBytesMax) socket.destroy();
  if (!socket.destroyed) socket.write(bytes);
}
