/** A few thousand spoilt answers of cameras; `npm run prove -- onvif` has as many as are wanted. */

import { expect, test } from "vitest";
import { proveOnvif } from "./onvifFuzz.ts";

const seed = Number(process.env["HAZGATE_SEED"] ?? 20_261_127);

test(`no spoilt ONVIF answer breaks, hangs or leads anywhere (seed ${seed})`, async () => {
  const { figures, faults } = await proveOnvif({ count: 2_000, seed, say: () => {} });
  expect(faults).toEqual([]);
  expect(figures.cases).toBe(2_000);
  expect(figures.untouched).toBeGreaterThan(60);
  // Spoilt in many ways indeed, not all refused at the door.
  expect(figures.ends["understood"]).toBeGreaterThan(300);
  expect(figures.ends["badAnswer"]).toBeGreaterThan(300);
});
