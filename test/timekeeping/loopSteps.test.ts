/** Whoever waits or takes turns does so by the running time. */

import { expect, test } from "vitest";
import { type AnswerSink, type Asked, createLineLoop } from "../../agent/acquire/lineLoop.ts";
import { deviceId, pointId } from "../../config/words/names.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Samples } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const hour = 3_600_000;
const year = 8_766 * hour;

/** Two devices that answer and one that does not, polled for two minutes; what was handed over, and when. */
async function polled(stepsMs: readonly number[]): Promise<readonly string[]> {
  const clock = new FakeClock();
  const seen: string[] = [];
  const say = (what: string): number => seen.push(`${clock.monotonicMs()} ${what}`);
  const sink: AnswerSink = {
    samples: (key) => say(`${key} answers`),
    silence: (key) => say(`${key} is silent`),
    connection: (device, isAnswering) => say(`${device} ${isAnswering}`),
  };
  const asked = (key: number, everyMs: number): Asked => ({
    key,
    device: deviceId(`device-${key}`),
    isHazard: key === 0,
    question: {
      name: `question ${key}`,
      points: [pointId(`point-${key}`)],
      everyMs,
      readMsMax: 500,
      async read(signal): Promise<Result<Samples, DriverError>> {
        await clock.sleep(key === 2 ? 500 : 40, signal);
        if (key === 2) return fail({ kind: "timeout", message: "no reply within 500 ms" });
        const [values, qualities] = [Float64Array.of(1), Uint8Array.of(0)];
        return ok({ takenAt: clock.now(), values, qualities });
      },
    },
  });
  const loop = createLineLoop({
    asked: [asked(0, 500), asked(1, 1_000), asked(2, 1_000)],
    sink,
    clock,
  });
  const stop = new AbortController();
  const run = loop.run(stop.signal);
  for (let i = 0; i < 120; i += 1) {
    clock.stepWall(stepsMs[i] ?? 0);
    await clock.advance(1_000);
  }
  stop.abort();
  await clock.advance(1_000);
  await run;
  return seen;
}

test("a line is polled at the same moments however often the clock is set", async () => {
  const still = await polled([]);
  const steps = Array.from(
    { length: 120 },
    (_, i) => [hour, -hour, -10 * year, 10 * year][i % 4] ?? 0,
  );
  expect(still.length).toBeGreaterThan(300);
  expect(await polled(steps)).toEqual(still);
});
