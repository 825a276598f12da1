import { expect, test } from "vitest";
import { createRealClock } from "../../agent/realClock.ts";

test("the monotonic clock counts from the boot, the same in every thread, and a long timer does not ring at once", () => {
  const clock = createRealClock();
  const before = Number(process.hrtime.bigint()) / 1e6;
  const seen = clock.monotonicMs();
  const after = Number(process.hrtime.bigint()) / 1e6;
  expect(seen).toBeGreaterThan(before - 0.5);
  expect(seen).toBeLessThan(after + 0.5);
  let rang = false;
  const timer = clock.timer(3_000_000_000, () => {
    rang = true;
  });
  timer.cancel();
  expect(rang).toBe(false);
});

test("a sleep ends at once when its signal aborts", async () => {
  const stop = new AbortController();
  const slept = createRealClock().sleep(3_600_000, stop.signal);
  stop.abort();
  await slept;
});
