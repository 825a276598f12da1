/** Transaction ids and framing, on a wire of memory. */

import { expect, it } from "vitest";
import { tcpWire } from "../fakes/memoryWires.ts";
import { outcome } from "../fakes/modbusAsk.ts";
import { tcpFrame } from "../fakes/modbusFrames.ts";

const question = { unit: 3, table: "holding", address: 0, count: 1, timeoutMs: 100 } as const;

it("no id comes round again on a connection that still owes a reply", async () => {
  const wire = tcpWire();
  const seen = new Set<number>();
  let owed = -1;
  wire.farEnd = (bytes) => {
    const id = bytes.readUInt16BE(0);
    if (owed === -1) owed = id;
    else {
      expect(id === owed && wire.told.every((text) => !text.startsWith("broken"))).toBe(false);
      wire.receive(tcpFrame(id, 3, 3, 2, 0, 1));
    }
    seen.add(id);
  };
  expect(outcome(await wire.read(question))).toBe("timeout");
  const signal = new AbortController().signal;
  for (let count = 0; count < 0x1_0002; count += 1) {
    expect((await wire.client.read({ ...question, signal })).ok).toBe(true);
  }
  expect(seen.size).toBe(0x1_0000);
  expect(wire.told).toContain("broken: transaction ids used up");
});

it("a connection that owes nothing goes on when its ids come round", async () => {
  const wire = tcpWire();
  wire.farEnd = (bytes) => wire.receive(tcpFrame(bytes.readUInt16BE(0), 3, 3, 2, 0, 1));
  const signal = new AbortController().signal;
  for (let count = 0; count < 0x1_0002; count += 1) {
    await wire.client.read({ ...question, signal });
  }
  expect(wire.told).toEqual([]);
});

it("a frame cut short that swallowed the head of the next one is no reply", async () => {
  const wire = tcpWire();
  wire.farEnd = (bytes) => {
    const id = bytes.readUInt16BE(0);
    const short = tcpFrame(id, 3, 3, 2, 0, 1).subarray(0, 10);
    wire.receive(Buffer.concat([short, tcpFrame(id - 1, 3, 3, 2, 0, 9)]));
  };
  expect(outcome(await wire.read(question))).toBe("badReply");
});

it("a frame with a few bytes too many is no reply", async () => {
  const wire = tcpWire();
  wire.farEnd = (bytes) => {
    wire.receive(Buffer.concat([tcpFrame(bytes.readUInt16BE(0), 3, 3, 2, 0, 1), Buffer.of(7)]));
  };
  expect(outcome(await wire.read(question))).toBe("badReply");
});

it("a stall of this machine is not blamed on the device", async () => {
  const wire = tcpWire();
  const reading = wire.client.read({ ...question, signal: new AbortController().signal });
  const id = wire.sent[0]?.readUInt16BE(0) ?? 0;
  // The timer rings 60 ms late; the reply was there in time, but is read only now.
  wire.clock.stall(60);
  wire.clock.timer(105, () => wire.receive(tcpFrame(id, 3, 3, 2, 0, 1)));
  await wire.clock.advance(120);
  expect(outcome(await reading)).toBe("ok");
});

it("a question without reply leaves no timer behind", async () => {
  const wire = tcpWire();
  const stop = new AbortController();
  const reading = wire.client.read({ ...question, signal: stop.signal });
  stop.abort();
  await reading;
  await wire.read(question);
  wire.port.detach("closed");
  expect(wire.clock.pending).toBe(0);
});

it("our own request, handed back by a gateway as the reply, is no value: its form would fit", async () => {
  const wire = tcpWire();
  // 24 bits from 0x0310: unit, function 2, and "3 bytes" of data are in the request itself.
  wire.farEnd = (bytes) => wire.receive(bytes);
  const bits = { ...question, table: "discrete", address: 0x0310, count: 24 } as const;
  expect(outcome(await wire.read(bits))).toBe("badReply");
});
