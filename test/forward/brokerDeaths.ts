/** Kills a real broker, again and again, after it acknowledged: with the platform's acks nothing may be lost. */

import { startMosquitto } from "../fakes/mosquitto.ts";
import { startStation, startTestPlatform, until } from "./station.ts";

export interface Proof {
  readonly figures: Readonly<Record<string, number>>;
  /** What must not be, in words; empty: proven. */
  readonly faults: readonly string[];
}

const recordsPerDeath = 20;

/** `count` deaths. The broker's persistence is at its default; the seed decides when in a burst it dies. */
export async function prove(options: {
  readonly count: number;
  readonly seed: number;
  say(text: string): void;
}): Promise<Proof> {
  const { count, seed, say } = options;
  await using broker = await startMosquitto({ config: ["persistence true"] });
  await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
  const reconnect = { firstMs: 20, maxMs: 100 };
  await using station = startStation({ settings: { url: broker.url }, uplink: { reconnect } });
  const { outbox, forwarder } = station;
  let made = 0;
  let state = seed >>> 0;
  for (let death = 1; death <= count; death += 1) {
    await until("connected", () => station.uplink.stats().isConnected);
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const target = forwarder.stats().sent + 1 + (state % recordsPerDeath);
    outbox.seal(...Array.from({ length: recordsPerDeath }, () => ({ lane: "backlog" as const })));
    outbox.seal({ lane: "alarm" });
    made += recordsPerDeath + 1;
    await until("some are sent", () => forwarder.stats().sent >= target || outbox.stored === 0);
    await broker.kill();
    await broker.start();
    if (death % 50 === 0) say(`${death} deaths of the broker, ${outbox.stored} records open`);
  }
  await until("all delivered", () => outbox.stored === 0);
  const { records, holes, conflicts, invalid, duplicates } = platform.counts();
  const lost = made - records;
  const wrong = { lost, holes, conflicts, invalid };
  const faults = Object.entries(wrong).flatMap(([what, n]) => (n === 0 ? [] : [`${n} ${what}`]));
  return {
    figures: { deaths: count, made, lost, duplicates, resent: forwarder.stats().resent },
    faults,
  };
}
