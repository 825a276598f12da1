/** A Modbus TCP server (MBAP) for the stations of one line. */

import type { Socket } from "node:net";
import type { Clock, Timer } from "../../../config/words/time.ts";
import { mbapBytes, replyFrame, splitFrames } from "./mbap.ts";
import { type SocketServer, sendTo, startSocketServer } from "./socketServer.ts";
import { isWriteRequest, respond, type Station } from "./wireFaults.ts";
import { createWireStats, type LineStats } from "./wireStats.ts";

export interface TcpSlaves extends SocketServer {
  stats(): LineStats;
  resetStats(): void;
}

export interface TcpSlavesOptions {
  readonly stations: readonly Station[];
  readonly clock: Clock;
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Requests of one connection that wait for their delayed reply; more are dropped, as a real gateway would. */
const pendingMax = 32;
const gatewayTargetSilent = 0x0b;

/** @throws when the port cannot be had. */
export async function startTcpSlaves(options: TcpSlavesOptions): Promise<TcpSlaves> {
  const stats = createWireStats(options.clock);
  const stations = new Map(options.stations.map((station) => [station.unit, station]));
  const server = await startSocketServer({
    host: options.host ?? "127.0.0.1",
    port: options.port,
    serve: (socket) => serve(socket, { stations, clock: options.clock, stats }),
  });
  return { ...server, stats: stats.read, resetStats: stats.reset };
}

interface Serving {
  readonly stations: ReadonlyMap<number, Station>;
  readonly clock: Clock;
  readonly stats: ReturnType<typeof createWireStats>;
}

function serve(socket: Socket, serving: Serving): void {
  const timers = new Set<Timer>();
  let rest: Buffer = Buffer.alloc(0);
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
    sendTo(socket, replyFrame(frame, pdu));
    return;
  }
  const reply = respond(station, request);
  if (reply === null || timers.size >= pendingMax) return;
  const timer = serving.clock.timer(reply.delayMs, () => {
    timers.delete(timer);
    if (reply.answer.values > 0) serving.stats.answered(unit, reply.answer.values);
    sendTo(socket, replyFrame(frame, reply.answer.pdu));
  });
  timers.add(timer);
}
