/** A serial master written by hand, sharing nothing with the product: bytes out, bytes in. */

import { SerialPort } from "serialport";

export class RawSerial implements AsyncDisposable {
  readonly #port: SerialPort;
  #got: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};

  private constructor(port: SerialPort) {
    this.#port = port;
    port.on("data", (bytes: Buffer) => {
      this.#got = Buffer.concat([this.#got, bytes]);
      this.#wake();
    });
    port.on("error", () => {});
  }

  static async open(path: string): Promise<RawSerial> {
    const port = new SerialPort({ path, baudRate: 9600, lock: false, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(error) : resolve()));
    });
    return new RawSerial(port);
  }

  get isOpen(): boolean {
    return this.#port.isOpen;
  }

  get got(): Buffer {
    return this.#got;
  }

  send(bytes: Uint8Array): void {
    this.#port.write(Buffer.from(bytes));
  }

  /** Everything received so far, once there are `count` bytes, or after `waitMs`. Forgets them. */
  async take(count: number, waitMs = 5_000): Promise<Buffer> {
    const end = Date.now() + waitMs;
    while (this.#got.length < count && Date.now() < end) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, Math.max(1, end - Date.now()));
      });
    }
    const taken = this.#got;
    this.#got = Buffer.alloc(0);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#port.isOpen) return;
    await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }
}

/** A frame with its checksum, by the bit-reversed polynomial division of the specification. */
export function rtu(...body: number[]): Buffer {
  let crc = 0xffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const low = crc & 1;
      crc >>= 1;
      if (low === 1) crc ^= 0xa001;
    }
  }
  return Buffer.from([...body, crc & 0xff, crc >> 8]);
}

/** The body of a reply, or null when its checksum is wrong. */
export function unsealed(frame: Buffer): Buffer | null {
  if (frame.length < 4) return null;
  const body = frame.subarray(0, -2);
  return rtu(...body).equals(frame) ? body : null;
}

export function readRequest(
  unit: number,
  code: number,
  { address, count }: { address: number; count: number },
): Buffer {
  return rtu(unit, code, address >> 8, address & 0xff, count >> 8, count & 0xff);
}
