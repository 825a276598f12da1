/** A box's forwarding half with a memory outbox, set up in one call, and torn down with the test. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createForwarder, type Forwarder } from "../../agent/forward/forwarder.ts";
import { createMqttUplink, type MqttUplinkOptions } from "../../agent/forward/mqttUplink.ts";
import type { Uplink } from "../../agent/forward/uplink.ts";
import { createRealClock } from "../../agent/realClock.ts";
import {
  type Platform,
  type PlatformOptions,
  startPlatform,
} from "../../agent/sim/platform/platform.ts";
import type { MqttUplink } from "../../config/site.ts";
import { MemoryOutbox } from "./memoryOutbox.ts";

export const realClock = createRealClock();

export function uplinkSettings(changes: Partial<MqttUplink>): MqttUplink {
  return {
    type: "mqtt",
    url: "mqtt://127.0.0.1:1",
    protocol: 5,
    ack: "platform",
    liveEvery: 1_000,
    backlogEvery: 60_000,
    ackTimeout: 1_000,
    ...changes,
  };
}

export interface Station extends AsyncDisposable {
  readonly outbox: MemoryOutbox;
  readonly forwarder: Forwarder;
  readonly uplink: Uplink;
}

export function startStation(options: {
  readonly settings: Partial<MqttUplink>;
  readonly outbox?: MemoryOutbox;
  readonly uplink?: Partial<MqttUplinkOptions>;
}): Station {
  const outbox = options.outbox ?? new MemoryOutbox();
  const settings = uplinkSettings(options.settings);
  const uplink = createMqttUplink({
    settings,
    site: outbox.site,
    box: outbox.box,
    clock: realClock,
    random: Math.random,
    secrets: {},
    status: () => ({ version: "test" }),
    reconnect: { firstMs: 50, maxMs: 400 },
    ...options.uplink,
  });
  const { ack, ackTimeout } = settings;
  const forwarder = createForwarder({
    outbox,
    uplink,
    clock: realClock,
    ack,
    ackTimeoutMs: ackTimeout,
  });
  const stop = new AbortController();
  const run = forwarder.run(stop.signal);
  return {
    outbox,
    forwarder,
    uplink,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await run;
    },
  };
}

export interface TestPlatform extends Platform {
  readonly dataDir: string;
}

export async function startTestPlatform(
  options: Partial<PlatformOptions> = {},
): Promise<TestPlatform> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "hazgate-platform-"));
  const platform = await startPlatform({ clock: realClock, groupMs: 30, ...options, dataDir });
  await platform.ready;
  return {
    ...platform,
    dataDir,
    async [Symbol.asyncDispose]() {
      await platform[Symbol.asyncDispose]();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits for a state of the world; fails with `what` when it does not come. */
export async function until(
  what: string,
  isSo: () => boolean,
  options: { readonly withinMs?: number; readonly state?: () => unknown } = {},
): Promise<void> {
  const endMs = realClock.monotonicMs() + (options.withinMs ?? 90_000);
  while (!isSo()) {
    if (realClock.monotonicMs() > endMs) {
      throw new Error(`did not happen: ${what} ${JSON.stringify(options.state?.() ?? "")}`);
    }
    await realClock.sleep(10, new AbortController().signal);
  }
}
