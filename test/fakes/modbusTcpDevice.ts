/** A real TCP server that speaks Modbus byte by byte, and misbehaves on demand. */

import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { replyBytes, type SeenRequest, tcpFrame, tellingWord } from "./modbusFrames.ts";

/** What a scripted reply can do on its connection. */
export interface TcpStage {
  readonly request: SeenRequest;
  /** Running number of the request, from 0. */
  readonly tick: number;
  readonly socket: Socket;
  /** The right reply, as unit, function, byte count, data. */
  readonly right: readonly number[];
  /** Sends at once, or after `ms`. */
  send(bytes: Uint8Array, ms?: number): void;
}

export type TcpBehaviour = (stage: TcpStage) => void;

export const answerWell: TcpBehaviour = ({ request, right, send }) => {
  send(tcpFrame(request.transactionId, ...right));
};

export class ModbusTcpDevice implements AsyncDisposable {
  behave: TcpBehaviour = answerWell;
  readonly requests: SeenRequest[] = [];
  connections = 0;
  bytesReceived = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#serve(socket));
  }

  static async start(behave: TcpBehaviour = answerWell): Promise<ModbusTcpDevice> {
    const server = createServer({ noDelay: true });
    const device = new ModbusTcpDevice(server);
    device.behave = behave;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return device;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Requests by function code: anything but 1-4 would be a write. */
  get functionCodes(): ReadonlySet<number> {
    return new Set(this.requests.map((request) => request.functionCode));
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.dropConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    let held = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      this.bytesReceived += chunk.length;
      held = Buffer.concat([held, chunk]);
      while (held.length >= 12) {
        const length = 6 + held.readUInt16BE(4);
        if (held.length < length) return;
        this.#take(held.subarray(0, length), socket);
        held = held.subarray(length);
      }
    });
  }

  #take(frame: Buffer, socket: Socket): void {
    const request: SeenRequest = {
      transactionId: frame.readUInt16BE(0),
      unit: frame[6] ?? 0,
      functionCode: frame[7] ?? 0,
      address: frame.readUInt16BE(8),
      count: frame.readUInt16BE(10),
    };
    const tick = this.requests.push(request) - 1;
    this.behave({
      request,
      tick,
      socket,
      right: replyBytes(request, (address) => tellingWord(request, address, tick)),
      send: (bytes, ms) => this.#send(socket, bytes, ms),
    });
  }

  #send(socket: Socket, bytes: Uint8Array, ms: number | undefined): void {
    if (ms === undefined) {
      if (!socket.destroyed) socket.write(bytes);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!socket.destroyed) socket.write(bytes);
    }, ms);
    this.#timers.add(timer);
  }
}
