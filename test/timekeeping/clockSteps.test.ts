/** The whole journal under clocks that step: what a platform makes of the sealed bytes alone. */

import { expect, test } from "vitest";
import { live } from "./clockHistory.ts";
import type { Verdict } from "./clockVerdict.ts";
import type { History } from "./happening.ts";
import { namedHistories, seededHistories, stepSizesMs, stepsEverywhere } from "./histories.ts";

async function good(history: History): Promise<Verdict> {
  const verdict = await live(history);
  expect(verdict.faults, history.name).toEqual([]);
  return verdict;
}

test.each(namedHistories.map((history) => [history.name, history] as const))(
  "%s",
  async (_, history) => {
    const { readings, doubtful } = await good(history);
    expect(readings).toBeGreaterThan(100);
    // Only what ended with a power cut in doubt stays flagged.
    const hasPowerCut = history.happenings.some((one) => one.do === "boot");
    expect(doubtful > 0).toBe(hasPowerCut);
  },
  60_000,
);

test.each(stepSizesMs.map((ms) => [ms / 1_000, ms]))(
  "set by %d s while all is well, in an outage and in its drain: every reading within a second",
  async (_, ms) => {
    const { steps, doubtful, stamped, alarms } = await good(stepsEverywhere(ms));
    // Each of the three, and chrony's answer to it where it does not slew.
    expect(steps).toBe(Math.abs(ms) > 1_000 ? 6 : 3);
    expect(doubtful).toBe(0);
    expect(stamped).toBeGreaterThan(200);
    expect(alarms).toBeGreaterThan(5);
  },
  60_000,
);

test("readings are kept by running time and not by the wall clock", async () => {
  const history = namedHistories.find(({ name }) => name.includes("due to go"));
  const { purged } = await good(history!);
  expect(purged).toBeGreaterThan(0);
});

test("a hundred seeded steps: nothing lost, reordered, purged early, or off by a second without a mark", async () => {
  const seed = Number(process.env["HAZGATE_SEED"] ?? 20_261_124);
  let steps = 0;
  let doubtful = 0;
  let readings = 0;
  for (const history of seededHistories(12, seed)) {
    const verdict = await good(history);
    steps += verdict.steps;
    doubtful += verdict.doubtful;
    readings += verdict.readings;
  }
  expect(steps).toBeGreaterThanOrEqual(100);
  // Flagged for good are boots that ended in doubt.
  expect(doubtful).toBeLessThan(readings / 2);
});
