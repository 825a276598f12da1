/** Another master on the same two wires, on a wire of memory: its replies are never taken for ours. */

import { describe, expect, it } from "vitest";
import { type MemoryWire, rtuWire } from "../fakes/memoryWires.ts";
import { outcome } from "../fakes/modbusAsk.ts";
import { rtuFrame } from "../fakes/modbusFrames.ts";

const question = { unit: 3, table: "holding", address: 0, count: 1, timeoutMs: 100 } as const;
const reply = (value: number, unit = 3): Buffer => rtuFrame(unit, 3, 2, value >> 8, value & 0xff);
/** A read of one register at `address`, by another master. */
const theirs = (address: number, unit = 3, functionCode = 3): Buffer =>
  rtuFrame(unit, functionCode, 0, address, 0, 1);

function answering(...frames: readonly Buffer[]): MemoryWire {
  const wire = rtuWire();
  wire.farEnd = () => {
    for (const frame of frames) wire.receive(frame);
  };
  return wire;
}

describe("a reply that could be another master's", () => {
  it("is not used while its read of the same unit, function and length is open", async () => {
    const wire = answering(theirs(77), reply(7));
    expect(await wire.read(question)).toMatchObject({ ok: false, error: { kind: "badReply" } });
  });

  it("is used when they ask another unit, another function or another length", async () => {
    for (const other of [theirs(77, 4), theirs(77, 3, 4), rtuFrame(3, 3, 0, 77, 0, 2)]) {
      const answer = await answering(other, reply(7)).read(question);
      expect(answer.ok && answer.value.readUInt16BE(0)).toBe(7);
    }
  });

  it("may come to a read from before our question: that is not asked until it cannot", async () => {
    const wire = rtuWire();
    wire.receive(theirs(77));
    await wire.clock.advance(50);
    const held = await wire.read(question);
    expect(held).toMatchObject({ ok: false, error: { kind: "timeout", notAsked: true } });
    expect(wire.sent).toEqual([]);
    await wire.clock.advance(200);
    wire.farEnd = () => wire.receive(reply(8));
    expect(outcome(await wire.read(question))).toBe("ok");
  });

  it("has come once it was overheard: then we ask at once", async () => {
    const wire = rtuWire();
    wire.receive(theirs(77));
    wire.receive(reply(6));
    await wire.clock.advance(10);
    wire.farEnd = () => wire.receive(reply(8));
    const answer = await wire.read(question);
    expect(answer.ok && answer.value.readUInt16BE(0)).toBe(8);
  });

  it("is still to come when what was overheard could be the late reply to a question of ours", async () => {
    const wire = rtuWire();
    expect(outcome(await wire.read(question))).toBe("timeout");
    wire.receive(theirs(77));
    wire.receive(reply(1));
    await wire.clock.advance(110);
    expect(await wire.read(question)).toMatchObject({ error: { notAsked: true } });
  });

  it("is not used after a stall either, in which it came in time and lay unread", async () => {
    const wire = rtuWire();
    wire.farEnd = () => {
      wire.receive(theirs(77));
      // Longer than their read stays open; our own time-out has not rung yet.
      wire.clock.stall(190);
      wire.receive(reply(7));
    };
    expect(outcome(await wire.read(question))).toBe("badReply");
  });

  it("does not refuse in our place", async () => {
    const wire = answering(rtuFrame(3, 3, 0, 77, 0, 9), rtuFrame(3, 0x83, 2), reply(7));
    const answer = await wire.read(question);
    expect(answer.ok && answer.value.readUInt16BE(0)).toBe(7);
  });
});

it("the echo of a two-wire converter is nobody else's request", async () => {
  const wire = rtuWire();
  wire.farEnd = (bytes) => {
    wire.receive(bytes);
    wire.receive(reply(7));
  };
  for (let count = 0; count < 3; count += 1) expect(outcome(await wire.read(question))).toBe("ok");
});

describe("a request for bits that has the form of their reply", () => {
  const bits = { ...question, table: "coil", address: 0, count: 24 } as const;
  // Unit 3, coils, address 0x0355: to whoever asks for 24 coils, three bytes of data.
  const doubtful = rtuFrame(3, 1, 0x03, 0x55, 0, 8);

  it("is not used on a line on which another master was heard", async () => {
    const wire = answering(doubtful);
    wire.receive(theirs(77, 9));
    await wire.clock.advance(1_000);
    expect(outcome(await wire.read(bits))).toBe("badReply");
  });

  it("is a reply on a line that is ours alone", async () => {
    expect(outcome(await answering(doubtful).read(bits))).toBe("ok");
  });
});
