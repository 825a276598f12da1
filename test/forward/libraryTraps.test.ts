/** Controls: what the bare mqtt library does in the cases that this house handles itself. */

import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSession } from "../../agent/forward/mqttSession.ts";
import { type Mosquitto, startMosquitto } from "../fakes/mosquitto.ts";
import { startTcpProxy } from "../fakes/tcpProxy.ts";
import { realClock, startStation, until, uplinkSettings } from "./station.ts";

const never = new AbortController().signal;
const pause = (ms: number): Promise<void> => realClock.sleep(ms, never);

async function session(port: number, ackTimeout = 300) {
  const opened = await openSession(
    {
      settings: uplinkSettings({ url: `mqtt://127.0.0.1:${port}`, ackTimeout }),
      secrets: {},
      clientId: `trap-${port}`,
      will: { topic: "trap/status", payload: new Uint8Array() },
      connectTimeoutMs: 2_000,
      clock: realClock,
      onMessage: () => undefined,
    },
    never,
  );
  if (!opened.ok) throw new Error(opened.error.words.en);
  return opened.value;
}

const message = {
  topic: "trap/records",
  payload: Buffer.from("x"),
  contentType: "application/json",
  isRetained: false,
};

describe("traps of the mqtt library", () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({ config: ["max_inflight_messages 10"] });
  });
  afterAll(async () => await broker[Symbol.asyncDispose]());

  test("1: bare, what is published off line is queued in memory without bound; ours is lost at once", async () => {
    const bare = connect("mqtt://127.0.0.1:1", { reconnectPeriod: 0 });
    bare.on("error", () => undefined);
    await new Promise<void>((resolve) => bare.once("close", () => resolve()));
    for (let i = 0; i < 5_000; i += 1) bare.publish("trap/records", "x", { qos: 1 });
    expect(Object.keys(bare.outgoing)).toHaveLength(5_000);
    bare.end(true);

    await using station = startStation({ settings: { url: "mqtt://127.0.0.1:1" } });
    const outcome = await station.uplink.send({
      kind: "alarm",
      payload: Buffer.from("x"),
      contentType: "application/json",
    });
    expect(outcome).toEqual({ kind: "lost" });
  });

  test("3 and 4: bare, a publish into a black hole and a polite end never call back; ours both settle", async () => {
    await using proxy = await startTcpProxy({ port: broker.port });
    const bare = await connectAsync(`mqtt://127.0.0.1:${proxy.port}`, { reconnectPeriod: 0 });
    const ours = await session(proxy.port);
    proxy.mode = "black";
    const calls: string[] = [];
    bare.publish("trap/records", "x", { qos: 1 }, () => calls.push("publish"));
    bare.end(false, () => calls.push("end"));
    const outcome = ours.publish(message);
    const reason = await ours.ended;
    expect(reason.kind).toBe("silent");
    expect(await outcome).toEqual({ kind: "lost" });
    // And a stop in the same state ends too.
    proxy.mode = "pass";
    const other = await session(proxy.port, 60_000);
    proxy.mode = "black";
    const stopped = other.publish(message);
    await other.stop(1_000);
    expect(await stopped).toEqual({ kind: "lost" });
    await pause(500);
    expect(calls).toEqual([]);
    destroy(bare);
  });

  test("7: bare, the broker's receive maximum is ignored; ours keeps it", async () => {
    await using proxy = await startTcpProxy({ port: broker.port });
    const url = `mqtt://127.0.0.1:${proxy.port}`;
    const bare = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
    expect(bare.serverProperties?.receiveMaximum).toBe(10);
    proxy.mode = "black";
    for (let i = 0; i < 500; i += 1) bare.publish("trap/records", "x", { qos: 1 });
    expect(Object.keys(bare.outgoing)).toHaveLength(500);
    destroy(bare);

    proxy.mode = "pass";
    await using station = startStation({ settings: { url, ackTimeout: 5_000 } });
    await until("connected", () => station.uplink.stats().isConnected);
    await pause(50);
    proxy.mode = "black";
    station.outbox.seal(...Array.from({ length: 500 }, () => ({ lane: "alarm" as const })));
    await until("sending", () => station.forwarder.stats().inFlight > 0);
    await pause(200);
    expect(station.forwarder.stats().inFlight).toBe(9);
  });

  test("8: bare, small writes wait for the other side's acknowledgement; ours do not", async () => {
    const bare = await connectAsync(broker.url);
    expect(isNoDelay(bare.stream as Socket)).toBe(false);
    await bare.endAsync(true);
    const sockets: Socket[] = [];
    const { connect: connectTcp } = await import("node:net");
    const { openBrokerSocket } = await import("../../agent/forward/brokerSocket.ts");
    const address = { isTls: false, host: "127.0.0.1", port: broker.port };
    sockets.push(openBrokerSocket(address, {}), connectTcp(broker.port, "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    expect(sockets.map(isNoDelay)).toEqual([true, false]);
    for (const socket of sockets) socket.destroy();
  });
});

/** Node keeps the wish in a symbol of its socket: there is no public way to ask. */
function isNoDelay(socket: Socket): boolean {
  const symbol = Object.getOwnPropertySymbols(socket).find(
    (one) => one.description === "kSetNoDelay",
  );
  return symbol !== undefined && Reflect.get(socket, symbol) === true;
}

function destroy(client: MqttClient): void {
  client.end(true);
  client.stream.destroy();
}
