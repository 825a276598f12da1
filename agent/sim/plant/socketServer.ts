/** A TCP server that can go down and come up again on its port: what the plant's lines on the network stand on. */

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

export interface SocketServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Breaks all connections and refuses new ones. Harmless when down. */
  goDown(): Promise<void>;
  /** Listens again on the same port. Harmless when up; stays down when another program took the port. */
  comeUp(): Promise<void>;
}

const connectionsMax = 64;
/** A client that does not read its replies is cut off beyond this. */
const unsentBytesMax = 1 << 20;

/** @throws when the port cannot be had; 0: any free one. */
export async function startSocketServer(options: {
  readonly host: string;
  readonly port: number;
  readonly serve: (socket: Socket) => void;
}): Promise<SocketServer> {
  const { host, serve } = options;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    if (sockets.size >= connectionsMax) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    // A reset by the client is ordinary; `close` follows and cleans up.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
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
    ...{ host, port, goDown },
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

export function sendTo(socket: Socket, bytes: Buffer): void {
  if (socket.writableLength > unsentBytesMax) socket.destroy();
  if (!socket.destroyed) socket.write(bytes);
}
