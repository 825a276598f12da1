import { connectAsync } from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import { startMosquitto } from "../fakes/mosquitto.ts";
import { startScriptedBroker } from "../fakes/scriptedBroker.ts";
import { realClock, startStation, startTestPlatform, until } from "./station.ts";

test("a refused subscription to the acks is said in words; nothing counts as delivered", async () => {
  await using broker = await startScriptedBroker({ suback: () => 0x80 });
  const settings = { url: broker.url, protocol: 4, ackTimeout: 500 } as const;
  await using station = startStation({ settings });
  station.outbox.seal({ lane: "alarm" });
  await until("said", () => station.uplink.stats().trouble !== null);
  expect(station.uplink.stats().trouble?.words.en).toMatch(/subscribe hazgate\/v1\/plant1\/box1\//);
  await until("silence noticed", () => {
    return station.forwarder.stats().state.kind === "platform-silent";
  });
  expect(station.outbox.stored).toBe(1);
  expect(station.uplink.stats().dropOuts).toBe(0);
});

test.each([4, 5] as const)(
  "MQTT version %i: a message of 20 MB ends the connection, the next one works",
  async (protocol) => {
    await using broker = await startMosquitto();
    const settings = { url: broker.url, protocol };
    await using station = startStation({ settings });
    await until("connected", () => station.uplink.stats().isConnected);
    const other = await connectAsync(broker.url, { protocolVersion: 4 });
    onTestFinished(async () => await other.endAsync(true));
    await realClock.sleep(200, new AbortController().signal);
    await other.publishAsync("hazgate/v1/plant1/box1/ack", Buffer.alloc(20_000_000), { qos: 0 });
    // Version 5 told the broker its bound: it does not even send.
    if (protocol === 4) await until("ended", () => station.uplink.stats().dropOuts === 1);
    await using platform = await startTestPlatform({ url: broker.url, protocol });
    station.outbox.seal({ lane: "alarm" });
    await until("delivered", () => station.outbox.stored === 0);
    expect(platform.counts().alarms).toBe(1);
  },
);

test.each([20, 100])(
  "a broker that acknowledges all and hands on nothing: with platform acks nothing is lost in %i records",
  async (count) => {
    await using broker = await startScriptedBroker({});
    const settings = { url: broker.url, protocol: 4, ackTimeout: 300 } as const;
    await using station = startStation({ settings });
    station.outbox.seal(...Array.from({ length: count }, () => ({ lane: "backlog" as const })));
    await until("all were taken by the broker", () => station.forwarder.stats().sent >= count);
    await until("silence noticed", () => {
      return station.forwarder.stats().state.kind === "platform-silent";
    });
    expect(station.outbox.stored).toBe(count);
    expect(station.forwarder.stats().delivered).toBe(0);
  },
);

test("a second forwarder starts where the first has ended, on the same settings", async () => {
  await using broker = await startMosquitto();
  await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
  for (let life = 1; life <= 3; life += 1) {
    await using station = startStation({ settings: { url: broker.url } });
    await until("connected", () => station.uplink.stats().isConnected);
    expect(station.uplink.stats().attempts).toBe(1);
  }
  expect(platform.counts().invalid).toBe(0);
});
