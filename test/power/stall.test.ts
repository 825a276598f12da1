import { join } from "node:path";
import { expect, test } from "vitest";
import { isInOrder } from "../../agent/store/inspection.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { bodyOf, close, HandClock, look, open } from "../store/scratchJournal.ts";
import { stallDisk } from "./stalls.ts";
import { testPlace } from "./testPlace.ts";

const stallMs = Number(process.env["HAZGATE_STALL_MS"] ?? 4_000);

test("a disk that hangs stops no polling; what overflows meanwhile is declared, and every alarm is stored after it", async () => {
  const { work } = testPlace();
  const outcome = await stallDisk({ work, stallMs });
  // One turn each 10 ms was wanted.
  expect(outcome.turnsWhileStalled).toBeGreaterThan(stallMs / 100);
  expect(outcome.alarms).toBeGreaterThan(0);
  expect(outcome.durableWhileStalled).toBe(0);
  expect(outcome.durable).toBe(outcome.alarms);
  expect(outcome.made).toBe(outcome.readings);
  expect(outcome.declaredLost).toBeGreaterThan(0);
  expect(outcome.balance).toBe(0);

  const file = join(work, "disk", "journal.db");
  expect(isInOrder(look(file))).toBe(true);
  const life = open(file, new HandClock());
  const next = life.engine.next({ lane: "gap", afterSeq: 0, maxRecords: 100, maxBytes: 1e6 });
  const gaps = next.ok ? next.value.map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes))) : [];
  const told = gaps.filter(({ reason }) => reason === "journal-overload");
  expect(told.reduce((sum, { lost }) => sum + lost, 0)).toBe(outcome.declaredLost);
  close(life);
});
