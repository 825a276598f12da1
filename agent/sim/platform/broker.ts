/** A small MQTT 3.1.1 broker in this process, on loopback: where no other is at hand. Not for a plant. */

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Aedes } from "aedes";

export interface Broker extends AsyncDisposable {
  /** mqtt://127.0.0.1:port */
  readonly url: string;
  /** Hangs up on everybody and refuses new connections, as a failed broker does; keeps what it holds. */
  goDown(): Promise<void>;
  /** On the same port again. Rejects when it has been taken meanwhile. */
  comeUp(): Promise<void>;
}

/** `port` 0: any free one. Rejects when the port is taken. */
export async function startBroker(port: number): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    aedes.handle(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  let isClosed = false;
  const hangUp = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `mqtt://127.0.0.1:${actual}`,
    goDown: hangUp,
    async comeUp() {
      if (server.listening || isClosed) return;
      server.listen(actual, "127.0.0.1");
      await once(server, "listening");
    },
    async [Symbol.asyncDispose]() {
      if (isClosed) return;
      isClosed = true;
      const closed = hangUp();
      await new Promise<void>((resolve) => aedes.close(resolve));
      await closed;
    },
  };
}
