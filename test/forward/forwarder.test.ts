import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createForwarder } from "../../agent/forward/forwarder.ts";
import type { Lane } from "../../agent/records.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { accepted, FakeUplink, type Sending } from "./fakeUplink.ts";
import { MemoryOutbox } from "./memoryOutbox.ts";

const ackTimeoutMs = 20_000;

/** `delivered` of the memory outbox takes real milliseconds; each step lets them pass. */
async function step(clock: FakeClock, ms = 0): Promise<void> {
  for (let i = 0; i < 4; i += 1) {
    await clock.advance(ms / 4);
    await new Promise((resolve) => setTimeout(resolve, 3));
    await clock.advance(0);
  }
}

function setup(changes: { ack?: "platform" | "broker"; outbox?: MemoryOutbox } = {}) {
  const clock = new FakeClock();
  const outbox = changes.outbox ?? new MemoryOutbox();
  const uplink = new FakeUplink();
  const ack = changes.ack ?? "platform";
  const forwarder = createForwarder({ outbox, uplink, clock, ack, ackTimeoutMs });
  const stop = new AbortController();
  const run = forwarder.run(stop.signal);
  return {
    clock,
    outbox,
    uplink,
    forwarder,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await run;
    },
  };
}

function many(lane: Lane, count: number, padBytes = 0) {
  return Array.from({ length: count }, () => ({ lane, padBytes }));
}

describe("with ack: platform", () => {
  test("the broker's answer alone delivers nothing", async () => {
    await using it = setup();
    it.uplink.answer = () => accepted;
    it.outbox.seal(...many("live", 3));
    it.uplink.connect();
    await step(it.clock, 1_000);
    expect(it.uplink.seqs).toEqual([1, 2, 3]);
    expect(it.outbox.stored).toBe(3);
    it.uplink.ack([[1, 2]]);
    await step(it.clock);
    expect(it.outbox.deliveredSeqs).toEqual([1, 2]);
    expect(it.forwarder.stats()).toMatchObject({ delivered: 2, unconfirmed: 1 });
  });

  test("an ack of another life of the journal deletes nothing", async () => {
    await using it = setup();
    it.uplink.answer = () => accepted;
    it.outbox.seal(...many("live", 3));
    it.uplink.connect();
    await step(it.clock, 1_000);
    it.uplink.ack([[1, 3]], "life-0");
    it.uplink.ackBytes(new TextEncoder().encode("{"));
    await step(it.clock);
    expect(it.outbox.stored).toBe(3);
    expect(it.forwarder.stats()).toMatchObject({ strayAcks: 1, badAcks: 1, delivered: 0 });
  });

  test("an ack for records that were never sent deletes nothing", async () => {
    await using it = setup();
    it.uplink.answer = () => null;
    it.outbox.seal(...many("backlog", 50));
    it.uplink.connect();
    await step(it.clock, 100);
    const sent = it.uplink.seqs.length;
    expect(sent).toBe(4);
    it.uplink.ack([[1, 1_000_000]]);
    await step(it.clock);
    expect(it.outbox.deliveredSeqs).toEqual([1, 2, 3, 4]);
    expect(it.outbox.stored).toBe(46);
  });

  test("a record the platform did not get is sent again after the time-out, with the same bytes", async () => {
    await using it = setup();
    it.uplink.answer = () => accepted;
    it.outbox.seal(...many("live", 3, 500));
    it.uplink.connect();
    await step(it.clock, 1_000);
    it.uplink.ack([
      [1, 1],
      [3, 3],
    ]);
    await step(it.clock, ackTimeoutMs - 4_000);
    // Others are confirmed meanwhile: the platform is well.
    it.outbox.seal({ lane: "live" });
    await step(it.clock, 1_000);
    it.uplink.ack([[4, 4]]);
    await step(it.clock, 4_000);
    expect(it.uplink.seqs).toEqual([1, 2, 3, 4, 2]);
    expect(it.uplink.sendings[4]?.bytes).toEqual(it.uplink.sendings[1]?.bytes);
    expect(it.forwarder.stats().resent).toBe(1);
  });

  test("after a reconnect everything unconfirmed goes again, alarms first", async () => {
    await using it = setup();
    it.uplink.answer = () => accepted;
    it.outbox.seal(...many("backlog", 6));
    it.uplink.connect();
    await step(it.clock, 1_000);
    it.outbox.seal({ lane: "alarm" });
    await step(it.clock);
    it.uplink.ack([[2, 3]]);
    await step(it.clock);
    it.uplink.disconnect();
    await step(it.clock, 3_000);
    const before = it.uplink.sendings.length;
    it.uplink.connect();
    await step(it.clock, 1_000);
    expect(it.uplink.seqs.slice(before)).toEqual([7, 1, 4, 5, 6]);
  });

  test("a silent platform is asked by one record each time-out, and alarms go all the same", async () => {
    await using it = setup();
    it.uplink.answer = () => accepted;
    it.outbox.seal(...many("backlog", 3_000));
    it.uplink.connect();
    await step(it.clock, 900);
    expect(it.uplink.seqs).toEqual([1, 2, 3, 4]);
    // It may be one that confirms rarely: twice as much each second, up to the bound of what is sent on trust.
    await step(it.clock, 18_100);
    const onTrust = it.uplink.sendings.length;
    expect(onTrust).toBe(1_024);
    await step(it.clock, 4_000);
    expect(it.forwarder.stats().state.kind).toBe("platform-silent");
    // Soon at first, then each ack time-out.
    await step(it.clock, 60_000);
    const soon = it.uplink.sendings.length;
    expect(soon - onTrust).toBeLessThanOrEqual(7);
    for (let i = 0; i < 5; i += 1) await step(it.clock, ackTimeoutMs);
    expect(it.uplink.sendings.length - soon).toBe(5);
    const before = it.uplink.sendings.length;
    it.outbox.seal({ lane: "alarm" }, { lane: "live" });
    await step(it.clock);
    expect(it.uplink.sendings.slice(before).map((sending) => sending.kind)).toEqual(["alarm"]);
    expect(it.outbox.states.at(-1)).toBe("down");
  });

  test("a platform that speaks again gets everything, without waiting a time-out for each", async () => {
    await using it = setup();
    let isThere = false;
    it.uplink.answer = (sending) => {
      if (isThere) queueMicrotask(() => it.uplink.ack([[sending.seq, sending.seq]]));
      return accepted;
    };
    it.outbox.seal(...many("backlog", 200));
    it.uplink.connect();
    for (let i = 0; i < 5; i += 1) await step(it.clock, ackTimeoutMs);
    expect(it.outbox.stored).toBe(200);
    isThere = true;
    // One probe within the time-out, then two seconds for what is known, then all the rest.
    for (let i = 0; i < 30; i += 1) await step(it.clock, 1_000);
    expect(it.outbox.stored).toBe(0);
    expect(it.outbox.states.at(-1)).toBe("live");
  });

  test("an alarm that nobody heard, because the broker was back before the platform, goes again at once", async () => {
    await using it = setup();
    let isThere = false;
    it.uplink.answer = (sending) => {
      if (isThere) queueMicrotask(() => it.uplink.ack([[sending.seq, sending.seq]]));
      return { kind: "accepted", hasListener: isThere };
    };
    it.outbox.seal(...many("backlog", 100), { lane: "alarm" });
    it.uplink.connect();
    await step(it.clock, 900);
    // Nothing is sent on trust into the void.
    expect(it.uplink.sendings.length).toBeLessThanOrEqual(5);
    isThere = true;
    await step(it.clock, 2_000);
    expect(it.outbox.deliveredSeqs[0]).toBe(101);
    for (let i = 0; i < 5; i += 1) await step(it.clock, 1_000);
    expect(it.outbox.stored).toBe(0);
  });

  test("what retention took away while it waited is forgotten", async () => {
    await using it = setup();
    it.uplink.answer = () => accepted;
    it.outbox.seal(...many("backlog", 5));
    it.uplink.connect();
    await step(it.clock, 1_000);
    it.outbox.evict(2);
    it.outbox.evict(3);
    it.uplink.disconnect();
    it.uplink.connect();
    await step(it.clock, 1_000);
    it.uplink.ack([
      [1, 1],
      [4, 5],
    ]);
    await step(it.clock, 1_000);
    expect(it.forwarder.stats()).toMatchObject({ unconfirmed: 0, delivered: 3 });
  });
});

describe("with ack: broker", () => {
  test("the broker's answer delivers", async () => {
    await using it = setup({ ack: "broker" });
    it.uplink.answer = () => accepted;
    it.outbox.seal(...many("backlog", 500), { lane: "alarm" });
    it.uplink.connect();
    for (let i = 0; i < 10; i += 1) await step(it.clock, 100);
    expect(it.outbox.stored).toBe(0);
    expect(it.uplink.seqs.slice().sort((a, b) => a - b)).toEqual(
      Array.from({ length: 501 }, (_, i) => i + 1),
    );
    expect(it.outbox.deliveredUnderWayMax).toBe(1);
    expect(it.outbox.deliveredCalls).toBeLessThan(100);
  });

  test("a broker that says that nobody listens is counted", async () => {
    await using it = setup({ ack: "broker" });
    it.uplink.answer = () => ({ kind: "accepted", hasListener: false });
    it.outbox.seal({ lane: "live" });
    it.uplink.connect();
    await step(it.clock);
    expect(it.forwarder.stats()).toMatchObject({ unheard: 1, delivered: 1 });
  });
});

describe("the order", () => {
  test("an alarm passes a backlog that fills the window", async () => {
    await using it = setup();
    it.uplink.answer = () => null;
    it.outbox.seal(...many("backlog", 1_000));
    it.uplink.connect();
    await step(it.clock, 100);
    expect(it.uplink.seqs).toEqual([1, 2, 3, 4]);
    it.outbox.seal({ lane: "live" }, { lane: "alarm" }, { lane: "gap" });
    await step(it.clock);
    expect(it.uplink.seqs).toEqual([1, 2, 3, 4, 1_002]);
    // The broker's answer makes room to the broker, not at the platform.
    for (const sending of it.uplink.sendings) sending.settle(accepted);
    await step(it.clock);
    expect(it.uplink.seqs).toHaveLength(5);
    it.outbox.seal({ lane: "event" });
    await step(it.clock);
    expect(it.uplink.seqs[5]).toBe(1_004);
    it.uplink.ack([[1, 1]]);
    await step(it.clock);
    it.uplink.ack([[2, 2]]);
    await step(it.clock);
    expect(it.uplink.seqs.slice(6, 8)).toEqual([1_003, 1_001]);
  });

  test("the broker's bound on unanswered messages is kept", async () => {
    await using it = setup({ ack: "broker" });
    it.uplink.grants = 5;
    const open: Sending[] = [];
    it.uplink.answer = (sending) => {
      open.push(sending);
      return null;
    };
    it.outbox.seal(...many("backlog", 100), ...many("alarm", 100));
    it.uplink.connect();
    for (let i = 0; i < 300; i += 1) {
      open.shift()?.settle(accepted);
      await it.clock.advance(1);
    }
    expect(it.uplink.openMax).toBe(5);
    expect(it.uplink.sendings).toHaveLength(200);
  });
});

describe("trouble", () => {
  const notAuthorised = {
    kind: "refused",
    trouble: { kind: "unauthorised", words: { zh: "没有权限", en: "not authorised" } },
  } as const;

  test("refused records are kept, said so in words, tried again, and do not stop other kinds", async () => {
    await using it = setup({ ack: "broker" });
    it.uplink.answer = (sending) => (sending.kind === "readings" ? notAuthorised : accepted);
    it.outbox.seal(...many("live", 100));
    it.uplink.connect();
    await step(it.clock, 1_000);
    const tried = it.uplink.sendings.length;
    expect(tried).toBeLessThanOrEqual(8);
    expect(it.forwarder.stats()).toMatchObject({ refused: tried, state: { kind: "refused" } });
    it.outbox.seal({ lane: "alarm" });
    await step(it.clock);
    expect(it.outbox.deliveredSeqs).toEqual([101]);
    it.uplink.answer = () => accepted;
    for (let i = 0; i < 35; i += 1) await step(it.clock, 1_000);
    expect(it.outbox.stored).toBe(0);
    expect(it.forwarder.stats().state.kind).toBe("idle");
  });

  test("one record that breaks every connection does not keep the others from arriving", async () => {
    await using it = setup({ ack: "broker" });
    const poison = 3;
    it.uplink.answer = (sending) => {
      if (sending.seq !== poison) return accepted;
      queueMicrotask(() => it.uplink.disconnect());
      return null;
    };
    it.outbox.seal(...many("backlog", 50));
    for (let i = 0; i < 6; i += 1) {
      it.uplink.connect();
      await step(it.clock, 1_000);
    }
    expect(it.outbox.stored).toBe(1);
    expect(it.outbox.record(poison)).toBeDefined();
  });

  test("a journal that cannot be read for a while is asked again", async () => {
    await using it = setup({ ack: "broker" });
    it.uplink.answer = () => accepted;
    it.outbox.isUnreadable = true;
    it.outbox.seal(...many("live", 5));
    it.uplink.connect();
    await step(it.clock, 3_000);
    expect(it.uplink.sendings).toEqual([]);
    it.outbox.isUnreadable = false;
    for (let i = 0; i < 3; i += 1) await step(it.clock, 1_000);
    expect(it.outbox.stored).toBe(0);
  });

  test("a journal that cannot note a delivery is told again, and nothing is sent twice for it", async () => {
    await using it = setup({ ack: "broker" });
    it.uplink.answer = () => accepted;
    it.outbox.isUnwritable = true;
    it.outbox.seal(...many("live", 5));
    it.uplink.connect();
    await step(it.clock, 5_000);
    expect(it.forwarder.stats()).toMatchObject({ sent: 5, delivered: 0, unconfirmed: 5 });
    expect(it.forwarder.stats().journalFailures).toBeGreaterThan(1);
    it.outbox.isUnwritable = false;
    for (let i = 0; i < 3; i += 1) await step(it.clock, 1_000);
    expect(it.forwarder.stats()).toMatchObject({ sent: 5, delivered: 5, unconfirmed: 0 });
    expect(it.outbox.stored).toBe(0);
  });

  test("the journal is told when the uplink is well and when not, without flapping", async () => {
    await using it = setup();
    it.uplink.answer = () => accepted;
    await step(it.clock, 1_000);
    expect(it.outbox.states).toEqual(["down"]);
    it.uplink.connect();
    await step(it.clock, 4_000);
    expect(it.outbox.states).toEqual(["down", "live"]);
    it.uplink.disconnect();
    await step(it.clock, 2_000);
    it.uplink.connect();
    await step(it.clock, 4_000);
    expect(it.outbox.states).toEqual(["down", "live"]);
    it.uplink.disconnect();
    await step(it.clock, 8_000);
    expect(it.outbox.states).toEqual(["down", "live", "down"]);
  });

  test("property: whatever is lost on the way, all is delivered in the end, each with its bytes", async () => {
    const fate = fc.constantFrom("fine", "noPuback", "noAck", "cut", "refuse");
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 60 }), async (fates) => {
        await using it = setup();
        const seen = new Map<number, string>();
        let turn = 0;
        it.uplink.answer = (sending) => {
          const bytes = Buffer.from(sending.bytes).toString("hex");
          expect(seen.get(sending.seq) ?? bytes).toBe(bytes);
          seen.set(sending.seq, bytes);
          const what = fates[turn++] ?? "fine";
          if (what === "cut") queueMicrotask(() => it.uplink.disconnect());
          if (what === "refuse") return notAuthorised;
          if (what === "fine") queueMicrotask(() => it.uplink.ack([[sending.seq, sending.seq]]));
          return what === "noPuback" || what === "cut" ? null : accepted;
        };
        it.outbox.seal(...many("backlog", 8), ...many("alarm", 2), ...many("live", 3));
        for (let i = 0; i < 400 && it.outbox.stored > 0; i += 1) {
          // The uplink ends connections that owe an answer for too long.
          if (i % 30 === 29) it.uplink.disconnect();
          if (!it.uplink.isConnected) it.uplink.connect();
          await it.clock.advance(3_000);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        expect(it.outbox.stored).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  test("a stop leaves no timer and no telling half done", async () => {
    const outbox = new MemoryOutbox();
    const { clock, uplink, ...it } = setup({ ack: "broker", outbox });
    uplink.answer = () => accepted;
    outbox.seal(...many("live", 20));
    uplink.connect();
    await clock.advance(10);
    await it[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
    expect(outbox.deliveredUnderWay).toBe(0);
    expect(outbox.deliveredSeqs.length).toBe(uplink.sendings.length);
  });
});

test("a million records in the journal are never more than a few pieces in memory", async () => {
  const outbox = new MemoryOutbox();
  const asked = { records: 0 };
  const payload = new TextEncoder().encode('{"seq":1}');
  outbox.next = async ({ lane, afterSeq, maxRecords }) => {
    asked.records += maxRecords;
    if (lane !== "backlog") return [];
    return Array.from({ length: Math.min(maxRecords, 1_000_000 - afterSeq) }, (_, i) => ({
      seq: afterSeq + i + 1,
      kind: "readings" as const,
      lane: "backlog" as const,
      readings: 1,
      bytes: payload,
      encoding: "json" as const,
    }));
  };
  await using it = setup({ outbox });
  it.uplink.answer = () => accepted;
  it.uplink.connect();
  for (let i = 0; i < 120; i += 1) await it.clock.advance(100);
  // Nobody confirms: the ledger's bound, one piece of each lane read ahead, and no more.
  expect(it.uplink.sendings).toHaveLength(1_024);
  expect(it.forwarder.stats().unconfirmed).toBe(1_024);
  expect(asked.records).toBeLessThan(1_024 + 5 * 4 * 64);
});
