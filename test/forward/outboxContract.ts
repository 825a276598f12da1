/** What the forwarder relies on in any outbox. Call it with a maker of an outbox and a way to seal records. */

import { describe, expect, test } from "vitest";
import type { Lane, Outbox } from "../../agent/records.ts";

export interface OutboxUnderTest extends AsyncDisposable {
  readonly outbox: Outbox;
  /** Seals this many records of this lane, at least `sizeBytes` large where that can be chosen. */
  seal(lane: Lane, records: number): Promise<void>;
}

const all = { afterSeq: 0, maxRecords: 1_000, maxBytes: 100_000_000 };

export function describeOutbox(name: string, make: () => Promise<OutboxUnderTest>): void {
  describe(`the outbox contract: ${name}`, () => {
    test("records come by lane, ascending, after the number asked", async () => {
      await using it = await make();
      await it.seal("alarm", 3);
      await it.seal("gap", 2);
      const alarms = await it.outbox.next({ lane: "alarm", ...all });
      expect(alarms.map((record) => record.lane)).toEqual(["alarm", "alarm", "alarm"]);
      const seqs = alarms.map((record) => record.seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      const later = await it.outbox.next({ lane: "alarm", ...all, afterSeq: seqs[0] ?? 0 });
      expect(later.map((record) => record.seq)).toEqual(seqs.slice(1));
      const gaps = await it.outbox.next({ lane: "gap", ...all });
      expect(gaps).toHaveLength(2);
      expect(gaps.some((record) => seqs.includes(record.seq))).toBe(false);
    });

    test("both bounds are kept, and one record always comes", async () => {
      await using it = await make();
      await it.seal("alarm", 5);
      const ask = { lane: "alarm", afterSeq: 0 } as const;
      expect(await it.outbox.next({ ...ask, maxRecords: 2, maxBytes: 1e9 })).toHaveLength(2);
      expect(await it.outbox.next({ ...ask, maxRecords: 5, maxBytes: 1 })).toHaveLength(1);
    });

    test("the same record has the same bytes whenever it is read", async () => {
      await using it = await make();
      await it.seal("alarm", 1);
      const [first] = await it.outbox.next({ lane: "alarm", ...all });
      await it.seal("alarm", 2);
      const [again] = await it.outbox.next({ lane: "alarm", ...all });
      expect(again).toEqual(first);
    });

    test("delivered records do not come again, and saying so twice is harmless", async () => {
      await using it = await make();
      await it.seal("alarm", 4);
      const before = await it.outbox.next({ lane: "alarm", ...all });
      const first = before[0]?.seq ?? 0;
      const second = before[1]?.seq ?? 0;
      expect(await it.outbox.delivered([{ from: first, to: second }])).toBe(2);
      expect(await it.outbox.delivered([{ from: first, to: second }])).toBe(0);
      expect(await it.outbox.delivered([{ from: 1_000_000, to: 1_000_005 }])).toBe(0);
      expect(await it.outbox.delivered([])).toBe(0);
      expect(await it.outbox.next({ lane: "alarm", ...all })).toEqual(before.slice(2));
    });

    test("sealing calls back, until the signal aborts", async () => {
      await using it = await make();
      const heard: Lane[] = [];
      const stop = new AbortController();
      it.outbox.onSealed((lane) => heard.push(lane), stop.signal);
      await it.seal("alarm", 1);
      expect(heard).toContain("alarm");
      stop.abort();
      heard.length = 0;
      await it.seal("alarm", 1);
      expect(heard).toEqual([]);
    });
  });
}
