/** With the real chronyd and chronyc. */

import { expect, test } from "vitest";
import { createRealClock } from "../../agent/realClock.ts";
import type { BoxEvent } from "../../agent/records.ts";
import { askSources } from "../../agent/timekeeping/askSources.ts";
import { createTimekeeper } from "../../agent/timekeeping/timekeeper.ts";
import { clockStateOf, type SourceAnswer } from "../../agent/timekeeping/timeSource.ts";
import { startChronyd } from "../fakes/chrony.ts";
import { libfaketime } from "../fakes/faketime.ts";

const clock = createRealClock();
const never = new AbortController().signal;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = clock.monotonicMs() + 30_000;
  while (!(await isSo())) {
    expect(clock.monotonicMs()).toBeLessThan(endMs);
    await clock.sleep(100, never);
  }
}

test("a box that follows a real time server says so, and places what it stamped before", async () => {
  await using server = await startChronyd();
  await using client = await startChronyd({ follow: server.port });
  // Who serves only its own clock does not vouch for it.
  await until(async () => {
    const own = await askSources(server.machine, never);
    return own?.source === "chrony" && !own.isSynchronised;
  });
  const states: string[] = [];
  const events: BoxEvent[] = [];
  const begunMs = clock.monotonicMs();
  const keeper = createTimekeeper({
    clock,
    machine: client.machine,
    onState: ({ source, state }) => states.push(`${source} ${state}`),
    onEvent: (event) => events.push(event),
  });
  expect(keeper.state).toEqual({ source: "system", state: "unknown", offsetMs: null });
  const stop = new AbortController();
  const run = keeper.run(stop.signal);
  await until(async () => keeper.state.state === "synchronised");
  stop.abort();
  await run;
  expect(states.at(-1)).toBe("chrony synchronised");
  // Both read the same clock.
  expect(Math.abs(keeper.state.offsetMs!)).toBeLessThan(500);
  expect(keeper.status).toMatchObject({ source: "chrony", steps: 0, lastStepAt: null });
  const [event] = events;
  expect(events).toHaveLength(1);
  expect(event?.type).toBe("clock-synchronised");
  const details = event!.details as {
    readonly fromMonotonicMs: number;
    readonly toMonotonicMs: number;
    readonly offsetMs: number;
    readonly bootId: string;
  };
  expect(Math.abs(details.offsetMs)).toBeLessThan(500);
  expect(details.fromMonotonicMs).toBeGreaterThanOrEqual(begunMs - 1);
  expect(details.toMonotonicMs).toBeGreaterThan(details.fromMonotonicMs);
  expect(details.bootId).toMatch(/^[0-9a-f-]{36}$/);
});

test.skipIf(libfaketime() === null)(
  "a box an hour behind its real time server is not synchronised, and knows what to add",
  async () => {
    await using server = await startChronyd({ aheadS: 3_600 });
    await using client = await startChronyd({ follow: server.port });
    let answer: SourceAnswer | null = null;
    await until(async () => {
      answer = await askSources(client.machine, never);
      return answer?.isSynchronised === true;
    });
    // chronyd itself says "Normal": it only has not set the clock yet.
    const state = clockStateOf(answer!, 0);
    expect(state).toMatchObject({ source: "chrony", state: "unsynchronised" });
    expect(Math.abs(state.offsetMs! - 3_600_000)).toBeLessThan(1_000);
  },
  90_000,
);
