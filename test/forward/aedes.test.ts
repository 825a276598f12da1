import { expect, test } from "vitest";
import { startStation, startTestPlatform, until } from "./station.ts";

test("over MQTT 3.1.1 every record arrives at the stand-in platform once and is then delivered", async () => {
  await using platform = await startTestPlatform();
  await using station = startStation({ settings: { url: platform.url, protocol: 4 } });
  for (let i = 0; i < 300; i += 1)
    station.outbox.seal({ lane: "backlog", readings: 7, padBytes: 200 });
  station.outbox.seal({ lane: "alarm" }, { lane: "gap" }, { lane: "live", readings: 3 });
  await until("all delivered", () => station.outbox.stored === 0, {
    state: () => [station.forwarder.stats(), platform.counts()],
  });
  const counts = platform.counts();
  expect(counts).toMatchObject({
    records: 303,
    readings: 2_103,
    holes: 0,
    conflicts: 0,
    invalid: 0,
  });
  expect(station.forwarder.stats()).toMatchObject({ delivered: 303, unconfirmed: 0, inFlight: 0 });
  expect(station.outbox.deliveredUnderWayMax).toBe(1);
  expect(station.outbox.deliveredCalls).toBeLessThan(150);
});

test("a broker that speaks no MQTT 5 is said so, with the setting to change", async () => {
  await using platform = await startTestPlatform();
  await using station = startStation({ settings: { url: platform.url, protocol: 5 } });
  await until("refused", () => station.uplink.stats().trouble !== null);
  const { words } = station.forwarder.stats().state;
  expect(words.en).toContain("try protocol: 4");
  expect(words.zh).toContain("protocol: 4");
});
