/** A Modbus device on UDP, datagram by datagram, that misbehaves on demand. */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { replyBytes, type SeenRequest, tcpFrame, tellingWord } from "./modbusFrames.ts";
import type { TcpStage } from "./modbusTcpDevice.ts";

export type UdpStage = Omit<TcpStage, "socket">;
export type UdpBehaviour = (stage: UdpStage) => void;

export class ModbusUdpDevice implements AsyncDisposable {
  behave: UdpBehaviour;
  readonly requests: SeenRequest[] = [];
  bytesReceived = 0;
  /** Ports that asked so far: each opening of a line has its own. */
  readonly peers = new Set<number>();
  readonly #socket: Socket;
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(socket: Socket, behave: UdpBehaviour) {
    this.#socket = socket;
    this.behave = behave;
    socket.on("message", (bytes, from) => this.#take(bytes, from));
  }

  static async start(
    behave: UdpBehaviour = ({ request, right, send }) => {
      send(tcpFrame(request.transactionId, ...right));
    },
  ): Promise<ModbusUdpDevice> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new ModbusUdpDevice(socket, behave);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get functionCodes(): ReadonlySet<number> {
    return new Set(this.requests.map((request) => request.functionCode));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    this.bytesReceived += bytes.length;
    this.peers.add(from.port);
    const request: SeenRequest = {
      transactionId: bytes.readUInt16BE(0),
      unit: bytes[6] ?? 0,
      functionCode: bytes[7] ?? 0,
      address: bytes.readUInt16BE(8),
      count: bytes.readUInt16BE(10),
    };
    const tick = this.requests.push(request) - 1;
    this.behave({
      request,
      tick,
      right: replyBytes(request, (address) => tellingWord(request, address, tick)),
      send: (reply, ms) => this.#send(reply, from.port, ms),
    });
  }

  #send(bytes: Uint8Array, port: number, ms: number | undefined): void {
    if (ms === undefined) {
      this.#socket.send(bytes, port, "127.0.0.1");
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#socket.send(bytes, port, "127.0.0.1");
    }, ms);
    this.#timers.add(timer);
  }
}
