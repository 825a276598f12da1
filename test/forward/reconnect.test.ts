import { expect, test } from "vitest";
import { backoffMs, defaultBackoff } from "../../agent/forward/backoff.ts";
import { type Clock, monotonicMs } from "../../config/words/time.ts";
import { startMosquitto } from "../fakes/mosquitto.ts";
import { startScriptedBroker } from "../fakes/scriptedBroker.ts";
import { startTcpProxy } from "../fakes/tcpProxy.ts";
import { realClock, startStation, startTestPlatform, until } from "./station.ts";

/** The real clock, that can be told that time has passed, and remembers how long others wanted to sleep. */
function hurriedClock(): Clock & { pass(ms: number): void; readonly sleeps: readonly number[] } {
  let passedMs = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    pass(ms) {
      passedMs += ms;
    },
    now: () => ({
      ...realClock.now(),
      monotonicMs: monotonicMs(realClock.monotonicMs() + passedMs),
    }),
    monotonicMs: () => monotonicMs(realClock.monotonicMs() + passedMs),
    timer: (ms, ring) => realClock.timer(ms, ring),
    async sleep(ms, signal) {
      sleeps.push(ms);
      await realClock.sleep(Math.min(ms, 20), signal);
    },
  };
}

test("the time a connection took to come is no life of it: the row of failures goes on", async () => {
  const clock = hurriedClock();
  const refused = 4;
  await using broker = await startScriptedBroker({
    connack(connection) {
      if (connection < refused) return 3;
      if (connection === refused) clock.pass(14_000);
      return 0;
    },
  });
  const uplink = { clock, random: () => 0.5, reconnect: defaultBackoff };
  await using station = startStation({ settings: { url: broker.url, protocol: 4 }, uplink });
  await until("connected", () => station.uplink.stats().isConnected);
  clock.pass(16_500);
  broker.cut();
  await until("once more", () => broker.connections > refused + 1);
  const waits = [1, 2, 3, 4, 5].map((failures) => backoffMs(failures, 0.5, defaultBackoff));
  expect(clock.sleeps.filter((ms) => waits.includes(ms))).toEqual(waits);
});

test("a connection that lived ends the row of failures", async () => {
  const clock = hurriedClock();
  await using broker = await startScriptedBroker({
    connack: (connection) => (connection < 3 ? 3 : 0),
  });
  const uplink = { clock, random: () => 0.5, reconnect: defaultBackoff };
  await using station = startStation({ settings: { url: broker.url, protocol: 4 }, uplink });
  await until("connected", () => station.uplink.stats().isConnected);
  clock.pass(31_000);
  broker.cut();
  await until("once more", () => broker.connections > 4);
  const waits = [1, 2, 3, 1].map((failures) => backoffMs(failures, 0.5, defaultBackoff));
  expect(clock.sleeps.filter((ms) => waits.includes(ms))).toEqual(waits);
});

test("500 flaps: each counted once, nothing left behind, nothing lost", async () => {
  const flaps = 500;
  await using broker = await startMosquitto();
  await using proxy = await startTcpProxy({ port: broker.port });
  await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
  const reconnect = { firstMs: 2, maxMs: 5 };
  const url = `mqtt://127.0.0.1:${proxy.port}`;
  await using station = startStation({ settings: { url }, uplink: { reconnect } });
  const resources = (): number => process.getActiveResourcesInfo().length;
  let before = 0;
  for (let flap = 1; flap <= flaps; flap += 1) {
    await until("connected", () => station.uplink.stats().isConnected);
    if (flap === 10) before = resources();
    if (flap % 10 === 0) station.outbox.seal({ lane: "backlog" }, { lane: "alarm" });
    proxy.resetAll();
    await until("noticed", () => station.uplink.stats().dropOuts === flap);
  }
  await until("all delivered", () => station.outbox.stored === 0);
  const { dropOuts, attempts } = station.uplink.stats();
  expect(dropOuts).toBe(flaps);
  expect(attempts).toBeLessThan(2 * flaps);
  expect(resources()).toBeLessThan(before + 10);
  const { records, holes, conflicts, invalid } = platform.counts();
  expect({ records, holes, conflicts, invalid }).toEqual({
    ...{ records: (2 * flaps) / 10, holes: 0 },
    ...{ conflicts: 0, invalid: 0 },
  });
});
