import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DeliveryLedger } from "../../agent/forward/deliveryLedger.ts";
import type { Lane } from "../../agent/records.ts";

const ackTimeoutMs = 20_000;

function held(seqs: readonly number[], lane: Lane = "backlog", nowMs = 0): DeliveryLedger {
  const ledger = new DeliveryLedger(ackTimeoutMs);
  for (const seq of seqs) {
    ledger.launch({ seq, lane });
    ledger.taken(seq, nowMs);
  }
  return ledger;
}

describe("what became of sent records", () => {
  test("an ack confirms only what was sent", () => {
    const ledger = held([5, 6, 9]);
    expect(ledger.confirm({ from: 1, to: Number.MAX_SAFE_INTEGER })).toEqual([5, 6, 9]);
    expect(ledger.confirm({ from: 1, to: 100 })).toEqual([]);
    expect(held([5]).confirm({ from: 6, to: 6 })).toEqual([]);
  });

  test("an ack may come before the broker's answer", () => {
    const ledger = new DeliveryLedger(ackTimeoutMs);
    ledger.launch({ seq: 1, lane: "live" });
    expect(ledger.confirm({ from: 1, to: 1 })).toEqual([1]);
    ledger.taken(1, 0);
    ledger.release(1e9, false);
    expect(ledger.hasDue("live")).toBe(false);
    expect(ledger.isOwed).toBe(false);
  });

  test("held too long is due, and ever more rarely", () => {
    const ledger = held([1]);
    ledger.release(ackTimeoutMs - 1, false);
    expect(ledger.isDue(1)).toBe(false);
    ledger.release(ackTimeoutMs, false);
    expect(ledger.isDue(1)).toBe(true);
    expect(ledger.firstDue("backlog")).toBe(1);
    expect(ledger.launch({ seq: 1, lane: "backlog" })).toBe(2);
    ledger.taken(1, 0);
    ledger.release(2 * ackTimeoutMs - 1, false);
    expect(ledger.isDue(1)).toBe(false);
    ledger.release(2 * ackTimeoutMs, false);
    expect(ledger.isDue(1)).toBe(true);
  });

  test("while the platform is silent one record asks for all: the oldest alarm first", () => {
    const ledger = held([3, 4]);
    ledger.launch({ seq: 9, lane: "alarm" });
    ledger.taken(9, 0);
    ledger.release(1e9, true);
    expect([3, 4, 9].filter((seq) => ledger.isDue(seq))).toEqual([]);
    ledger.probe();
    expect([3, 4, 9].filter((seq) => ledger.isDue(seq))).toEqual([9]);
    ledger.probe();
    expect([3, 4, 9].filter((seq) => ledger.isDue(seq))).toEqual([3, 9]);
  });

  test("after a reconnect what the broker held is due", () => {
    const ledger = held([1, 2]);
    ledger.releaseHeld(["alarm"]);
    expect(ledger.hasDue("backlog")).toBe(false);
    ledger.releaseHeld(["backlog"]);
    expect(ledger.firstDue("backlog")).toBe(1);
  });

  test("a record that broke three connections steps aside for a minute; an alarm never does", () => {
    const ledger = new DeliveryLedger(ackTimeoutMs);
    for (const lane of ["backlog", "alarm"] as const) {
      const seq = lane === "alarm" ? 2 : 1;
      for (let i = 0; i < 3; i += 1) {
        ledger.launch({ seq, lane });
        ledger.lost(seq, 0);
      }
    }
    expect([ledger.isDue(1), ledger.isDue(2)]).toEqual([false, true]);
    ledger.release(60_000, true);
    expect(ledger.isDue(1)).toBe(true);
  });

  test("what retention took away is forgotten, what is there or under way is not", () => {
    const ledger = held([1, 2, 3]);
    ledger.launch({ seq: 4, lane: "backlog" });
    ledger.launch({ seq: 5, lane: "alarm" });
    ledger.taken(5, 0);
    const present = new Set([2]);
    ledger.forgetAbsent({ lane: "backlog", afterSeq: 0, toSeq: Number.POSITIVE_INFINITY, present });
    expect([1, 2, 3, 4, 5].filter((seq) => !ledger.isNew(seq))).toEqual([2, 4, 5]);
    expect([ledger.size, ledger.bulkSize]).toEqual([3, 2]);
  });

  test("property: the running counts always equal what the entries say", () => {
    const seq = fc.integer({ min: 1, max: 12 });
    const action = fc.oneof(
      fc.record({ act: fc.constantFrom("launch", "taken", "lost", "refused", "forget"), seq }),
      fc.record({ act: fc.constantFrom("confirm", "release", "silent", "probe", "all"), seq }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const ledger = new DeliveryLedger(100);
        let nowMs = 0;
        for (const one of actions) {
          nowMs += 37;
          apply(ledger, one, nowMs);
          const known = range(12).filter((number) => !ledger.isNew(number));
          const due = known.filter((number) => ledger.isDue(number));
          expect(ledger.size).toBe(known.length);
          expect(ledger.bulkSize).toBe(known.filter((number) => laneOf(number) !== "alarm").length);
          for (const lane of ["alarm", "live", "backlog"] as const) {
            const first = due.filter((number) => laneOf(number) === lane)[0] ?? null;
            expect(ledger.firstDue(lane)).toBe(first);
            expect(ledger.hasDue(lane)).toBe(first !== null);
          }
        }
      }),
    );
  });
});

function range(to: number): number[] {
  return Array.from({ length: to }, (_, i) => i + 1);
}

function laneOf(seq: number): Lane {
  return (["alarm", "live", "backlog"] as const)[seq % 3] ?? "backlog";
}

function apply(ledger: DeliveryLedger, one: { act: string; seq: number }, nowMs: number): void {
  const { act, seq } = one;
  // The forwarder sends what is new or due, nothing else.
  if (act === "launch" && (ledger.isNew(seq) || ledger.isDue(seq))) {
    ledger.launch({ seq, lane: laneOf(seq) });
  } else if (act === "taken") ledger.taken(seq, nowMs);
  else if (act === "lost") ledger.lost(seq, nowMs);
  else if (act === "refused") ledger.refused(seq, nowMs + 50);
  else if (act === "forget") ledger.forget([seq]);
  else if (act === "confirm") ledger.confirm({ from: 1, to: seq });
  else if (act === "release") ledger.release(nowMs, false);
  else if (act === "silent") ledger.release(nowMs, true);
  else if (act === "probe") ledger.probe();
  else if (act === "all") ledger.releaseHeld(["alarm", "live"]);
}
