/** Ends an agent: producers before consumers, every step even if one fails. */

import type { Clock } from "../config/words/time.ts";
import type { Announcer } from "./announcer.ts";
import type { Field } from "./field.ts";
import type { Forwarder } from "./forward/forwarder.ts";
import type { Journal } from "./store/journal.ts";
import type { Log } from "./watch/log.ts";

/** Longest time a stop waits for the platform to take the last records, and how often it looks. */
const flushMsMax = 2_000;
const flushLookMs = 50;

export async function stopAll(parts: {
  readonly producing: AbortController;
  readonly stopping: AbortController;
  readonly loops: readonly Promise<void>[];
  readonly runs: readonly Promise<void>[];
  readonly field: Field;
  readonly announcer: Announcer;
  readonly journal: Journal;
  readonly log: Log;
  readonly flush: () => Promise<void>;
}): Promise<void> {
  const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["polling", async () => await ended(parts.producing, parts.loops)],
    ["alarms", () => parts.announcer.settled()],
    ["last records", parts.flush],
    ["forwarding", async () => await ended(parts.stopping, parts.runs)],
    ["lines", async () => await parts.field[Symbol.asyncDispose]()],
    ["journal", async () => await parts.journal[Symbol.asyncDispose]()],
  ];
  for (const [name, step] of steps) {
    try {
      await step();
    } catch (error) {
      parts.log.error(`stopping: ${name} failed`, { error: String(error) });
    }
  }
}

/** Gives the last readings a moment to reach the platform, when there is a way to it. */
export async function flush(parts: {
  readonly journal: Journal;
  readonly forwarder: Forwarder | null;
  readonly clock: Clock;
}): Promise<void> {
  const { journal, forwarder, clock } = parts;
  if (forwarder?.stats().uplink.isConnected !== true) return;
  await journal.seal();
  const endMs = clock.monotonicMs() + flushMsMax;
  while (clock.monotonicMs() < endMs) {
    const { backlog } = await journal.stats();
    if (Object.values(backlog).every((lane) => lane.records === 0)) return;
    await clock.sleep(flushLookMs, new AbortController().signal);
  }
}

export async function ended(stop: AbortController, runs: readonly Promise<void>[]): Promise<void> {
  stop.abort();
  await Promise.allSettled(runs);
}
