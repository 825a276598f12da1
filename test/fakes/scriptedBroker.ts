/** A broker of MQTT 3.1.1 that says only what the test lets it say, and remembers what it heard. */

import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export interface HeardPublish {
  /** Connections are counted from 0. */
  readonly connection: number;
  readonly topic: string;
  readonly payload: Buffer;
}

export interface BrokerScript {
  /** The CONNACK's return code for this connection; null: silence. 0 when not given. */
  connack?(connection: number): number | null;
  /** The answer to each subscription, one topic each; granted, when not given. */
  suback?(connection: number): number;
  /** Whether a QoS 1 publish is acknowledged; always, when not given. */
  isAcknowledged?(publish: HeardPublish): boolean;
}

export interface ScriptedBroker extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly connections: number;
  readonly heard: readonly HeardPublish[];
  /** Cuts all connections that are open now. */
  cut(): void;
}

export async function startScriptedBroker(script: BrokerScript): Promise<ScriptedBroker> {
  const heard: HeardPublish[] = [];
  const open = new Set<Socket>();
  const state = { connections: 0 };
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = state.connections++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    forEachPacket(socket, (type, qos, body) => {
      if (type === 1) {
        const code = script.connack === undefined ? 0 : script.connack(connection);
        if (code !== null) socket.write(Buffer.from([0x20, 2, 0, code]));
      } else if (type === 3) {
        const topicEnd = 2 + body.readUInt16BE(0);
        const payload = body.subarray(topicEnd + (qos === 0 ? 0 : 2));
        const publish = { connection, topic: body.toString("utf8", 2, topicEnd), payload };
        heard.push(publish);
        if (qos === 0 || script.isAcknowledged?.(publish) === false) return;
        const packetId = body.subarray(topicEnd, topicEnd + 2);
        socket.write(Buffer.concat([Buffer.from([0x40, 2]), packetId]));
      } else if (type === 8) {
        const code = script.suback?.(connection) ?? 0;
        socket.write(Buffer.concat([Buffer.from([0x90, 3]), body.subarray(0, 2), Buffer.of(code)]));
      } else if (type === 12) socket.write(Buffer.from([0xd0, 0]));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    get connections() {
      return state.connections;
    },
    heard,
    cut,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}

/** Packet by packet: type, QoS bits and what follows the fixed header. */
function forEachPacket(
  socket: Socket,
  take: (type: number, qos: number, body: Buffer) => void,
): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    for (;;) {
      const header = fixedHeader(held);
      if (header === null || held.length < header.endsAt) return;
      const first = held[0] ?? 0;
      const body = Buffer.from(held.subarray(header.bodyAt, header.endsAt));
      held = held.subarray(header.endsAt);
      take(first >> 4, (first >> 1) & 3, body);
    }
  });
}

/** Null: not all of it is here yet. */
function fixedHeader(bytes: Buffer): { readonly bodyAt: number; readonly endsAt: number } | null {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at += 1) {
    const digit = bytes[at] ?? 0;
    length += (digit & 127) * 128 ** (at - 1);
    if (digit < 128) return { bodyAt: at + 1, endsAt: at + 1 + length };
  }
  return null;
}
