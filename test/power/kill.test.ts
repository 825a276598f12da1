import { expect, test } from "vitest";
import { killWriters } from "./kills.ts";
import { testPlace } from "./testPlace.ts";

const kills = 100;
const seed = Number(process.env["HAZGATE_SEED"] ?? Math.floor(Math.random() * 1e6));

test(`${kills} kills lose nothing that was promised, and no identity gets a second content (seed ${seed})`, async () => {
  const { work } = testPlace();
  const { figures, faults } = await killWriters({ work, kills, seed, say: () => {} });
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ kills, lost: 0, corrupt: 0 });
  expect(figures.claims).toBeGreaterThan(kills);
  expect(figures.whileOpening).toBeLessThan(kills / 2);
}, 3_600_000);
