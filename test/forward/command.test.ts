import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CommandReport, createCommandDesk } from "../../agent/forward/commandDesk.ts";
import { parseCommand } from "../../agent/forward/commandMessage.ts";
import { createForwarder } from "../../agent/forward/forwarder.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { accepted, FakeUplink } from "./fakeUplink.ts";
import { MemoryOutbox } from "./memoryOutbox.ts";

function bytesOf(message: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

function resend(id: string, ranges: unknown, epoch = "life-1"): Uint8Array {
  return bytesOf({ v: 1, id, do: "resend", epoch, ranges });
}

describe("the command message", () => {
  test("a resend, a rate, and what this version does not know", () => {
    expect(parseCommand(resend("a", [[1, 5]]))).toMatchObject({
      kind: "resend",
      epoch: "life-1",
      ranges: [{ from: 1, to: 5 }],
    });
    const rate = bytesOf({ v: 1, id: "b", do: "rate", bytesPerSecond: 1_000, later: true });
    expect(parseCommand(rate)).toMatchObject({ kind: "rate", bytesPerSecond: 1_000 });
    const open = bytesOf({ v: 1, id: "b", do: "rate", bytesPerSecond: null });
    expect(parseCommand(open)).toMatchObject({ kind: "rate", bytesPerSecond: null });
    expect(parseCommand(bytesOf({ v: 1, id: "c", do: "dance" }))).toMatchObject({
      kind: "unknown",
    });
  });

  test.each([
    ["a range backwards", resend("a", [[5, 1]])],
    ["no range", resend("a", [])],
    ["a number that is none", resend("a", [[1, 1e300]])],
    [
      "too many ranges",
      resend(
        "a",
        Array.from({ length: 1_001 }, () => [1, 1]),
      ),
    ],
    ["a rate of nothing", bytesOf({ v: 1, id: "a", do: "rate", bytesPerSecond: 0 })],
    ["a rate in words", bytesOf({ v: 1, id: "a", do: "rate", bytesPerSecond: "1 MiB" })],
  ])("%s is malformed, and can be answered", (_, bytes) => {
    expect(parseCommand(bytes)).toMatchObject({ kind: "malformed", id: "a" });
  });

  test("property: any bytes give a command or null, never an error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytesOf)), (bytes) => {
        const command = parseCommand(bytes);
        expect(command === null || command.id.length > 0).toBe(true);
      }),
    );
    expect(parseCommand(new Uint8Array(65_537))).toBeNull();
  });
});

test("a few commands a minute are obeyed, a repeated one never, a flood is not even answered", async () => {
  const clock = new FakeClock();
  const reports: CommandReport[] = [];
  const desk = createCommandDesk({
    clock,
    epoch: "life-1",
    resend: async () => ({ again: 0, absent: [] }),
    setRate: (bytesPerS) => bytesPerS,
    report: (report) => reports.push(report),
  });
  const rate = (id: string) => bytesOf({ v: 1, id, do: "rate", bytesPerSecond: 5 });
  for (let i = 0; i < 100; i += 1) desk.take(rate(`id-${i}`));
  expect(desk.take(rate("id-0"))).toBe(false);
  await desk.idle();
  const outcomes = (outcome: string) => reports.filter((one) => one.outcome === outcome).length;
  expect([outcomes("done"), outcomes("refused")]).toEqual([6, 24]);
  await clock.advance(60_000);
  expect(desk.take(rate("later"))).toBe(true);
  await desk.idle();
  expect(outcomes("done")).toBe(7);
});

function setup(options: { readonly rateBytesPerS?: number } = {}) {
  const clock = new FakeClock();
  const outbox = new MemoryOutbox();
  const uplink = new FakeUplink();
  const reports: CommandReport[] = [];
  const onCommand = (report: CommandReport): void => void reports.push(report);
  const base = { outbox, uplink, clock, ack: "platform", ackTimeoutMs: 20_000 } as const;
  const forwarder = createForwarder({ ...base, ...options, onCommand });
  uplink.answer = (sending) => {
    queueMicrotask(() => uplink.ack([[sending.seq, sending.seq]]));
    return accepted;
  };
  const stop = new AbortController();
  const run = forwarder.run(stop.signal);
  return {
    ...{ clock, outbox, uplink, reports, forwarder },
    /** The memory outbox takes real milliseconds to note a delivery. */
    async pass(ms: number) {
      for (let i = 0; i < 10; i += 1) {
        await clock.advance(ms / 10);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await run;
      expect(clock.pending).toBe(0);
    },
  };
}

describe("the forwarder's commands", () => {
  test("a past range goes out again with its bytes; what is not here is named; another epoch is refused", async () => {
    await using it = setup();
    it.outbox.seal(...Array.from({ length: 6 }, () => ({ lane: "backlog" as const })));
    it.uplink.connect();
    await it.pass(1_000);
    expect(it.outbox.stored).toBe(0);
    const before = it.uplink.sendings.length;
    it.uplink.command(
      resend("a", [
        [2, 3],
        [5, 9],
      ]),
    );
    it.uplink.command(resend("b", [[1, 1]], "life-0"));
    it.uplink.command(bytesOf({ v: 1, id: "c", do: "dance" }));
    await it.pass(1_000);
    expect(it.uplink.seqs.slice(before)).toEqual([2, 3, 5, 6]);
    expect(it.uplink.sendings[before]?.bytes).toEqual(it.uplink.sendings[1]?.bytes);
    expect(it.outbox.stored).toBe(0);
    expect(it.reports).toEqual([
      {
        id: "a",
        do: "resend",
        outcome: "done",
        details: { again: 4, absent: [[7, 9]], absentRecords: 3 },
      },
      { id: "b", do: "resend", outcome: "refused", details: { reason: "another epoch" } },
      { id: "c", do: "dance", outcome: "unknown", details: {} },
    ]);
  });

  test("a journal that cannot do it now is said, and nothing ends", async () => {
    await using it = setup();
    it.outbox.isUnwritable = true;
    it.uplink.connect();
    it.uplink.command(resend("a", [[1, 2]]));
    await it.pass(100);
    expect(it.reports).toMatchObject([{ id: "a", outcome: "refused" }]);
  });

  test("a rate holds back routine readings until the connection ends, never alarms, events and gaps", async () => {
    await using it = setup();
    it.uplink.connect();
    it.uplink.command(bytesOf({ v: 1, id: "a", do: "rate", bytesPerSecond: 1_000 }));
    await it.pass(1_000);
    const backlog = { lane: "backlog", padBytes: 700 } as const;
    it.outbox.seal(...Array.from({ length: 60 }, () => backlog));
    await it.pass(10_000);
    const slow = it.uplink.sendings.length;
    expect(slow).toBeGreaterThan(5);
    expect(slow).toBeLessThan(25);
    it.outbox.seal({ lane: "alarm" }, { lane: "event" }, { lane: "gap" }, { lane: "live" });
    await it.pass(10);
    expect(it.uplink.seqs.slice(slow, slow + 4).sort()).toEqual([61, 62, 63, 64]);
    it.uplink.disconnect();
    it.uplink.connect();
    await it.pass(2_000);
    expect(it.outbox.stored).toBe(0);
  });

  test("the site's rate bounds the drain from the start", async () => {
    await using it = setup({ rateBytesPerS: 2_000 });
    it.outbox.seal(
      ...Array.from({ length: 100 }, () => ({ lane: "backlog", padBytes: 700 }) as const),
    );
    it.uplink.connect();
    await it.pass(10_000);
    const bytes = it.uplink.sendings.reduce((sum, sending) => sum + sending.bytes.byteLength, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(24_000);
  });
});
