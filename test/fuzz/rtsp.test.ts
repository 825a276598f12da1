/** A few thousand spoilt conversations; `npm run prove -- rtsp` has as many as are wanted. */

import { expect, test } from "vitest";
import { proveRtsp } from "./rtspFuzz.ts";

const seed = Number(process.env["HAZGATE_SEED"] ?? 20_261_127);

test(`no spoilt RTSP conversation breaks, hangs or mixes anything (seed ${seed})`, async () => {
  const { figures, faults } = await proveRtsp({ count: 3_000, seed, say: () => {} });
  expect(faults).toEqual([]);
  expect(figures.cases).toBe(3_000);
  expect(figures.untouched).toBeGreaterThan(100);
  expect(figures.pictures).toBeGreaterThan(figures.untouched);
  // Spoilt in many ways indeed, not all refused at the door.
  const kinds = Object.keys(figures.ends).sort();
  expect(kinds).toEqual(expect.arrayContaining(["badAnswer", "ended", "refused", "unreachable"]));
});
