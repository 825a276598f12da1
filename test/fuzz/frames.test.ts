/** Some thousand spoilt Modbus replies by a new seed each time; `npm run prove -- frames` has a million. */

import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { proveFrames } from "./frames/prove.ts";

/** Per framing. */
const count = 10_000;
const seed = Number(process.env["HAZGATE_SEED"] ?? randomInt(2 ** 31));

test(`no spoilt Modbus reply gives a wrong value, hangs or throws (seed ${seed})`, async () => {
  const { figures, faults } = await proveFrames({ count, seed, say: () => {} });
  expect({ seed, faults }).toEqual({ seed, faults: [] });
  expect(figures["tcp"]).toMatchObject({ wrong: 0 });
}, 120_000);
