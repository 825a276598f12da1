import { expect, test } from "vitest";
import { cutPower } from "./powerCuts.ts";
import { testPlace } from "./testPlace.ts";

const seed = Number(process.env["HAZGATE_SEED"] ?? Math.floor(Math.random() * 1e6));
const quietly = { seed, cutsPerLife: 8, say: () => {} };
const anHour = 3_600_000;

test(
  `200 power cuts lose nothing that was promised (seed ${seed})`,
  async () => {
    const { figures, faults } = await cutPower(testPlace(), { ...quietly, cuts: 200 });
    expect(faults).toEqual([]);
    expect(figures).toMatchObject({ cuts: 200, lost: 0, corrupt: 0 });
    // A run that ends early or promises nothing would pass as well.
    expect(figures.claims).toBeGreaterThan(2_000);
    expect(figures.torn).toBeGreaterThan(100);
    expect(figures.live).toBeGreaterThan(10);
    expect(figures.chained).toBeGreaterThan(20);
    expect(figures.inCreation).toBeGreaterThan(5);
  },
  anHour,
);

for (const weakness of ["NORMAL", "OFF", "ignored-syncs"] as const) {
  test(
    `the same cuts find out ${weakness}: promises are lost (seed ${seed})`,
    async () => {
      const { figures } = await cutPower(testPlace(weakness), { ...quietly, cuts: 24 });
      expect(figures.claims).toBeGreaterThan(50);
      expect(figures.lost).toBeGreaterThan(0);
    },
    anHour,
  );
}
