import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mosquitto, startMosquitto } from "../fakes/mosquitto.ts";
import { startTcpProxy } from "../fakes/tcpProxy.ts";
import { MemoryOutbox } from "./memoryOutbox.ts";
import { realClock, type Station, startStation, startTestPlatform, until } from "./station.ts";

const never = new AbortController().signal;

function backlog(count: number, padBytes = 300) {
  return Array.from({ length: count }, () => ({ lane: "backlog" as const, readings: 5, padBytes }));
}

function isDelivered(station: Station): () => boolean {
  return () => station.outbox.stored === 0;
}

describe("with a broker that lives", () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({ config: ["max_inflight_messages 200"] });
  });
  afterAll(async () => await broker[Symbol.asyncDispose]());

  test.each([4, 5] as const)(
    "MQTT version %i: all arrives once, acknowledged",
    async (protocol) => {
      await using platform = await startTestPlatform({ url: broker.url, protocol });
      const outbox = new MemoryOutbox({ box: `version${protocol}` });
      await using station = startStation({ settings: { url: broker.url, protocol }, outbox });
      outbox.seal(...backlog(500), { lane: "alarm" }, { lane: "gap" });
      await until("all delivered", isDelivered(station));
      expect(platform.counts()).toMatchObject({
        records: 502,
        readings: 2_500,
        alarms: 1,
        gaps: 1,
        holes: 0,
        duplicates: 0,
        conflicts: 0,
        invalid: 0,
      });
      expect(station.uplink.stats()).toMatchObject({ dropOuts: 0, trouble: null, attempts: 1 });
    },
  );

  test("version 5 names the content type of each encoding", async () => {
    const listener = await connectAsync(broker.url, { protocolVersion: 5 });
    const types = new Map<string, string | undefined>();
    listener.on("message", (topic, _, packet) => {
      types.set(topic, packet.properties?.contentType);
    });
    await listener.subscribeAsync("hazgate/v1/plant1/types/#");
    const outbox = new MemoryOutbox({ box: "types" });
    const settings = { url: broker.url, ack: "broker" } as const;
    await using station = startStation({ settings, outbox });
    outbox.seal({ lane: "alarm" }, { lane: "live", padBytes: 5_000 });
    await until("all heard", () => types.size === 3 && station.outbox.stored === 0);
    await listener.endAsync(true);
    expect(Object.fromEntries(types)).toEqual({
      "hazgate/v1/plant1/types/status": "application/json",
      "hazgate/v1/plant1/types/alarm": "application/json",
      "hazgate/v1/plant1/types/readings": "application/json+zstd",
    });
  });

  test("the status is retained: on line while it runs, off line after a clean stop and after a cut", async () => {
    await using proxy = await startTcpProxy({ port: broker.port });
    const outbox = new MemoryOutbox({ box: "status" });
    const facts = { alarms: 1 };
    const settings = { url: `mqtt://127.0.0.1:${proxy.port}` };
    const watcher = await connectAsync(broker.url, { protocolVersion: 5 });
    const seen: { body: Record<string, unknown>; retained: boolean }[] = [];
    watcher.on("message", (_, payload, packet) => {
      const message = JSON.parse(payload.toString()) as { body: Record<string, unknown> };
      seen.push({ body: message.body, retained: packet.retain });
    });
    await watcher.subscribeAsync("hazgate/v1/plant1/status/status", { qos: 1, rap: true });
    const newest = () => seen.at(-1)?.body;
    {
      const uplink = { status: () => ({ version: "1.2.3", activeAlarms: facts.alarms }) };
      await using station = startStation({ settings, outbox, uplink });
      await until("on line", () => newest()?.["online"] === true);
      expect(newest()).toMatchObject({
        version: "1.2.3",
        activeAlarms: 1,
        uplink: { dropOuts: 0 },
      });
      facts.alarms = 2;
      station.forwarder.statusChanged();
      await until("the change is published", () => newest()?.["activeAlarms"] === 2);
      proxy.mode = "refuse";
      await until("the will is published", () => newest()?.["online"] === false);
      proxy.mode = "pass";
      await until("on line again", () => newest()?.["online"] === true);
      expect(newest()).toMatchObject({ uplink: { dropOuts: 1 } });
    }
    await until("off line after the stop", () => newest()?.["online"] === false);
    // Said in full, by ourselves: it is not the will.
    expect(newest()).toMatchObject({ version: "1.2.3" });
    expect(seen.every((one) => one.retained)).toBe(true);
    await watcher.endAsync(true);
  });

  test("alarms overtake a backlog of thousands, at the receiver", async () => {
    await using proxy = await startTcpProxy({ port: broker.port });
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    proxy.delayMs = 10;
    const outbox = new MemoryOutbox({ box: "overtake" });
    outbox.seal(...backlog(4_000));
    const settings = { url: `mqtt://127.0.0.1:${proxy.port}` };
    await using station = startStation({ settings, outbox });
    const alarms: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      await until("the backlog moves", () => platform.counts().records > 200 * (i + 1));
      outbox.seal({ lane: "alarm" });
      alarms.push(outbox.made.records);
    }
    const before = outbox.stored;
    await until("all delivered", isDelivered(station));
    expect(before).toBeGreaterThan(1_000);
    const order = [...platform.store.pages()].flat().map((record) => record.seq);
    for (const [i, seq] of alarms.entries()) {
      // Behind it at the receiver: all that was not yet under way when it was sealed.
      expect(order.indexOf(seq)).toBeLessThan(200 * (i + 1) + 1_000);
    }
    expect(platform.counts()).toMatchObject({ records: 4_005, holes: 0, conflicts: 0 });
  });

  test("a half-open link is noticed and rebuilt, and everything still arrives", async () => {
    await using proxy = await startTcpProxy({ port: broker.port });
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    const outbox = new MemoryOutbox({ box: "halfopen" });
    const settings = { url: `mqtt://127.0.0.1:${proxy.port}`, ackTimeout: 500 };
    await using station = startStation({ settings, outbox, uplink: { connectTimeoutMs: 500 } });
    outbox.seal(...backlog(50));
    await until("the first arrive", isDelivered(station));
    proxy.mode = "black";
    outbox.seal(...backlog(50));
    await until("noticed", () => station.uplink.stats().dropOuts === 1);
    expect(station.uplink.stats().trouble?.kind).toBe("silent");
    // Connections that lead nowhere are given up too, again and again.
    await until("tried again in vain", () => proxy.accepted >= 3);
    proxy.mode = "pass";
    await until("all delivered", isDelivered(station));
    expect(platform.counts()).toMatchObject({ records: 100, holes: 0, conflicts: 0 });
  });

  test("a quiet half-open link is noticed too", async () => {
    await using proxy = await startTcpProxy({ port: broker.port });
    const outbox = new MemoryOutbox({ box: "quiet" });
    const settings = { url: `mqtt://127.0.0.1:${proxy.port}`, ackTimeout: 300 };
    await using station = startStation({
      settings,
      outbox,
      uplink: { connectTimeoutMs: 500, clock: hurried(20) },
    });
    await until("connected", () => station.uplink.stats().isConnected);
    await realClock.sleep(100, never);
    proxy.mode = "black";
    await until("noticed", () => station.uplink.stats().dropOuts > 0);
  });

  test("a link of one byte a second holds back neither the process nor its stop", async () => {
    await using proxy = await startTcpProxy({ port: broker.port });
    const outbox = new MemoryOutbox({ box: "trickle" });
    const settings = { url: `mqtt://127.0.0.1:${proxy.port}`, ackTimeout: 400 };
    const station = startStation({ settings, outbox, uplink: { connectTimeoutMs: 500 } });
    await until("connected", () => station.uplink.stats().isConnected);
    proxy.mode = "trickle";
    outbox.seal(...backlog(2_000));
    await until("given up", () => station.uplink.stats().dropOuts > 0);
    const { unconfirmed, inFlight } = station.forwarder.stats();
    expect(unconfirmed).toBeLessThanOrEqual(64);
    expect(inFlight).toBeLessThanOrEqual(64);
    const startMs = realClock.monotonicMs();
    await station[Symbol.asyncDispose]();
    expect(realClock.monotonicMs() - startMs).toBeLessThan(30_000);
    expect(outbox.stored).toBe(2_000);
  });

  test("two boxes of one site never take each other's connection", async () => {
    const settings = { url: broker.url, ack: "broker" } as const;
    const left = new MemoryOutbox({ site: "a.b", box: "c" });
    const right = new MemoryOutbox({ site: "a", box: "b.c" });
    await using one = startStation({ settings, outbox: left });
    await using two = startStation({ settings, outbox: right });
    left.seal(...backlog(20));
    right.seal(...backlog(20));
    await until("both delivered", () => left.stored + right.stored === 0);
    expect([one.uplink.stats().dropOuts, two.uplink.stats().dropOuts]).toEqual([0, 0]);
  });
});

describe("with a broker that dies", () => {
  test("ten resets while sending: everything arrives", async () => {
    await using broker = await startMosquitto();
    await using proxy = await startTcpProxy({ port: broker.port });
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    const settings = { url: `mqtt://127.0.0.1:${proxy.port}` };
    await using station = startStation({
      settings,
      uplink: { reconnect: { firstMs: 20, maxMs: 50 } },
    });
    for (let i = 0; i < 10; i += 1) {
      station.outbox.seal(...backlog(300));
      await until("connected", () => station.forwarder.stats().inFlight > 0);
      proxy.resetAll();
      await until("noticed", () => station.uplink.stats().dropOuts === i + 1);
    }
    await until("all delivered", isDelivered(station));
    expect(platform.counts()).toMatchObject({ records: 3_000, holes: 0, conflicts: 0, invalid: 0 });
  });

  test("killed and started again while sending: everything arrives, duplicates have the same bytes", async () => {
    await using broker = await startMosquitto();
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    await using station = startStation({ settings: { url: broker.url } });
    for (let round = 0; round < 3; round += 1) {
      station.outbox.seal(...backlog(1_500), { lane: "alarm" });
      const target = platform.counts().records + 200;
      await until("it flows", () => platform.counts().records > target, {
        state: () => [station.forwarder.stats(), platform.counts()],
      });
      await broker.kill();
      await broker.start();
    }
    await until("all delivered", isDelivered(station), {
      withinMs: 120_000,
      state: () => [station.forwarder.stats(), platform.counts()],
    });
    expect(platform.counts()).toMatchObject({
      records: 4_503,
      readings: 22_500,
      holes: 0,
      conflicts: 0,
      invalid: 0,
    });
    expect(station.uplink.stats().dropOuts).toBe(3);
  });

  // The platform is away while the broker, which keeps nothing, takes and acknowledges; then the broker dies.
  async function acknowledgeAndDie(ack: "platform" | "broker") {
    await using broker = await startMosquitto({ config: ["persistence false"] });
    const settings = { url: broker.url, ack, ackTimeout: 600 };
    await using station = startStation({ settings });
    const { outbox } = station;
    await until("connected", () => station.uplink.stats().isConnected);
    // A stored subscription, as of a platform that will come back: the broker promises to keep for it.
    const absent = await connectAsync(broker.url, {
      protocolVersion: 5,
      clean: false,
      clientId: "absent",
      properties: { sessionExpiryInterval: 3_600 },
    });
    await absent.subscribeAsync("hazgate/v1/+/+/+", { qos: 1 });
    await absent.endAsync(true);
    outbox.seal(...backlog(200));
    await until("acknowledged by the broker", () => {
      const { sent, inFlight } = station.forwarder.stats();
      return sent >= 200 && inFlight === 0;
    });
    await broker.kill();
    await broker.start();
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    await until("quiet", () => station.uplink.stats().isConnected);
    if (ack === "platform") await until("all delivered", isDelivered(station));
    // One more, so that both cases end with a record that must arrive.
    outbox.seal({ lane: "alarm" });
    await until("the alarm arrives", () => platform.counts().alarms === 1 && outbox.stored === 0);
    return platform.counts();
  }

  test("a broker that acknowledges and dies loses nothing with ack: platform", async () => {
    const counts = await acknowledgeAndDie("platform");
    expect(counts).toMatchObject({ records: 201, holes: 0, conflicts: 0 });
  });

  test("control: with ack: broker the same broker loses all of them, and the platform sees the hole", async () => {
    const counts = await acknowledgeAndDie("broker");
    expect(counts).toMatchObject({ records: 1, holes: 200 });
  });
});

describe("with a broker that says no", () => {
  test("a denied publish is no delivery: kept, said in words, delivered once allowed", async () => {
    const allow = "topic readwrite hazgate/v1/plant1/box1/alarm";
    const rest = ["topic read hazgate/v1/#", "topic write hazgate/v1/plant1/box1/status"];
    const acks = "topic readwrite hazgate/v1/plant1/box1/ack";
    await using broker = await startMosquitto({ acl: [allow, acks, ...rest] });
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    await using station = startStation({ settings: { url: broker.url, ack: "broker" } });
    station.outbox.seal(...backlog(30));
    await until("refused", () => station.forwarder.stats().refused >= 4);
    const { state } = station.forwarder.stats();
    expect(state.kind).toBe("refused");
    expect(state.words.en).toContain("hazgate/v1/plant1/box1/readings");
    expect(state.words.zh).toContain("没有权限");
    station.outbox.seal({ lane: "alarm" });
    await until("the alarm arrives", () => platform.counts().alarms === 1);
    await until("the alarm is delivered", () => station.outbox.stored === 30);
    expect(platform.counts().records).toBe(1);
    expect(station.uplink.stats().dropOuts).toBe(0);
  });

  test("control: under MQTT 3.1.1 the same denial looks like success, so ack: broker loses", async () => {
    const acl = ["topic write hazgate/v1/plant1/box1/status", "topic read hazgate/v1/#"];
    await using broker = await startMosquitto({ acl });
    await using platform = await startTestPlatform({ url: broker.url, protocol: 4 });
    const settings = { url: broker.url, protocol: 4, ack: "broker" } as const;
    await using station = startStation({ settings });
    station.outbox.seal(...backlog(5));
    await until("taken for delivered", isDelivered(station));
    expect(platform.counts().records).toBe(0);
  });

  test("under MQTT 3.1.1 with ack: platform the denial deletes nothing", async () => {
    const acl = ["topic write hazgate/v1/plant1/box1/status", "topic read hazgate/v1/#"];
    await using broker = await startMosquitto({ acl });
    await using station = startStation({ settings: { url: broker.url, protocol: 4 } });
    station.outbox.seal(...backlog(5));
    await until("silence noticed", () => {
      return station.forwarder.stats().state.kind === "platform-silent";
    });
    expect(station.outbox.stored).toBe(5);
  });

  test("a wrong password is said in words", async () => {
    await using broker = await startMosquitto({ config: ["password_file /dev/null"] });
    await using station = startStation({
      settings: { url: broker.url, username: "box" },
      uplink: { secrets: { password: Buffer.from("wrong") } },
    });
    await until("refused", () => station.uplink.stats().trouble?.kind === "unauthorised");
    expect(station.forwarder.stats().state.words.en).toMatch(/not connected: .*not authorised/i);
  });

  test("the broker's receive maximum is kept", async () => {
    await using broker = await startMosquitto({ config: ["max_inflight_messages 3"] });
    await using proxy = await startTcpProxy({ port: broker.port });
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    proxy.delayMs = 5;
    const settings = { url: `mqtt://127.0.0.1:${proxy.port}` };
    await using station = startStation({ settings });
    station.outbox.seal(...backlog(200));
    let inFlightMax = 0;
    await until("all delivered", () => {
      inFlightMax = Math.max(inFlightMax, station.forwarder.stats().inFlight);
      return station.outbox.stored === 0;
    });
    expect(station.uplink.inFlightMax).toBe(2);
    expect(inFlightMax).toBeLessThanOrEqual(2);
    expect(platform.counts()).toMatchObject({ records: 200, holes: 0 });
  });

  test("a record above the broker's packet size is refused, not sent to break the connection", async () => {
    await using broker = await startMosquitto({ config: ["max_packet_size 20000"] });
    await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
    await using station = startStation({ settings: { url: broker.url } });
    station.outbox.seal({ lane: "backlog", padBytes: 60_000 }, ...backlog(20));
    await until("the others arrive", () => station.outbox.stored === 1);
    expect(platform.counts().records).toBe(20);
    const { refused, state, uplink } = station.forwarder.stats();
    expect([refused, uplink.dropOuts, state.kind]).toEqual([1, 0, "refused"]);
    expect(state.words.en).toContain("larger than it accepts");
  });
});

test("a port where nobody answers is given up and tried again, and said in words", async () => {
  await using proxy = await startTcpProxy({ port: 1 });
  proxy.mode = "black";
  const settings = { url: `mqtt://127.0.0.1:${proxy.port}` };
  const station = startStation({ settings, uplink: { connectTimeoutMs: 200 } });
  await until("tried three times", () => station.uplink.stats().attempts >= 3);
  expect(station.forwarder.stats().state.words.en).toContain("no MQTT connection within 0.2 s");
  expect(station.forwarder.stats().state.words.zh).toContain("未连接");
  await station[Symbol.asyncDispose]();
});

test("nobody listening is said in words", async () => {
  await using station = startStation({ settings: { url: "mqtt://127.0.0.1:1" } });
  await until("tried", () => station.uplink.stats().trouble !== null);
  expect(station.uplink.stats().trouble).toMatchObject({ kind: "unreachable" });
  expect(station.forwarder.stats().state.words.en).toContain("nothing listens there");
});

/** The real clock, but timers ring sooner by `times`: for waits that are fixed and long. */
function hurried(times: number): typeof realClock {
  return { ...realClock, timer: (ms, ring) => realClock.timer(ms / times, ring) };
}
