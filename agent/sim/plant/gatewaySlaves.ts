/**
 * RTU slaves behind a gateway that takes RTU frames over TCP: one request at a time, whoever asked; the bytes' time on
 * its serial side; a rest between two requests; and exception 0x0B in place of a unit that keeps silent.
 */

import type { Socket } from "node:net";
import type { Clock, Timer } from "../../../config/words/time.ts";
import { refusal } from "./pdu.ts";
import { characterMs, openFrame, sealFrame, silenceMs } from "./rtuFrame.ts";
import { type SocketServer, sendTo, startSocketServer } from "./socketServer.ts";
import { isWriteRequest, respond, type Station } from "./wireFaults.ts";
import { createWireStats, type LineStats } from "./wireStats.ts";

export interface GatewaySlaves extends SocketServer {
  /** Of its serial side. */
  readonly baud: number;
  stats(): LineStats;
  resetStats(): void;
}

export interface GatewaySlavesOptions {
  readonly stations: readonly Station[];
  readonly clock: Clock;
  readonly baud: number;
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
}

/** How long the gateway waits for a unit. */
const targetMs = 300;
/** Its rest between two requests. */
const restMs = 10;
/** Requests that wait for the serial side; more are dropped, as a real gateway would. */
const queueMax = 8;
/** Bytes that form no frame are forgotten after so long. */
const frameMs = 50;
const frameBytesMax = 256;
const readBytes = 8;
const targetSilent = 0x0b;

/** @throws when the port cannot be had. */
export async function startGatewaySlaves(options: GatewaySlavesOptions): Promise<GatewaySlaves> {
  const { clock, baud } = options;
  const stats = createWireStats(clock);
  const gateway = new Gateway(options, stats);
  const server = await startSocketServer({
    host: options.host ?? "127.0.0.1",
    port: options.port,
    serve: (socket) => gateway.serve(socket),
  });
  return {
    ...{ ...server, baud, stats: stats.read, resetStats: stats.reset },
    async [Symbol.asyncDispose]() {
      await server.goDown();
      gateway.stop();
    },
  };
}

interface Request {
  readonly socket: Socket;
  readonly unit: number;
  readonly pdu: Uint8Array;
}

class Gateway {
  readonly #clock: Clock;
  readonly #baud: number;
  readonly #stats: ReturnType<typeof createWireStats>;
  readonly #stations: ReadonlyMap<number, Station>;
  #queue: Request[] = [];
  /** Of the request under way, or of the rest after it; null: idle. */
  #timer: Timer | null = null;

  constructor(options: GatewaySlavesOptions, stats: ReturnType<typeof createWireStats>) {
    this.#clock = options.clock;
    this.#baud = options.baud;
    this.#stats = stats;
    this.#stations = new Map(options.stations.map((station) => [station.unit, station]));
  }

  serve(socket: Socket): void {
    let held: Buffer = Buffer.alloc(0);
    let forgetting: Timer | null = null;
    const forget = (): void => {
      forgetting = null;
      held = Buffer.alloc(0);
      this.#stats.add("badFrames");
    };
    socket.on("data", (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]).subarray(0, frameBytesMax + 1);
      forgetting?.cancel();
      forgetting = null;
      // A read is eight bytes, so that two that come in one piece are told apart; anything else comes alone.
      let frame = openFrame(held.subarray(0, readBytes));
      for (; frame !== null; frame = openFrame(held.subarray(0, readBytes))) {
        held = held.subarray(readBytes);
        this.#take({ socket, ...frame });
      }
      const whole = openFrame(held);
      if (whole !== null) {
        held = Buffer.alloc(0);
        this.#take({ socket, ...whole });
      }
      if (held.length > 0) forgetting = this.#clock.timer(frameMs, forget);
    });
    socket.on("close", () => {
      forgetting?.cancel();
      this.#queue = this.#queue.filter((request) => request.socket !== socket);
    });
  }

  /** Nothing is asked or said any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#queue = [];
  }

  #take(request: Request): void {
    if (isWriteRequest(request.pdu)) this.#stats.add("writeAttempts");
    if (this.#queue.length >= queueMax) return;
    this.#queue.push(request);
    this.#next();
  }

  #next(): void {
    if (this.#timer !== null) return;
    const request = this.#queue.shift();
    if (request === undefined) return;
    const { reply, afterMs, values } = this.#ask(request);
    this.#timer = this.#clock.timer(afterMs, () => {
      if (values > 0) this.#stats.answered(request.unit, values);
      sendTo(request.socket, reply);
      this.#timer = this.#clock.timer(restMs, () => {
        this.#timer = null;
        this.#next();
      });
    });
  }

  /** What the gateway will answer, and when: the unit's answer, or its own word that none came. */
  #ask({ unit, pdu }: Request): { reply: Buffer; afterMs: number; values: number } {
    const station = this.#stations.get(unit);
    const said = station === undefined ? null : respond(station, pdu);
    const sentMs = this.#wireMs(pdu.length) + silenceMs(this.#baud);
    if (said === null || said.delayMs > targetMs) {
      const silence = refusal(pdu[0] ?? 0, targetSilent);
      return { reply: sealFrame(unit, silence.pdu), afterMs: sentMs + targetMs, values: 0 };
    }
    const { answer, delayMs } = said;
    return {
      reply: sealFrame(unit, answer.pdu),
      afterMs: sentMs + delayMs + this.#wireMs(answer.pdu.length),
      values: answer.values,
    };
  }

  /** Unit, PDU and checksum on the serial side. */
  #wireMs(pduBytes: number): number {
    return (pduBytes + 3) * characterMs(this.#baud);
  }
}
