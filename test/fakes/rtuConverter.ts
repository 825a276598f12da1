/** A transparent converter: what comes over TCP goes to the serial side as it is, and back, to whoever is connected. */

import { type AddressInfo, createServer, type Socket } from "node:net";
import type { SerialPair } from "./serialPair.ts";

export interface RtuConverter extends SerialPair {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  /** Breaks the connections; new ones are taken. */
  drop(): void;
}

export async function openRtuConverter(): Promise<RtuConverter> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let take: (bytes: Buffer) => void = () => {};
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (bytes: Buffer) => take(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async (): Promise<void> => {
    drop();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    ...{ path: `127.0.0.1:${port}`, port, drop },
    get connections() {
      return connections;
    },
    onBytes(listener) {
      take = listener;
    },
    write(bytes) {
      for (const socket of sockets) socket.write(bytes);
    },
    unplug: close,
    [Symbol.asyncDispose]: close,
  };
}
