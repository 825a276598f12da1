import { expect, test } from "vitest";
import { runShift } from "./shift.ts";

test("an hour and a half of a shift leaves the page's heap, nodes and listeners where they were", async () => {
  const shift = await runShift({ hours: 1.5, seed: 7, say: (line) => console.log(line) });
  expect(shift.faults).toEqual([]);
  expect(shift.messages).toBeGreaterThan(2_000);
  expect(shift.alarms).toBeGreaterThan(100);
  expect(shift.views).toBeGreaterThan(20);
  expect(shift.cuts).toBeGreaterThan(1);
});
