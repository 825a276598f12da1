/** The pages that are connected: each with a bound on what it leaves untaken and on what it says. */

import { closeCodes } from "../protocol/live.ts";

/** What a client may leave untaken; a hello of 1,000 points has about 0.3 MB. */
const bufferedBytesMax = 2 * 1024 * 1024;
/** What a client may say: it needs one short word a second. */
const wordBytesMax = 256;
const wordsPerPingMax = 120;

/** A WebSocket as the hub uses it. */
export interface LiveSocket {
  readonly bufferedAmount: number;
  send(bytes: Buffer, options: { readonly binary: false }): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "message", call: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: "pong" | "close", call: () => void): unknown;
  on(event: "error", call: (error: Error) => void): unknown;
}

export interface LiveClient {
  readonly socket: LiveSocket;
  /** Whether who opened it may still look. */
  isWelcome(): boolean;
  /** It said that it is alive. */
  onAlive(): void;
  /** Where it was when it was cut off. */
  readonly life: string;
  readonly after: number;
}

interface Client extends LiveClient {
  isAnswering: boolean;
  words: number;
  isSoundOn: boolean;
}

export interface Clients {
  readonly size: number;
  add(opened: LiveClient): Client;
  send(client: Client, bytes: Buffer): void;
  sendAll(bytes: Buffer): void;
  /** Closes those that are no longer welcome. */
  review(): void;
  /** Pings; drops those that did not answer the ping before. */
  ask(): void;
  withSound(): number;
  endAll(): void;
}

export function createClients(): Clients {
  const all = new Set<Client>();

  function drop(client: Client, code: number, reason: string): void {
    all.delete(client);
    client.socket.close(code, reason);
  }

  function send(client: Client, bytes: Buffer): void {
    if (client.socket.bufferedAmount > bufferedBytesMax) {
      drop(client, closeCodes.tooSlow, "takes no data");
      // Its closing word would wait behind all the rest.
      client.socket.terminate();
      return;
    }
    client.socket.send(bytes, { binary: false });
  }

  return {
    get size() {
      return all.size;
    },
    send,
    sendAll(bytes) {
      for (const client of all) send(client, bytes);
    },
    add(opened) {
      const client: Client = { ...opened, isAnswering: true, words: 0, isSoundOn: false };
      const { socket } = client;
      socket.on("close", () => all.delete(client));
      // Whatever it is, the close that follows is all that matters.
      socket.on("error", () => all.delete(client));
      socket.on("pong", () => {
        client.isAnswering = true;
      });
      socket.on("message", (data, isBinary) => {
        const isSoundOn = isBinary ? null : soundOf(data);
        client.words += 1;
        if (isSoundOn === null) return drop(client, closeCodes.unwelcome, "not understood");
        client.isSoundOn = isSoundOn;
        return client.onAlive();
      });
      all.add(client);
      return client;
    },
    review() {
      for (const client of all) {
        if (!client.isWelcome()) drop(client, closeCodes.loggedOut, "logged out");
      }
    },
    ask() {
      for (const client of all) {
        if (!client.isAnswering || client.words > wordsPerPingMax) {
          all.delete(client);
          client.socket.terminate();
          continue;
        }
        client.isAnswering = false;
        client.words = 0;
        client.socket.ping();
      }
    },
    withSound: () => [...all].filter((client) => client.isSoundOn).length,
    endAll() {
      for (const client of all) drop(client, closeCodes.goingAway, "the agent ends");
    },
  };
}

/** Null: not a word of the page. */
function soundOf(data: Buffer): boolean | null {
  if (data.length > wordBytesMax) return null;
  try {
    const word: unknown = JSON.parse(data.toString("utf8"));
    if (typeof word !== "object" || word === null || !("kind" in word)) return null;
    return word.kind === "alive" && "isSoundOn" in word ? word.isSoundOn === true : null;
  } catch {
    return null;
  }
}
