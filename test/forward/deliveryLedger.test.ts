import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DeliveryLedger } from "../../agent/forward/deliveryLedger.ts";
import { isUrgent } from "../../agent/forward/sendOrder.ts";
import type { Lane } from "../../agent/records.ts";

const ackTimeoutMs = 20_000;

function held(seqs: readonly number[], lane: Lane = "backlog", nowMs = 0): DeliveryLedger {
  const ledger = new DeliveryLedger(ackTimeoutMs);
  for (const seq of seqs) {
    ledger.launch(record(seq, lane));
    ledger.taken(seq, nowMs);
  }
  return ledger;
}

/** As large as its number is. */
function record(seq: number, lane: Lane) {
  return { seq, lane, bytes: new Uint8Array(seq) };
}

function confirmed(ledger: DeliveryLedger, from: number, to: number): number[] {
  return ledger.confirm({ from, to }).map(({ seq }) => seq);
}

describe("what became of sent records", () => {
  test("an ack confirms only what was sent", () => {
    const ledger = held([5, 6, 9]);
    expect(confirmed(ledger, 1, Number.MAX_SAFE_INTEGER)).toEqual([5, 6, 9]);
    expect(confirmed(ledger, 1, 100)).toEqual([]);
    expect(confirmed(held([5]), 6, 6)).toEqual([]);
  });

  test("an ack may come before the broker's answer", () => {
    const ledger = new DeliveryLedger(ackTimeoutMs);
    ledger.launch(record(1, "live"));
    expect(confirmed(ledger, 1, 1)).toEqual([1]);
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
    expect(ledger.launch(record(1, "backlog"))).toBe(2);
    ledger.taken(1, 0);
    ledger.release(2 * ackTimeoutMs - 1, false);
    expect(ledger.isDue(1)).toBe(false);
    ledger.release(2 * ackTimeoutMs, false);
    expect(ledger.isDue(1)).toBe(true);
  });

  test("while the platform is silent one record asks for all: the oldest alarm first", () => {
    const ledger = held([3, 4]);
    ledger.launch(record(9, "alarm"));
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
        ledger.launch(record(seq, lane));
        ledger.lost(seq, 0);
      }
    }
    expect([ledger.isDue(1), ledger.isDue(2)]).toEqual([false, true]);
    ledger.release(60_000, true);
    expect(ledger.isDue(1)).toBe(true);
  });

  test("what retention took away is forgotten, what is there or under way is not", () => {
    const ledger = held([1, 2, 3]);
    ledger.launch(record(4, "backlog"));
    ledger.launch(record(5, "alarm"));
    ledger.taken(5, 0);
    const present = new Set([2]);
    ledger.forgetAbsent({ lane: "backlog", afterSeq: 0, toSeq: Number.POSITIVE_INFINITY, present });
    expect([1, 2, 3, 4, 5].filter((seq) => !ledger.isNew(seq))).toEqual([2, 4, 5]);
    expect([ledger.size, ledger.bulkSize]).toEqual([3, 2]);
  });

  test("bulk that nobody has answered for is counted in records and bytes, the urgent is not", () => {
    const ledger = held([3, 5]);
    for (const lane of ["alarm", "event"] as const) {
      ledger.launch(record(lane === "alarm" ? 90 : 91, lane));
    }
    expect(ledger.owedBulk).toEqual({ records: 2, bytes: 8 });
    ledger.launch(record(7, "live"));
    expect(ledger.owedBulk).toEqual({ records: 3, bytes: 15 });
    ledger.confirm({ from: 1, to: 3 });
    ledger.lost(7, 0);
    expect(ledger.owedBulk).toEqual({ records: 1, bytes: 5 });
    expect([ledger.size, ledger.bulkSize]).toEqual([5, 3]);
  });

  test("what the platform asks for again is due, unless the broker is still to answer for it", () => {
    const ledger = held([1, 2, 3]);
    ledger.launch(record(4, "live"));
    ledger.askedAgain({ from: 2, to: 4 });
    expect([1, 2, 3, 4].filter((seq) => ledger.isDue(seq))).toEqual([2, 3]);
  });

  test("a mark comes back with the confirmation, not after the answer was given up", () => {
    const mark = { bytes: 1, sentMs: 0, isLimited: true };
    const ledger = new DeliveryLedger(ackTimeoutMs);
    for (const seq of [1, 2]) {
      ledger.launch(record(seq, "live"));
      ledger.mark(seq, mark);
      ledger.taken(seq, 0);
    }
    expect(ledger.confirm({ from: 1, to: 1 })).toEqual([{ seq: 1, mark }]);
    ledger.release(ackTimeoutMs, false);
    expect(ledger.confirm({ from: 2, to: 2 })).toEqual([{ seq: 2, mark: null }]);
  });

  test("property: the running counts always equal what the entries say", () => {
    const seq = fc.integer({ min: 1, max: 12 });
    const action = fc.oneof(
      fc.record({ act: fc.constantFrom("launch", "taken", "lost", "refused", "forget"), seq }),
      fc.record({
        act: fc.constantFrom("confirm", "release", "silent", "probe", "all", "again"),
        seq,
      }),
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
          const bulk = known.filter((number) => !isUrgent(laneOf(number)));
          expect(ledger.bulkSize).toBe(bulk.length);
          const bulkDue = due.filter((number) => !isUrgent(laneOf(number)));
          expect(ledger.owedBulk.records).toBeLessThanOrEqual(bulk.length - bulkDue.length);
          expect(ledger.owedBulk.bytes).toBeGreaterThanOrEqual(ledger.owedBulk.records);
          for (const lane of ["alarm", "event", "live", "backlog"] as const) {
            const first = due.filter((number) => laneOf(number) === lane)[0] ?? null;
            expect(ledger.firstDue(lane)).toBe(first);
            expect(ledger.hasDue(lane)).toBe(first !== null);
          }
        }
        ledger.confirm({ from: 1, to: 12 });
        expect([ledger.isOwed, ledger.owedBulk]).toEqual([false, { records: 0, bytes: 0 }]);
      }),
    );
  });
});

function range(to: number): number[] {
  return Array.from({ length: to }, (_, i) => i + 1);
}

function laneOf(seq: number): Lane {
  return (["alarm", "live", "backlog", "event"] as const)[seq % 4] ?? "backlog";
}

function apply(ledger: DeliveryLedger, one: { act: string; seq: number }, nowMs: number): void {
  const { act, seq } = one;
  // The forwarder sends what is new or due, nothing else.
  if (act === "launch" && (ledger.isNew(seq) || ledger.isDue(seq))) {
    ledger.launch(record(seq, laneOf(seq)));
  } else if (act === "taken") ledger.taken(seq, nowMs);
  else if (act === "lost") ledger.lost(seq, nowMs);
  else if (act === "refused") ledger.refused(seq, nowMs + 50);
  else if (act === "forget") ledger.forget([seq]);
  else if (act === "confirm") ledger.confirm({ from: 1, to: seq });
  else if (act === "release") ledger.release(nowMs, false);
  else if (act === "silent") ledger.release(nowMs, true);
  else if (act === "probe") ledger.probe();
  else if (act === "all") ledger.releaseHeld(["alarm", "live"]);
  else if (act === "again") ledger.askedAgain({ from: 1, to: seq });
}
