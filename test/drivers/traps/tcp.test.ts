/** Every trap of modbus-serial over TCP: shown on the bare library, absent in ours. */

import { afterEach, describe, expect, it } from "vitest";
import { type BareClient, bareTcp, dropBare, settledWithin } from "../../fakes/bareLibrary.ts";
import { ask, outcome, registers, tcpLineTo } from "../../fakes/modbusAsk.ts";
import { tcpFrame } from "../../fakes/modbusFrames.ts";
import { answerWell, ModbusTcpDevice, type TcpBehaviour } from "../../fakes/modbusTcpDevice.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function start(behave?: TcpBehaviour): Promise<ModbusTcpDevice> {
  const device = await ModbusTcpDevice.start(behave);
  open.push(device);
  return device;
}
async function bare(device: ModbusTcpDevice, timeoutMs = 100): Promise<BareClient> {
  const client = await bareTcp(device.port);
  open.push(dropBare(client));
  client.setTimeout(timeoutMs);
  return client;
}
function ours(device: ModbusTcpDevice): ReturnType<typeof tcpLineTo> {
  const line = tcpLineTo(device.port);
  open.push(line);
  return line;
}
const failed = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );

describe.each([
  ["one truncated frame", 1, (frame: Buffer) => frame.subarray(0, frame.length - 2)],
  ["20 bytes of garbage", 1, (frame: Buffer) => Buffer.concat([Buffer.alloc(20, 0xa5), frame])],
  [
    "a huge length field",
    1,
    (frame: Buffer) => Buffer.concat([Buffer.from([0, 9, 0, 0, 0xff, 0xf0]), frame]),
  ],
] as const)("10: after %s", (_, once, damage) => {
  const damaged: TcpBehaviour = (stage) => {
    const frame = tcpFrame(stage.request.transactionId, ...stage.right);
    stage.send(stage.tick < once ? damage(frame) : frame);
  };

  it("the bare library fails for ever while it says it is open", async () => {
    const client = await bare(await start(damaged), 50);
    for (let count = 0; count < 5; count += 1) {
      expect((await failed(client.readHoldingRegisters(0, 4))).message).toBe("Timed out");
    }
    expect(client.isOpen).toBe(true);
  });

  it("ours connects again and goes on", async () => {
    const line = ours(await start(damaged));
    const outcomes: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      outcomes.push(outcome(await ask(line, { count: 4, timeoutMs: 50 })));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(outcomes[0]).not.toBe("ok");
    expect(outcomes.slice(3)).toEqual(["ok", "ok", "ok"]);
  });
});

describe("11: a wrong protocol id", () => {
  const foreign: TcpBehaviour = ({ request, right, send }) => {
    const frame = tcpFrame(request.transactionId, ...right);
    frame.writeUInt16BE(0x1234, 2);
    send(frame);
  };
  it("is accepted by the bare library", async () => {
    const client = await bare(await start(foreign));
    expect((await client.readHoldingRegisters(0, 2)).data).toHaveLength(2);
  });
  it("is refused by ours", async () => {
    expect(outcome(await ask(ours(await start(foreign))))).toBe("badReply");
  });
});

describe("12: a byte count that does not fit", () => {
  const lying: TcpBehaviour = ({ request, right, send }) => {
    const bytes = [...right];
    bytes[2] = (bytes[2] ?? 0) - 2;
    send(tcpFrame(request.transactionId, ...bytes));
  };
  it("gives too few registers with good status on the bare library", async () => {
    const client = await bare(await start(lying));
    expect((await client.readHoldingRegisters(0, 4)).data).toHaveLength(3);
  });
  it("is a bad reply in ours", async () => {
    expect(outcome(await ask(ours(await start(lying)), { count: 4 }))).toBe("badReply");
  });
});

describe("13: another unit's exception", () => {
  const foreign: TcpBehaviour = ({ request, send }) => {
    send(tcpFrame(request.transactionId, 99, 0x83, 2));
  };
  it("is taken for this unit's by the bare library", async () => {
    const client = await bare(await start(foreign));
    expect((await failed(client.readHoldingRegisters(0, 2))).message).toContain("exception 2");
  });
  it("is a bad reply in ours", async () => {
    expect(outcome(await ask(ours(await start(foreign))))).toBe("badReply");
  });
});

describe("14: an unanswered request", () => {
  it("never settles on the bare library as it comes", async () => {
    const client = await bareTcp((await start(() => {})).port);
    open.push(dropBare(client));
    expect(await settledWithin(client.readHoldingRegisters(0, 1), 1_000)).toBe(false);
  });
  it("ends with a time-out in ours", async () => {
    expect(outcome(await ask(ours(await start(() => {}))))).toBe("timeout");
  });
});

describe.each([
  ["closes", ({ socket }: Parameters<TcpBehaviour>[0]) => socket.end()],
  ["resets", ({ socket }: Parameters<TcpBehaviour>[0]) => socket.resetAndDestroy()],
] as const)("15, 19: the peer %s while a request waits", (_, leave) => {
  const leaveOnce: TcpBehaviour = (stage) => (stage.tick === 0 ? leave(stage) : answerWell(stage));

  it("the bare library lets it wait for its time-out, and never connects again", async () => {
    const client = await bare(await start(leaveOnce), 1_000);
    expect(await settledWithin(client.readHoldingRegisters(0, 1), 500)).toBe(false);
    expect((await failed(client.readHoldingRegisters(0, 1))).message).toBe("Port Not Open");
  });
  it("ours fails it at once as lineDown, and connects again", async () => {
    const line = ours(await start(leaveOnce));
    // Were it not failed at once, this would end as a time-out, an hour later.
    expect(outcome(await ask(line, { timeoutMs: 3_600_000 }))).toBe("lineDown");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(outcome(await ask(line))).toBe("ok");
  });
});

describe("16: closing after the peer has gone", () => {
  it("never calls back on the bare library", async () => {
    const device = await start();
    const client = await bareTcp(device.port);
    device.dropConnections();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = new Promise<void>((resolve) => client.close(() => resolve()));
    expect(await settledWithin(closed, 1_000)).toBe(false);
  });
  it("ends in ours", async () => {
    const device = await start();
    const line = tcpLineTo(device.port);
    await ask(line);
    device.dropConnections();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await settledWithin(Promise.resolve(line[Symbol.asyncDispose]()), 1_000)).toBe(true);
  });
});

describe("17: destroying while a request waits", () => {
  it("leaves it waiting for ever on the bare library", async () => {
    const client = await bare(await start(() => {}), 200);
    const reading = client.readHoldingRegisters(0, 1);
    client.destroy(() => {});
    expect(await settledWithin(reading, 1_000)).toBe(false);
  });
  it("ends it as aborted in ours", async () => {
    const line = ours(await start(() => {}));
    const reading = ask(line, { timeoutMs: 2_500 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await line[Symbol.asyncDispose]();
    expect(outcome(await reading)).toBe("aborted");
  });
});

describe("18: a reply that comes twice", () => {
  const twice: TcpBehaviour = ({ request, right, send }) => {
    const frame = tcpFrame(request.transactionId, ...right);
    send(Buffer.concat([frame, frame]));
  };
  it("calls back twice on the bare library", async () => {
    const client = await bare(await start(twice));
    let calls = 0;
    client.writeFC3(1, 0, 1, () => {
      calls += 1;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(calls).toBe(2);
  });
  it("is taken once in ours, and the next question gets its own", async () => {
    const line = ours(await start(twice));
    const first = registers(await ask(line));
    const second = registers(await ask(line));
    expect([first, second].map(([word]) => (word ?? 0) & 0xff)).toEqual([0, 1]);
  });
});

describe("20: a peer that keeps silent", () => {
  it("looks open for ever on the bare library", async () => {
    const device = await start(() => {});
    const client = await bare(device, 10);
    for (let count = 0; count < 20; count += 1) await failed(client.readHoldingRegisters(0, 1));
    expect([client.isOpen, device.connections]).toEqual([true, 1]);
  });
  it("gets a new connection in ours", async () => {
    const device = await start(({ tick, request, right, send }) => {
      if (tick === 0) send(tcpFrame(request.transactionId, ...right));
    });
    const line = ours(device);
    for (let count = 0; count < 8; count += 1) await ask(line, { timeoutMs: 10 });
    expect(device.connections).toBe(2);
  });
});

describe("21: counts outside 1..125", () => {
  it("are sent unchecked by the bare library", async () => {
    const device = await start(() => {});
    const client = await bare(device, 20);
    for (const count of [0, 126, 200]) await failed(client.readHoldingRegisters(0, count));
    expect(device.requests.map((request) => request.count)).toEqual([0, 126, 200]);
  });
  it("are refused by ours before a byte leaves", async () => {
    const device = await start();
    const line = ours(device);
    await ask(line);
    const bytes = device.bytesReceived;
    for (const count of [0, 126, 200, 1.5, -1]) {
      expect(outcome(await ask(line, { count }))).toBe("refused");
    }
    expect(outcome(await ask(line, { count: 2001, table: "coil" }))).toBe("refused");
    expect(outcome(await ask(line, { address: 65_535, count: 2 }))).toBe("refused");
    expect(device.bytesReceived).toBe(bytes);
  });
});
