import { expect, test } from "vitest";
import { carriesNumber, qualities, qualityCode } from "../../config/words/quality.ts";

test("every quality has its position as code, and only measured or made-up ones carry a number", () => {
  for (const [position, quality] of qualities.entries())
    expect(qualityCode[quality]).toBe(position);
  const numbers = qualities.filter((quality) => carriesNumber(qualityCode[quality]));
  expect(numbers).toEqual([
    "good",
    "uncertain",
    "under-range",
    "over-range",
    "frozen",
    "simulated",
    "test",
  ]);
});
