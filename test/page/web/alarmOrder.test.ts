/** The order in which people read alarms. */

import { describe, expect, it } from "vitest";
import type { AlarmView } from "../../../agent/page/protocol/alarms.ts";
import { canDo, highest, inOrder, loudest } from "../../../agent/page/web/alarmOrder.ts";

function alarm(source: string, change: Partial<AlarmView> = {}): AlarmView {
  const base: AlarmView = {
    ...{ key: `H ${source}`, alarmId: source, source, name: null, tank: null, type: "H" },
    ...{ priority: 2, state: "unacked", value: 1, quality: "good", unit: "%", limit: 1 },
    ...{ reason: "", sinceMs: 0, raisedMs: 0, returnedMs: null, raises: 1, acked: null },
    ...{ handled: null, shelved: null, outOfService: null, suppressedBy: null, isActive: true },
    ...{ isShelvable: true, isStored: true, advice: null, isFirstOut: false },
    ...{ isChattering: false, isStale: false },
  };
  return { ...base, ...change };
}

describe("the list", () => {
  it("shows the unacknowledged first, the worst before the newest, then the acknowledged, then those that are over", () => {
    const all = [
      alarm("over", { state: "returned", isActive: false, raisedMs: 9 }),
      alarm("acked", { state: "acked", raisedMs: 8 }),
      alarm("old", { raisedMs: 1 }),
      alarm("new", { raisedMs: 2 }),
      alarm("slight", { raisedMs: 20, priority: 4 }),
      alarm("shelved", { state: "shelved", raisedMs: 10 }),
    ];
    expect(inOrder(all).map((one) => one.source)).toEqual([
      "new",
      "old",
      "slight",
      "acked",
      "over",
      "shelved",
    ]);
  });
});

describe("the strip", () => {
  it("speaks of the worst unacknowledged alarm, and of the newest among the worst", () => {
    const all = [
      alarm("yellow", { priority: 3, raisedMs: 9 }),
      alarm("red-old", { priority: 1, raisedMs: 1 }),
      alarm("red-new", { priority: 1, raisedMs: 2 }),
      alarm("red-acked", { priority: 1, raisedMs: 5, state: "acked" }),
    ];
    expect(loudest(all)?.source).toBe("red-new");
  });

  it("prefers what stands to what is over, and is empty when all is acknowledged", () => {
    const over = alarm("over", { state: "returned", isActive: false, raisedMs: 9 });
    expect(loudest([over, alarm("stands")])?.source).toBe("stands");
    expect(loudest([alarm("acked", { state: "acked" })])).toBeNull();
  });
});

describe("the frame of a tank", () => {
  it("takes the worst alarm that is not held back", () => {
    const held = alarm("held", { priority: 1, state: "shelved" });
    expect(highest([held, alarm("blue", { priority: 4 }), alarm("yellow", { priority: 3 })])).toBe(
      3,
    );
    expect(highest([held])).toBeNull();
  });
});

describe("what the page offers", () => {
  it("is nothing that the life cycle would refuse at once", () => {
    expect(canDo("ack", alarm("x", { state: "acked" }))).toBe(false);
    expect(canDo("shelve", alarm("x", { isShelvable: false }))).toBe(false);
    expect(canDo("shelve", alarm("x", { state: "shelved" }))).toBe(false);
    expect(canDo("unshelve", alarm("x", { state: "shelved" }))).toBe(true);
    expect(canDo("reset", alarm("x", { state: "latched" }))).toBe(true);
    expect(canDo("reset", alarm("x"))).toBe(false);
    expect(canDo("in-service", alarm("x", { state: "out-of-service" }))).toBe(true);
  });
});
