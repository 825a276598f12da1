/** The serial port's manners, on a wire of memory and a clock that stands still. */

import { describe, expect, it } from "vitest";
import { type MemoryWire, rtuWire } from "../fakes/memoryWires.ts";
import { outcome } from "../fakes/modbusAsk.ts";
import { rtuFrame } from "../fakes/modbusFrames.ts";

const question = { unit: 3, table: "holding", address: 0, count: 1, timeoutMs: 100 } as const;
const reply = (value: number, unit = 3, functionCode = 3): Buffer =>
  rtuFrame(unit, functionCode, 2, value >> 8, value & 0xff);
/** 8 bytes at 9600 baud. */
const requestMs = 8 * (10_000 / 9600);
const silenceMs = 3.5 * (10_000 / 9600);

/** Notes when each request leaves. */
function watched(wire: MemoryWire): number[] {
  const times: number[] = [];
  const answer = wire.farEnd;
  wire.farEnd = (bytes) => {
    times.push(wire.clock.monotonicMs());
    answer(bytes);
  };
  return times;
}

describe("silence before a request", () => {
  it("is measured from the last byte of anybody, also of one who talks while it waits", async () => {
    const wire = rtuWire();
    const times = watched(wire);
    const reading = wire.client.read({ ...question, signal: new AbortController().signal });
    await wire.clock.advance(2);
    wire.receive(Buffer.from([1, 2, 3]));
    const lastByteMs = wire.clock.monotonicMs();
    await wire.clock.advance(200);
    expect((await reading).ok).toBe(false);
    expect((times[0] ?? 0) - lastByteMs).toBeGreaterThanOrEqual(silenceMs);
    expect((times[0] ?? 0) - lastByteMs).toBeLessThanOrEqual(silenceMs + 1);
  });

  it("is waited for again when a byte came during the flush", async () => {
    let noise: (() => void) | null = null;
    const wire = rtuWire(9600, {
      onFlush: () => {
        noise?.();
        noise = null;
        return true;
      },
    });
    const times = watched(wire);
    let noisyMs = 0;
    noise = () => {
      wire.receive(Buffer.of(0));
      noisyMs = wire.clock.monotonicMs();
    };
    await wire.read(question);
    expect((times[0] ?? 0) - noisyMs).toBeGreaterThanOrEqual(silenceMs);
  });

  it("that never comes is the line's fault, and bounded by the time-out", async () => {
    const wire = rtuWire();
    const noise = setInterval(() => wire.receive(Buffer.of(0x55)), 0);
    const startedMs = wire.clock.monotonicMs();
    const stop = new AbortController();
    const reading = wire.client.read({ ...question, signal: stop.signal });
    for (let ms = 0; ms < 150; ms += 1) {
      wire.receive(Buffer.of(0x55));
      await wire.clock.advance(1);
    }
    clearInterval(noise);
    expect(await reading).toMatchObject({ error: { kind: "lineDown" } });
    expect(wire.sent).toEqual([]);
    expect(wire.clock.monotonicMs() - startedMs).toBeLessThanOrEqual(151);
  });
});

describe("a late reply", () => {
  it("to a probe that waited less is kept away by the unit's longest time-out", async () => {
    const wire = rtuWire();
    await wire.read({ ...question, timeoutMs: 100 });
    await wire.clock.advance(1_000);
    await wire.read({ ...question, timeoutMs: 20 });
    const sentMs = wire.clock.monotonicMs() - 20;
    wire.farEnd = () => wire.receive(reply(1));
    let answer = await wire.read({ ...question, timeoutMs: 100 });
    while (!answer.ok) {
      expect(answer.error).toMatchObject({ kind: "timeout", notAsked: true });
      await wire.clock.advance(1);
      answer = await wire.read({ ...question, timeoutMs: 100 });
    }
    expect(wire.clock.monotonicMs() - sentMs).toBeGreaterThanOrEqual(180);
  });

  it("is never the answer to the same kind of question, whenever it comes within the assumption", async () => {
    for (let lateMs = 101; lateMs <= 180; lateMs += 3) {
      const wire = rtuWire();
      wire.farEnd = () => void wire.clock.timer(requestMs + lateMs, () => wire.receive(reply(111)));
      expect(outcome(await wire.read(question))).toBe("timeout");
      wire.farEnd = () => void wire.clock.timer(requestMs + 20, () => wire.receive(reply(222)));
      for (let count = 0; count < 40; count += 1) {
        const answer = await wire.read({ ...question, address: 50 });
        if (answer.ok) expect(answer.value.readUInt16BE(0)).toBe(222);
        await wire.clock.advance(5);
      }
      expect((await wire.read(question)).ok).toBe(true);
    }
  });

  it("costs other units, tables and lengths nothing", async () => {
    const wire = rtuWire();
    await wire.read(question);
    const sent = wire.sent.length;
    expect(await wire.read(question)).toMatchObject({ error: { kind: "timeout", notAsked: true } });
    expect(wire.sent.length).toBe(sent);
    wire.farEnd = (bytes) => {
      const [unit = 0, functionCode = 0] = bytes;
      const count = bytes.readUInt16BE(4);
      wire.receive(rtuFrame(unit, functionCode, count * 2, ...Array(count * 2).fill(1)));
    };
    expect((await wire.read({ ...question, unit: 4 })).ok).toBe(true);
    expect((await wire.read({ ...question, table: "input" })).ok).toBe(true);
    expect((await wire.read({ ...question, count: 2 })).ok).toBe(true);
    expect((await wire.read(question)).ok).toBe(false);
  });

  it("that is an exception does not answer a question of another length either", async () => {
    const wire = rtuWire();
    await wire.read(question);
    wire.farEnd = () => {
      wire.receive(rtuFrame(3, 0x83, 2));
      wire.receive(rtuFrame(3, 3, 4, 0, 1, 0, 2));
    };
    expect((await wire.read({ ...question, count: 2 })).ok).toBe(true);
    await wire.clock.advance(200);
    expect(await wire.read({ ...question, count: 2 })).toMatchObject({
      error: { kind: "refused", exceptionCode: 2 },
    });
  });

  it("is waited for too after an abort, once the request had left", async () => {
    const wire = rtuWire();
    const stop = new AbortController();
    const reading = wire.client.read({ ...question, signal: stop.signal });
    await wire.clock.advance(30);
    stop.abort();
    expect(await reading).toMatchObject({ error: { kind: "aborted" } });
    expect(await wire.read(question)).toMatchObject({ error: { notAsked: true } });
  });
});

describe("an abort", () => {
  it.each([
    ["while it waits for silence", 0],
    ["while it flushes", 4],
  ])("%s sends nothing, and the next question may be asked", async (_, ms) => {
    let mayFlush = false;
    const wire = rtuWire(9600, { onFlush: () => mayFlush });
    const stop = new AbortController();
    const reading = wire.client.read({ ...question, signal: stop.signal });
    await wire.clock.advance(ms);
    stop.abort();
    expect(await reading).toMatchObject({ error: { kind: "aborted" } });
    await wire.clock.advance(50);
    expect(wire.sent).toEqual([]);
    mayFlush = true;
    wire.farEnd = () => wire.receive(reply(5));
    expect((await wire.read(question)).ok).toBe(true);
    expect(wire.clock.pending).toBe(0);
  });
});

describe("the time-out", () => {
  it("begins when the request's last byte has left", async () => {
    const wire = rtuWire(1200);
    const times = watched(wire);
    const before = wire.clock.monotonicMs();
    expect(outcome(await wire.read(question))).toBe("timeout");
    const tookMs = wire.clock.monotonicMs() - (times[0] ?? before);
    expect(tookMs).toBeGreaterThanOrEqual(100 + 8 * (10_000 / 1200));
    expect(wire.told).toEqual(["silent 3"]);
  });

  it("does not cut off a reply that is coming in, byte by byte", async () => {
    const wire = rtuWire(1200);
    const frame = rtuFrame(3, 3, 40, ...Array(40).fill(9));
    wire.farEnd = () => {
      frame.forEach((byte, index) => {
        wire.clock.timer(150 + index * 8, () => wire.receive(Buffer.of(byte)));
      });
    };
    expect((await wire.read({ ...question, count: 20 })).ok).toBe(true);
  });

  it("is bounded even when bytes never end", async () => {
    const wire = rtuWire();
    wire.farEnd = () => {
      for (let ms = 0; ms < 5_000; ms += 5) {
        wire.clock.timer(ms, () => wire.receive(Buffer.from([3, 3, 2])));
      }
    };
    const startedMs = wire.clock.monotonicMs();
    expect(outcome(await wire.read(question))).toBe("badReply");
    expect(wire.clock.monotonicMs() - startedMs).toBeLessThan(250);
  });
});

describe("a port in trouble", () => {
  it("that cannot write is broken, and the question fails at once", async () => {
    const wire = rtuWire(9600, { writeError: new Error("EIO") });
    expect(await wire.read(question)).toMatchObject({ error: { kind: "lineDown" } });
    expect(wire.told[0]).toContain("broken: write failed");
  });
  it("that cannot flush is broken", async () => {
    const wire = rtuWire(9600, { flushError: new Error("EIO") });
    expect(await wire.read(question)).toMatchObject({ error: { kind: "lineDown" } });
    expect([wire.told.length, wire.sent.length]).toEqual([1, 0]);
  });
  it("that went away fails the question in flight, and every later one", async () => {
    const wire = rtuWire();
    const reading = wire.client.read({ ...question, signal: new AbortController().signal });
    await wire.clock.advance(30);
    wire.port.detach("gone");
    wire.port.detach("gone twice");
    expect(await reading).toMatchObject({ error: { kind: "lineDown", message: "gone" } });
    expect(await wire.read(question)).toMatchObject({ error: { kind: "lineDown" } });
    expect(wire.clock.pending).toBe(0);
  });
});

describe("noise", () => {
  it("of any length before the reply is passed over, also more than the inbox holds", async () => {
    for (const length of [1, 2, 7, 255, 511, 512, 513, 5_000]) {
      const wire = rtuWire();
      wire.farEnd = () => {
        wire.receive(Buffer.alloc(length, 3));
        wire.receive(reply(77));
      };
      const answer = await wire.read(question);
      expect(answer.ok && answer.value.readUInt16BE(0)).toBe(77);
    }
  });

  it("after the time-out is told from silence in the message", async () => {
    const wire = rtuWire();
    wire.farEnd = () => wire.receive(Buffer.from([9, 9, 9]));
    expect(await wire.read(question)).toMatchObject({
      error: { kind: "timeout", message: expect.stringContaining("3 bytes of noise") },
    });
  });
});

describe("the echo of our own request", () => {
  /** Every request of bits whose own bytes, or first bytes, are a valid reply to it. */
  it("is never a reply, for any bit request that could be mistaken for one", async () => {
    for (let count = 1; count <= 24; count += 1) {
      const wire = rtuWire(115_200);
      wire.farEnd = (bytes) => {
        for (const byte of bytes) wire.receive(Buffer.of(byte));
      };
      for (const high of [1, 2, 3]) {
        const ask = { ...question, table: "coil", address: high * 256 + count, count } as const;
        expect((await wire.read(ask)).ok).toBe(false);
        await wire.clock.advance(200);
      }
    }
  });

  it("in pieces, with noise before it, is dropped; the reply after it is taken", async () => {
    const wire = rtuWire();
    wire.farEnd = (bytes) => {
      wire.receive(Buffer.of(0xff));
      for (const byte of bytes) wire.receive(Buffer.of(byte));
      wire.receive(reply(88));
    };
    const answer = await wire.read(question);
    expect(answer.ok && answer.value.readUInt16BE(0)).toBe(88);
  });
});
