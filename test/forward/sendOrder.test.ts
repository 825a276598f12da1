import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LaneShares } from "../../agent/forward/laneShares.ts";
import {
  alarmPlaces,
  isUrgent,
  nextLane,
  type SendState,
  sendingOrder,
} from "../../agent/forward/sendOrder.ts";
import { type Lane, lanes } from "../../agent/records.ts";

type Ready = Readonly<Record<Lane, number | null>>;

const nothing: Ready = {
  ...{ alarm: null, event: null, gap: null },
  ...{ live: null, evidence: null, piece: null, backlog: null },
};

type Changes = Partial<Omit<SendState, "ready">> & { readonly ready?: Partial<Ready> };

function state(changes: Changes): SendState {
  const ready: Ready = { ...nothing, ...changes.ready };
  return {
    inFlight: { all: 0, bulk: 0, bulkBytes: 0 },
    window: { messages: 4, bytes: 10_000 },
    owed: { records: 0, bytes: 0 },
    trust: { records: 4, bytes: 10_000 },
    inFlightMax: 100,
    claims: [],
    ...changes,
    ready: (lane: Lane) => ready[lane],
  };
}

const size = fc.option(fc.integer({ min: 1, max: 300_000 }), { nil: null });
const anyState = fc
  .record({
    ready: fc.record({
      ...{ alarm: size, event: size, gap: size },
      ...{ live: size, evidence: size, piece: size, backlog: size },
    }),
    claims: fc.subarray<Lane>(["evidence", "piece", "backlog"]),
    alarms: fc.nat(100),
    bulk: fc.nat(100),
    bulkBytes: fc.nat(2_000_000),
    messages: fc.integer({ min: 4, max: 64 }),
    bytes: fc.integer({ min: 4_096, max: 1_048_576 }),
    inFlightMax: fc.nat(200),
    owed: fc.record({ records: fc.nat(100), bytes: fc.nat(2_000_000) }),
    trust: fc.record({ records: fc.integer({ min: 1, max: 1_024 }), bytes: fc.nat(2_000_000) }),
  })
  .map((one) => ({
    ...one,
    state: state({
      ready: one.ready,
      claims: one.claims,
      inFlight: { all: one.alarms + one.bulk, bulk: one.bulk, bulkBytes: one.bulkBytes },
      window: { messages: one.messages, bytes: one.bytes },
      inFlightMax: one.inFlightMax,
      owed: one.owed,
      trust: one.trust,
    }),
  }));

describe("the order of sending", () => {
  test("alarms come first, then events, gaps, live readings, evidence, backlog", () => {
    const all = ["alarm", "event", "gap", "live", "evidence", "piece", "backlog"];
    expect(sendingOrder).toEqual(all);
    expect([...sendingOrder].sort()).toEqual([...lanes].sort());
    const ready = { alarm: 1, event: 1, gap: 1, live: 1, evidence: 1, piece: 1, backlog: 1 };
    expect(nextLane(state({ ready }))).toBe("alarm");
    expect(nextLane(state({ ready: { ...ready, alarm: null } }))).toBe("event");
    expect(nextLane(state({ ready: { ...ready, alarm: null, event: null } }))).toBe("gap");
    expect(nextLane(state({ ready: { live: 1, backlog: 1 } }))).toBe("live");
    expect(nextLane(state({ ready: { evidence: 1, piece: 1, backlog: 1 } }))).toBe("evidence");
    expect(nextLane(state({ ready: { piece: 1, backlog: 1 } }))).toBe("piece");
    expect(nextLane(state({ ready: { backlog: 1 } }))).toBe("backlog");
    expect(nextLane(state({}))).toBeNull();
  });

  test("who claims a share goes before live readings, never before alarms, events and gaps", () => {
    const claims: readonly Lane[] = ["evidence", "piece"];
    const ready = { live: 1, piece: 1, backlog: 1 };
    expect(nextLane(state({ ready, claims }))).toBe("piece");
    expect(nextLane(state({ ready: { ...ready, gap: 1 }, claims }))).toBe("gap");
    expect(nextLane(state({ ready: { live: 1, backlog: 1 }, claims }))).toBe("live");
  });

  test("of a line full of live readings pieces get a ninth, of one full of pieces backlog does", () => {
    const shares = new LaneShares();
    const sent: Record<string, number> = {};
    const ready = { live: 4_000, piece: 33_000, backlog: 10_000 };
    const send = (open: Partial<Ready>): void => {
      const lane = nextLane(state({ ready: open, claims: shares.claims, window: wide }));
      if (lane === null) throw new Error("nothing went");
      const bytes = open[lane] ?? 0;
      shares.sent(lane, bytes);
      sent[lane] = (sent[lane] ?? 0) + bytes;
    };
    const wide = { messages: 64, bytes: 1e6 };
    for (let turn = 0; turn < 20_000; turn += 1) send(ready);
    expect((sent["piece"] ?? 0) / (sent["live"] ?? 1)).toBeCloseTo(1 / 8, 2);
    const before = { ...sent };
    for (let turn = 0; turn < 20_000; turn += 1) send({ ...ready, live: null });
    const since = (lane: string): number => (sent[lane] ?? 0) - (before[lane] ?? 0);
    expect(since("backlog") / since("piece")).toBeCloseTo(1 / 8, 2);
  });

  test("an alarm goes though the window is full in messages and in bytes", () => {
    const full = { all: 4, bulk: 4, bulkBytes: 50_000 };
    expect(nextLane(state({ ready: { alarm: 900 }, inFlight: full }))).toBe("alarm");
    expect(nextLane(state({ ready: { live: 900 }, inFlight: full }))).toBeNull();
  });

  test("bulk waits for the platform's confirmation, alarms and events do not", () => {
    const owed = { records: 4, bytes: 4_000 };
    expect(nextLane(state({ ready: { gap: 100, live: 100 }, owed }))).toBeNull();
    expect(nextLane(state({ ready: { alarm: 100, gap: 100 }, owed }))).toBe("alarm");
    expect(nextLane(state({ ready: { event: 100, gap: 100 }, owed }))).toBe("event");
    const large = { records: 1, bytes: 9_950 };
    expect(nextLane(state({ ready: { backlog: 100 }, owed: large }))).toBeNull();
  });

  test("events leave places of the broker's bound to the alarms", () => {
    const inFlight = { all: 96, bulk: 0, bulkBytes: 0 };
    expect(nextLane(state({ ready: { event: 100 }, inFlight }))).toBeNull();
    expect(nextLane(state({ ready: { alarm: 100, event: 100 }, inFlight }))).toBe("alarm");
  });

  test("a record larger than the window goes alone", () => {
    const ready = { backlog: 200_000 };
    expect(nextLane(state({ ready }))).toBe("backlog");
    const inFlight = { all: 1, bulk: 1, bulkBytes: 10 };
    expect(nextLane(state({ ready, inFlight }))).toBeNull();
  });

  test("a small backlog record does not pass a large live one that must wait", () => {
    const inFlight = { all: 1, bulk: 1, bulkBytes: 9_000 };
    expect(nextLane(state({ ready: { live: 5_000, backlog: 10 }, inFlight }))).toBeNull();
  });

  test("a broker that allows one message at a time gets one at a time", () => {
    const ready = { alarm: 1, backlog: 1 };
    expect(nextLane(state({ ready, inFlightMax: 1 }))).toBe("alarm");
    const inFlight = { all: 1, bulk: 0, bulkBytes: 0 };
    expect(nextLane(state({ ready, inFlightMax: 1, inFlight }))).toBeNull();
  });

  test("property: an alarm that is ready goes whenever the broker's own bound allows a message", () => {
    fc.assert(
      fc.property(anyState, (one) => {
        fc.pre(one.ready.alarm !== null);
        const isRoom = one.alarms + one.bulk < one.inFlightMax;
        expect(nextLane(one.state)).toBe(isRoom ? "alarm" : null);
      }),
    );
  });

  test("property: what goes was ready, nothing before it was, and it fits every bound", () => {
    fc.assert(
      fc.property(anyState, (one) => {
        const lane = nextLane(one.state);
        if (lane === null) return;
        const isClaim = one.claims.includes(lane);
        const earlier = sendingOrder.slice(0, sendingOrder.indexOf(isClaim ? "live" : lane));
        expect(earlier.every((other) => one.ready[other] === null)).toBe(true);
        expect(one.ready[lane]).not.toBeNull();
        expect(one.alarms + one.bulk).toBeLessThan(one.inFlightMax);
        if (isUrgent(lane)) return;
        const sizeBytes = one.ready[lane] ?? 0;
        if (one.owed.records > 0) {
          expect(one.owed.records).toBeLessThan(one.trust.records);
          expect(one.owed.bytes + sizeBytes).toBeLessThanOrEqual(one.trust.bytes);
        }
        if (one.bulk === 0) return;
        expect(one.bulk).toBeLessThan(one.messages);
        expect(one.bulk).toBeLessThan(one.inFlightMax - alarmPlaces(one.inFlightMax));
        expect(one.bulkBytes + sizeBytes).toBeLessThanOrEqual(one.bytes);
      }),
    );
  });

  test("property: with nothing under way and room at the broker, something ready always goes", () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 1, max: 200 }), (one, inFlightMax) => {
        const inFlight = { all: 0, bulk: 0, bulkBytes: 0 };
        const idle = { ...one.state, inFlight, owed: { records: 0, bytes: 0 }, inFlightMax };
        const isAnyReady = lanes.some((lane) => one.ready[lane] !== null);
        expect(nextLane(idle) !== null).toBe(isAnyReady);
      }),
    );
  });
});
