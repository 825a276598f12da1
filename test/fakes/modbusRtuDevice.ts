/** Modbus RTU slaves on a pseudo-terminal, or behind a converter, byte by byte, that misbehave on demand. */

import { crcOf, replyBytes, rtuFrame, type SeenRequest, tellingWord } from "./modbusFrames.ts";
import { openSerialPair, type SerialPair } from "./serialPair.ts";

export interface RtuStage {
  readonly request: SeenRequest;
  /** The request's own bytes, for an echo. */
  readonly bytes: Buffer;
  readonly tick: number;
  readonly right: readonly number[];
  send(bytes: Uint8Array, ms?: number): void;
}

export type RtuBehaviour = (stage: RtuStage) => void;

export const answerRtuWell: RtuBehaviour = ({ right, send }) => send(rtuFrame(...right));

export class ModbusRtuDevice implements AsyncDisposable {
  behave: RtuBehaviour;
  readonly requests: SeenRequest[] = [];
  /** Arrival of each request, ms. */
  readonly arrivals: number[] = [];
  bytesReceived = 0;
  readonly pair: SerialPair;
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: Buffer = Buffer.alloc(0);

  constructor(behave: RtuBehaviour = answerRtuWell, pair: SerialPair = openSerialPair()) {
    this.behave = behave;
    this.pair = pair;
    this.pair.onBytes((bytes) => this.#receive(bytes));
  }

  get path(): string {
    return this.pair.path;
  }

  get functionCodes(): ReadonlySet<number> {
    return new Set(this.requests.map((request) => request.functionCode));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.pair[Symbol.asyncDispose]();
  }

  #receive(bytes: Buffer): void {
    this.bytesReceived += bytes.length;
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= 8) {
      const frame = this.#held.subarray(0, 8);
      const isRequest = crcOf(frame.subarray(0, 6)) === frame.readUInt16LE(6);
      this.#held = this.#held.subarray(isRequest ? 8 : 1);
      if (isRequest) this.#take(Buffer.from(frame));
    }
  }

  #take(bytes: Buffer): void {
    const request: SeenRequest = {
      transactionId: 0,
      unit: bytes[0] ?? 0,
      functionCode: bytes[1] ?? 0,
      address: bytes.readUInt16BE(2),
      count: bytes.readUInt16BE(4),
    };
    this.arrivals.push(performance.now());
    const tick = this.requests.push(request) - 1;
    this.behave({
      request,
      bytes,
      tick,
      right: replyBytes(request, (address) => tellingWord(request, address, tick)),
      send: (reply, ms) => this.#send(reply, ms),
    });
  }

  #send(bytes: Uint8Array, ms: number | undefined): void {
    if (ms === undefined) {
      this.pair.write(bytes);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.pair.write(bytes);
    }, ms);
    this.#timers.add(timer);
  }
}
