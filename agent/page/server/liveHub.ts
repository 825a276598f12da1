/**
 * The live channel: what happens goes to every open page. A message is written once as text and sent to all. Alarms go
 * in the tick in which they are announced. A client that takes nothing is dropped, so that it costs a bounded piece of
 * memory, and picks up where it was when it comes back.
 */

import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "../../../config/words/time.ts";
import { type AlarmView, closeCodes, type FromBox, type ReadingsView } from "../protocol.ts";
import { createLiveRing } from "./liveRing.ts";
import { createReadingsCollector } from "./readingsCollector.ts";
import type { PageSources } from "./sources.ts";

/** Urgent readings go this often at most; all others, and the heartbeat, at each fourth time. */
const beatMs = 250;
const beatsPerSecond = 4;
/** What a client may leave untaken; a hello of 1,000 points has about 0.3 MB. */
const bufferedBytesMax = 2 * 1024 * 1024;
const pingEveryBeats = 60;
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

export interface LiveHub extends Disposable {
  add(client: LiveClient): void;
  readonly size: number;
  /** Closes what is no longer welcome: after a logout, or when a user was changed. */
  review(): void;
}

interface Client extends LiveClient {
  isAnswering: boolean;
  words: number;
  isSoundOn: boolean;
}

export function createLiveHub(options: {
  readonly sources: PageSources;
  readonly clock: Clock;
}): LiveHub {
  const { sources, clock } = options;
  const life = randomBytes(8).toString("hex");
  const siteText = JSON.stringify(sources.site);
  const decimals = sources.site.points.map((point) => point.decimals);
  const positions = new Map(sources.site.points.map((point, i) => [point.tag, i]));
  const collector = createReadingsCollector(decimals.length, decimals);
  const ring = createLiveRing();
  const clients = new Set<Client>();
  const ending = new AbortController();
  let seq = 0;
  let beats = 0;

  function tell(message: Unnumbered): void {
    seq += 1;
    const { kind, ...rest } = message;
    const bytes = Buffer.from(JSON.stringify({ kind, seq, ...rest }));
    ring.push(seq, bytes);
    for (const client of clients) send(client, bytes);
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

  function drop(client: Client, code: number, reason: string): void {
    clients.delete(client);
    client.socket.close(code, reason);
  }

  function boxView(): Extract<FromBox, { kind: "box" }>["box"] {
    const clientsWithSound = [...clients].filter((client) => client.isSoundOn).length;
    return { ...sources.box(), clients: clients.size, clientsWithSound };
  }

  /** The site, the largest part, is written once in the hub's life. */
  function hello(): Buffer {
    const rest = JSON.stringify({
      ...{ alarms: sources.alarms.now(), readings: sources.readings.now(), box: boxView() },
    });
    const head = `{"kind":"hello","life":"${life}","seq":${seq},"site":${siteText},`;
    return Buffer.from(head + rest.slice(1));
  }

  function tellReadings(urgentOnly: boolean): void {
    const readings: ReadingsView | null = collector.collect(urgentOnly);
    if (readings !== null) tell({ kind: "readings", readings });
  }

  function review(): void {
    for (const client of clients) {
      if (!client.isWelcome()) drop(client, closeCodes.loggedOut, "logged out");
    }
  }

  function ask(): void {
    for (const client of clients) {
      if (!client.isAnswering || client.words > wordsPerPingMax) {
        clients.delete(client);
        client.socket.terminate();
        continue;
      }
      client.isAnswering = false;
      client.words = 0;
      client.socket.ping();
    }
  }

  let timer: Timer = clock.timer(beatMs, beat);
  function beat(): void {
    timer = clock.timer(beatMs, beat);
    beats += 1;
    const isFullSecond = beats % beatsPerSecond === 0;
    tellReadings(!isFullSecond);
    if (!isFullSecond) return;
    review();
    tell({ kind: "box", box: boxView() });
    if (beats % pingEveryBeats === 0) ask();
  }

  sources.readings.subscribe((block) => collector.take(block), ending.signal);
  sources.alarms.subscribe(({ alarms, lines }) => {
    tell({ kind: "alarms", alarms, lines });
    collector.watch(watchedOf(sources.alarms.now(), positions));
  }, ending.signal);
  collector.watch(watchedOf(sources.alarms.now(), positions));

  return {
    get size() {
      return clients.size;
    },
    review,
    add(opened) {
      const client: Client = { ...opened, isAnswering: true, words: 0, isSoundOn: false };
      const { socket } = client;
      socket.on("close", () => clients.delete(client));
      // Whatever it is, the close that follows is all that matters.
      socket.on("error", () => clients.delete(client));
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
      clients.add(client);
      const missed = client.life === life ? ring.after(client.after) : null;
      for (const bytes of missed ?? [hello()]) send(client, bytes);
    },
    [Symbol.dispose]() {
      timer.cancel();
      ending.abort();
      for (const client of clients) drop(client, closeCodes.goingAway, "the agent ends");
    },
  };
}

type Unnumbered =
  | { readonly kind: "readings"; readonly readings: ReadingsView }
  | Omit<Extract<FromBox, { kind: "alarms" }>, "seq">
  | Omit<Extract<FromBox, { kind: "box" }>, "seq">;

function watchedOf(
  alarms: readonly AlarmView[],
  positions: ReadonlyMap<string, number>,
): ReadonlySet<number> {
  return new Set(alarms.flatMap(({ source }) => positions.get(source) ?? []));
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
