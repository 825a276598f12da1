/**
 * The live channel: what happens goes to every open page. A message is written once as text and sent to all. Alarms go
 * in the call that tells of them. A client that takes nothing is dropped, so that it costs a bounded piece of
 * memory, and picks up where it was when it comes back.
 */

import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "../../../config/words/time.ts";
import type { AlarmView } from "../protocol/alarms.ts";
import type { FromBox, ReadingsView } from "../protocol/live.ts";
import { createClients, type LiveClient } from "./liveClients.ts";
import { createLiveRing } from "./liveRing.ts";
import { createReadingsCollector } from "./readingsCollector.ts";
import type { PageSources } from "./sources.ts";

/** Urgent readings go this often at most; all others, and the heartbeat, at each fourth time. */
const beatMs = 250;
const beatsPerSecond = 4;
const pingEveryBeats = 60;
const watchedMax = 100;

export interface LiveHub extends Disposable {
  add(client: LiveClient): void;
  readonly size: number;
  /** Closes what is no longer welcome: after a logout, or when a user was changed. */
  review(): void;
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
  /** Alarms that stand, each with the position of its point. */
  const watched = new Map<string, number>();
  const ring = createLiveRing();
  const clients = createClients();
  const ending = new AbortController();
  let seq = 0;
  let beats = 0;

  function tell(message: Unnumbered): void {
    seq += 1;
    const { kind, ...rest } = message;
    const bytes = Buffer.from(JSON.stringify({ kind, seq, ...rest }));
    ring.push(seq, bytes);
    clients.sendAll(bytes);
  }

  function boxView(): Extract<FromBox, { kind: "box" }>["box"] {
    return { ...sources.box(), clients: clients.size, clientsWithSound: clients.withSound() };
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

  /** So many points no person watches by the quarter of a second: in a flood all go once a second. */
  function watch(changed: readonly AlarmView[]): void {
    for (const { key, source, state } of changed) {
      const position = positions.get(source);
      if (state === "normal" || position === undefined) watched.delete(key);
      else watched.set(key, position);
    }
    collector.watch(new Set(watched.size > watchedMax ? [] : watched.values()));
  }

  let timer: Timer = clock.timer(beatMs, beat);
  function beat(): void {
    timer = clock.timer(beatMs, beat);
    beats += 1;
    const isFullSecond = beats % beatsPerSecond === 0;
    tellReadings(!isFullSecond);
    if (!isFullSecond) return;
    clients.review();
    tell({ kind: "box", box: boxView() });
    if (beats % pingEveryBeats === 0) clients.ask();
  }

  sources.readings.subscribe((block) => collector.take(block), ending.signal);
  sources.alarms.subscribe(({ alarms }) => {
    tell({ kind: "alarms", alarms });
    watch(alarms);
  }, ending.signal);
  watch(sources.alarms.now());

  return {
    get size() {
      return clients.size;
    },
    review: () => clients.review(),
    add(opened) {
      const client = clients.add(opened);
      const missed = client.life === life ? ring.after(client.after) : null;
      for (const bytes of missed ?? [hello()]) clients.send(client, bytes);
    },
    [Symbol.dispose]() {
      timer.cancel();
      ending.abort();
      clients.endAll();
    },
  };
}

type Unnumbered =
  | { readonly kind: "readings"; readonly readings: ReadingsView }
  | Omit<Extract<FromBox, { kind: "alarms" }>, "seq">
  | Omit<Extract<FromBox, { kind: "box" }>, "seq">;
