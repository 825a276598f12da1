/** What the bare mqtt library does when a link or broker fails it half-way, and what ours does instead. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { connect, connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import { startMosquitto } from "../fakes/mosquitto.ts";
import {
  type BrokerScript,
  type ScriptedBroker,
  startScriptedBroker,
} from "../fakes/scriptedBroker.ts";
import { startTcpProxy } from "../fakes/tcpProxy.ts";
import { MemoryOutbox } from "./memoryOutbox.ts";
import { realClock, type Station, startStation, until } from "./station.ts";

const never = new AbortController().signal;
const pause = (ms: number): Promise<void> => realClock.sleep(ms, never);

function keep<T extends AsyncDisposable>(one: T): T {
  onTestFinished(async () => await one[Symbol.asyncDispose]());
  return one;
}
async function broker(script: BrokerScript): Promise<ScriptedBroker> {
  return keep(await startScriptedBroker(script));
}
function bare(url: string, options: IClientOptions = {}): MqttClient {
  const client = connect(url, options);
  client.on("error", () => undefined);
  onTestFinished(() => {
    client.end(true);
    client.stream.destroy();
  });
  return client;
}
/** Unlike `once`, not put off by the errors that come on the way. */
function first(client: MqttClient, event: "connect" | "close"): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}
function ours(url: string, more: { ackTimeout?: number; connectTimeoutMs?: number } = {}): Station {
  const { ackTimeout = 5_000, connectTimeoutMs = 2_000 } = more;
  const settings = { url, protocol: 4, ack: "broker", ackTimeout } as const;
  return keep(startStation({ settings, uplink: { connectTimeoutMs } }));
}
const three = Array.from({ length: 3 }, () => ({ lane: "alarm" as const }));
function records(host: ScriptedBroker, connection: number): readonly string[] {
  return host.heard
    .filter((one) => one.connection === connection && !one.topic.endsWith("/status"))
    .map(({ payload }) => payload.toString("latin1"));
}

/** The first connection is cut unanswered, the second in the middle of what is sent again. */
function cutTwice(publishMore: () => void): BrokerScript & { host: ScriptedBroker | null } {
  const state = { host: null as ScriptedBroker | null, isSecondSeen: false };
  return Object.assign(state, {
    isAcknowledged({ connection, topic }: { connection: number; topic: string }): boolean {
      if (connection >= 2 || topic.endsWith("/status")) return true;
      if (connection === 1 && !state.isSecondSeen) {
        state.isSecondSeen = true;
        publishMore();
        setTimeout(() => state.host?.cut(), 50);
      }
      return false;
    },
  });
}

test("2: bare, what is published while old messages go out again is lost at the next disconnect; ours arrives", async () => {
  const outcomes: string[] = [];
  const bareScript = cutTwice(() => {
    for (const name of ["new1", "new2", "new3"]) {
      client.publish("t", name, { qos: 1 }, (error) => outcomes.push(error?.message ?? "sent"));
    }
  });
  const host = await broker(bareScript);
  bareScript.host = host;
  const client = bare(host.url, { reconnectPeriod: 50 });
  await first(client, "connect");
  for (const name of ["old1", "old2", "old3"]) client.publish("t", name, { qos: 1 });
  await until("heard", () => host.heard.length === 3);
  host.cut();
  await until("sent again", () => records(host, 2).length === 3);
  await pause(300);
  expect(records(host, 2)).toEqual(["old1", "old2", "old3"]);
  expect(outcomes).toEqual(Array.from({ length: 3 }, () => "Connection closed"));

  const ourScript = cutTwice(() => station.outbox.seal(...three));
  const other = await broker(ourScript);
  ourScript.host = other;
  const station = ours(other.url);
  station.outbox.seal(...three);
  await until("heard", () => records(other, 0).length === 3);
  other.cut();
  await until("all delivered", () => other.connections === 3 && station.outbox.stored === 0);
  expect(new Set(records(other, 2)).size).toBe(6);
});

test("5: bare, a broker that takes the connection and says nothing holds it for half a minute, or for ever; ours tries again", async () => {
  const host = await broker({ connack: () => null });
  const patient = bare(host.url, { reconnectPeriod: 50 });
  const hasty = connectAsync(host.url, { connectTimeout: 200, reconnectPeriod: 50 });
  await expect(hasty).rejects.toThrow("connack timeout");
  await pause(1_500);
  expect([patient.connected, host.connections]).toEqual([false, 2]);

  const silent = await broker({ connack: (connection) => (connection < 2 ? null : 0) });
  const station = ours(silent.url, { connectTimeoutMs: 200 });
  await until("given up once", () => station.uplink.stats().trouble?.kind === "silent");
  station.outbox.seal(...three);
  await until("all delivered", () => station.outbox.stored === 0);
  expect(station.uplink.stats()).toMatchObject({ attempts: 3, trouble: null });
});

test("5: bare, a broker that is not ready yet is never asked again; ours asks on", async () => {
  const serverUnavailable = 3;
  const script = { connack: (connection: number) => (connection < 2 ? serverUnavailable : 0) };
  const host = await broker(script);
  const client = bare(host.url, { reconnectPeriod: 50 });
  await first(client, "close");
  await pause(1_000);
  expect([client.connected, host.connections]).toEqual([false, 1]);

  const other = await broker(script);
  const station = ours(other.url);
  station.outbox.seal(...three);
  await until("all delivered", () => station.outbox.stored === 0);
  expect(other.connections).toBe(3);
});

test("6: bare, a busy publisher in a black hole says it is connected; ours has given up meanwhile", async () => {
  const host = await broker({});
  const proxy = keep(await startTcpProxy({ port: host.port }));
  const url = `mqtt://127.0.0.1:${proxy.port}`;
  const client = bare(url, { reconnectPeriod: 0 });
  const station = ours(url, { ackTimeout: 500 });
  await until("both on line", () => client.connected && station.uplink.stats().isConnected);
  // On a stalled machine the very first acknowledgement may be late, which is a drop-out as well.
  const before = station.uplink.stats().dropOuts;
  proxy.mode = "black";
  const calls: unknown[] = [];
  const busy = setInterval(() => {
    client.publish("t", "x", { qos: 1 }, (error) => calls.push(error));
    station.outbox.seal({ lane: "alarm" });
  }, 50);
  onTestFinished(() => clearInterval(busy));
  // That more and more is sent does not put it off.
  await until("noticed", () => station.uplink.stats().dropOuts === before + 1, {
    state: () => station.uplink.stats(),
  });
  expect(station.uplink.stats().trouble?.kind).toBe("silent");
  expect([client.connected, calls]).toEqual([true, []]);
  clearInterval(busy);
  proxy.mode = "pass";
  await until("all delivered", () => station.outbox.stored === 0);
});

test("9: bare, who published is not told that the link is lost; ours is, and sends the same bytes once more", async () => {
  const script: BrokerScript = { isAcknowledged: ({ connection }) => connection > 0 };
  const host = await broker(script);
  const client = bare(host.url, { reconnectPeriod: 0 });
  await first(client, "connect");
  const calls: unknown[] = [];
  client.publish("t", "x", { qos: 1 }, (error) => calls.push(error));
  await until("heard", () => host.heard.length === 1);
  host.cut();
  await first(client, "close");
  await pause(500);
  expect(calls).toEqual([]);

  const other = await broker(script);
  const station = ours(other.url, { ackTimeout: 20_000 });
  const outcome = until("on line", () => station.uplink.stats().isConnected).then(() =>
    station.uplink.send({ kind: "event", payload: Buffer.from("{}"), contentType: "text/plain" }),
  );
  station.outbox.seal(...three);
  await until("heard", () => records(other, 0).length === 4);
  other.cut();
  expect(await outcome).toEqual({ kind: "lost" });
  await until("all delivered", () => station.outbox.stored === 0);
  const before = records(other, 0).filter((payload) => payload !== "{}");
  expect([...records(other, 1)].sort()).toEqual([...before].sort());
  expect(station.outbox.deliveredSeqs).toHaveLength(3);
});

test("11: a killed box is said to be off line by the broker, with the will of ours", async () => {
  const host = keep(await startMosquitto());
  const watcher = bare(host.url);
  const seen: unknown[] = [];
  watcher.on("message", (_, payload) => {
    const message = JSON.parse(payload.toString()) as { body: { online: unknown } };
    seen.push(message.body.online);
  });
  await watcher.subscribeAsync(`hazgate/v1/${new MemoryOutbox().site}/killed/status`, { qos: 1 });
  const program = fileURLToPath(new URL("./boxToKill.ts", import.meta.url));
  const box = spawn(process.execPath, [program, host.url, "killed"], { stdio: "inherit" });
  const gone = once(box, "exit");
  onTestFinished(() => void box.kill("SIGKILL"));
  await until("on line", () => seen.at(-1) === true);
  box.kill("SIGKILL");
  await gone;
  await until("off line", () => seen.at(-1) === false);
});
