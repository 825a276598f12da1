import { expect, test } from "vitest";
import { prove } from "./brokerDeaths.ts";

test("a broker that acknowledges and is killed, ten times: nothing is lost", async () => {
  const { figures, faults } = await prove({ count: 10, seed: 4, say: () => undefined });
  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ deaths: 10, made: 210, lost: 0 });
});
