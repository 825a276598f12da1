import { expect, test } from "vitest";
import { isShelvable, shelveMsMax, termsOf } from "../../agent/alarms/terms.ts";
import { lifeCycle } from "../../config/shape/lifeCycle.ts";
import { alarmTypes } from "../../config/words/alarms.ts";

test("by default what warns of the worst is not shelvable, red alarms least long, and nothing latches", () => {
  const settings = lifeCycle.parse({});
  expect(alarmTypes.filter((type) => !isShelvable(settings, type))).toEqual([
    ...["LL", "HH", "GAS2", "GAS3", "O2-LOW", "CORROBORATED", "SELF"],
  ]);
  expect(shelveMsMax(settings)).toEqual({ 1: 3.6e6, 2: 14.4e6, 3: 28.8e6, 4: 28.8e6 });
  expect(termsOf(settings, { type: "GAS2", priority: 1 })).toEqual({
    ...{ isLatching: false, isShelvable: false, shelveMsMax: 3.6e6 },
    ...{ outOfServiceMsMax: 30 * 86_400_000, ackWithinMs: 300_000, reAlarmMs: 1_800_000 },
  });
  expect(termsOf(settings, { type: "CAMERA", priority: 4 })).toMatchObject({
    ...{ ackWithinMs: null, reAlarmMs: null },
  });
});

test("the site file allows what it lists, and latches what it names", () => {
  const settings = lifeCycle.parse({ latch: ["GAS2"], shelve: { allow: ["HH"] } });
  expect(isShelvable(settings, "HH")).toBe(true);
  expect(isShelvable(settings, "GAS2")).toBe(false);
  expect(termsOf(settings, { type: "GAS2", priority: 1 }).isLatching).toBe(true);
});
