import { expect, test } from "vitest";
import { sweepFaults } from "./faultSweep.ts";
import { testPlace } from "./testPlace.ts";

const seed = Number(process.env["HAZGATE_SEED"] ?? Math.floor(Math.random() * 1e6));
/** Dense while the journal is created and opened, then ever wider up to 500. */
const from = [1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 33, 41, 50, 62, 80, 110, 150, 210, 300, 400, 500];

for (const as of ["ENOSPC", "EIO"] as const) {
  test(`${as} at writes and syncs: no crash, no wedge, every alarm stored, balance 0 (seed ${seed})`, async () => {
    const { work, library } = testPlace();
    const place = { work, library, from, seed };
    const sweeps = await Promise.all([
      sweepFaults({ ...place, name: "write", fault: { fails: "write", as } }),
      sweepFaults({ ...place, name: "sync", fault: { fails: "sync", as } }),
    ]);
    for (const { figures, faults } of sweeps) {
      expect(faults).toEqual([]);
      expect(figures).toMatchObject({ points: from.length, hit: from.length, lost: 0, corrupt: 0 });
      expect(figures.alarms).toBeGreaterThan(5 * from.length - 1);
    }
  }, 3_600_000);
}

test(`half-written writes change nothing (seed ${seed})`, async () => {
  const { work, library } = testPlace();
  const fault = { fails: "write", as: "SHORT" } as const;
  const points = [3, 9, 30, 61, 120, 240];
  const sweep = await sweepFaults({ work, library, from: points, seed, name: "short", fault });
  expect(sweep.faults).toEqual([]);
  expect(sweep.figures).toMatchObject({ points: 6, hit: 6, lost: 0, corrupt: 0 });
}, 3_600_000);
