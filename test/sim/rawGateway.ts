/** RTU frames over TCP, written by hand, sharing nothing with the product: bytes out, bytes in. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";

export class RawGateway implements AsyncDisposable {
  readonly #socket: Socket;
  #got: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      this.#got = Buffer.concat([this.#got, bytes]);
    });
  }

  static async open({ host, port }: { host: string; port: number }): Promise<RawGateway> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, "connect");
    return new RawGateway(socket);
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next `count` bytes; fewer when the connection ends first. */
  async take(count: number): Promise<Buffer> {
    while (this.#got.length < count && !this.#socket.destroyed) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const taken = this.#got.subarray(0, count);
    this.#got = this.#got.subarray(count);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.closed) return;
    this.#socket.destroy();
    await once(this.#socket, "close");
  }
}
