/** Every trap of modbus-serial on a serial line: shown on the bare library, absent in ours. */

import modbusSerial from "modbus-serial";
import { SerialPort } from "serialport";
import { afterEach, describe, expect, it } from "vitest";
import { type BareClient, bareRtu, dropBare, settledWithin } from "../../fakes/bareLibrary.ts";
import { ask, outcome, registers, rtuLineTo } from "../../fakes/modbusAsk.ts";
import { rtuFrame } from "../../fakes/modbusFrames.ts";
import { answerRtuWell, ModbusRtuDevice, type RtuBehaviour } from "../../fakes/modbusRtuDevice.ts";
import { serialBus } from "../../fakes/modbusSite.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

function start(behave?: RtuBehaviour): ModbusRtuDevice {
  const device = new ModbusRtuDevice(behave);
  open.push(device);
  return device;
}
async function bare(device: ModbusRtuDevice, timeoutMs = 100): Promise<BareClient> {
  const client = await bareRtu(device.path);
  open.push(dropBare(client));
  client.setTimeout(timeoutMs);
  return client;
}
function ours(device: ModbusRtuDevice, more = {}): ReturnType<typeof rtuLineTo> {
  const line = rtuLineTo(device.path, more);
  open.push(line);
  return line;
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const failed = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );

/** A reply whose registers hold their own addresses. */
function addressReply({ request }: Parameters<RtuBehaviour>[0]): Buffer {
  const words = Array.from({ length: request.count }, (_, index) => request.address + index);
  return rtuFrame(
    request.unit,
    request.functionCode,
    words.length * 2,
    ...words.flatMap((word) => [word >> 8, word & 0xff]),
  );
}

describe("1: a reply that comes after its time-out", () => {
  const slow: RtuBehaviour = (stage) =>
    stage.send(addressReply(stage), stage.tick === 0 ? 130 : 80);

  it("is given out as the next registers' value by the bare library", async () => {
    const client = await bare(start(slow));
    await failed(client.readHoldingRegisters(0, 1));
    expect((await client.readHoldingRegisters(100, 1)).data).toEqual([0]);
  });

  it("never is by ours: the same kind of question waits, and other units are asked meanwhile", async () => {
    const line = ours(start(slow));
    expect(outcome(await ask(line, { address: 0, count: 1, timeoutMs: 100 }))).toBe("timeout");
    const next = await ask(line, { address: 100, count: 1, timeoutMs: 100 });
    expect(next).toMatchObject({ ok: false, error: { kind: "timeout", notAsked: true } });
    const other = await ask(line, { unit: 2, address: 200, count: 1, timeoutMs: 150 });
    expect(registers(other)).toEqual([200]);
    await pause(100);
    expect(registers(await ask(line, { address: 300, count: 1, timeoutMs: 150 }))).toEqual([300]);
  });
});

describe("2: a reply that comes twice", () => {
  const twice: RtuBehaviour = (stage) => {
    const frame = addressReply(stage);
    stage.send(Buffer.concat([frame, frame]));
  };
  it("answers the next question, of other registers, on the bare library", async () => {
    const client = await bare(start(twice));
    await client.readHoldingRegisters(0, 1);
    expect((await client.readHoldingRegisters(100, 1)).data).toEqual([0]);
  });
  it("is taken once by ours", async () => {
    const line = ours(start(twice));
    for (const address of [0, 100, 200]) {
      expect(registers(await ask(line, { address, count: 1 }))).toEqual([address]);
    }
  });
});

describe("3: stale bytes of a truncated frame", () => {
  const truncated: RtuBehaviour = (stage) => {
    const frame = addressReply(stage);
    stage.send(stage.tick === 0 ? frame.subarray(0, frame.length - 4) : frame);
  };
  it("spoil a later request on the bare library", async () => {
    const client = await bare(start(truncated));
    await failed(client.readHoldingRegisters(0, 10));
    expect((await failed(client.readHoldingRegisters(100, 10))).message).toContain("CRC error");
  });
  it("are gone before the next request of ours", async () => {
    const line = ours(start(truncated));
    expect(outcome(await ask(line, { count: 10, timeoutMs: 60 }))).toBe("badReply");
    await pause(80);
    expect(registers(await ask(line, { address: 100, count: 10 }))[0]).toBe(100);
  });
});

describe("4: the silence before a request", () => {
  /** Shortest time between the end of a reply and the next request at the far end. */
  async function shortest(reads: (device: ModbusRtuDevice) => Promise<void>): Promise<number> {
    const replied: number[] = [];
    const device = start((stage) => {
      stage.send(addressReply(stage));
      replied.push(performance.now());
    });
    await reads(device);
    return Math.min(...device.arrivals.slice(1).map((ms, index) => ms - (replied[index] ?? 0)));
  }
  it("is not kept by the bare library", async () => {
    const gapMs = await shortest(async (device) => {
      const client = await bareRtu(device.path, 9600);
      open.push(dropBare(client));
      client.setTimeout(500);
      for (let count = 0; count < 20; count += 1) await client.readHoldingRegisters(0, 1);
    });
    expect(gapMs).toBeLessThan(3.6);
  });
  it("is kept by ours", async () => {
    const gapMs = await shortest(async (device) => {
      const line = ours(device, { baud: 9600 });
      for (let count = 0; count < 20; count += 1) await ask(line, { count: 1 });
    });
    expect(gapMs).toBeGreaterThanOrEqual(3.6);
  });
});

describe("5: two reads at the same time", () => {
  const slow: RtuBehaviour = (stage) => stage.send(addressReply(stage), 20);
  it("lose the first one's reply on the bare library", async () => {
    const client = await bare(start(slow), 300);
    const both = await Promise.allSettled([
      client.readHoldingRegisters(0, 1),
      client.readHoldingRegisters(100, 1),
    ]);
    expect(both[0].status === "fulfilled" && both[0].value.data[0] === 0).toBe(false);
  });
  it("wait for each other in ours", async () => {
    const line = ours(start(slow));
    const both = await Promise.all([0, 100].map((address) => ask(line, { address, count: 1 })));
    expect(both.map((reply) => registers(reply)[0])).toEqual([0, 100]);
  });
});

describe("6: a damaged frame before the right one", () => {
  const noisy: RtuBehaviour = (stage) => {
    const frame = addressReply(stage);
    const damaged = Buffer.from(frame);
    damaged[4] = (damaged[4] ?? 0) ^ 0xff;
    stage.send(damaged);
    stage.send(frame, 30);
  };
  it("ends the request on the bare library", async () => {
    const client = await bare(start(noisy));
    expect((await failed(client.readHoldingRegisters(7, 1))).message).toContain("CRC error");
  });
  it("is noise to ours, which waits on for the right one", async () => {
    expect(registers(await ask(ours(start(noisy)), { address: 7, count: 1 }))).toEqual([7]);
  });
});

describe("7: a reply that comes in pieces", () => {
  const pieces: RtuBehaviour = (stage) => {
    const frame = addressReply(stage);
    stage.send(frame.subarray(0, 3));
    stage.send(frame.subarray(3), 30);
  };
  it("is refused by the bare library's unbuffered port", async () => {
    const device = start(pieces);
    const client = new modbusSerial.default();
    await client.connectRTU(device.path, { baudRate: 115200 });
    open.push(dropBare(client));
    client.setID(1);
    client.setTimeout(200);
    const error = await failed(client.readHoldingRegisters(0, 20));
    expect(error.message).toBe("Data length error, expected 45 got 3");
  });
  it("is put together by ours", async () => {
    expect(registers(await ask(ours(start(pieces)), { count: 20 }))).toHaveLength(20);
  });
});

describe("12: a byte count that does not fit", () => {
  const lying: RtuBehaviour = ({ right, send }) => {
    const bytes = [...right];
    bytes[2] = (bytes[2] ?? 0) - 2;
    send(rtuFrame(...bytes));
  };
  it("gives too few registers with good status on the bare library", async () => {
    const client = await bare(start(lying));
    expect((await client.readHoldingRegisters(0, 4)).data).toHaveLength(3);
  });
  it("is a bad reply in ours", async () => {
    expect(outcome(await ask(ours(start(lying)), { count: 4, timeoutMs: 60 }))).toBe("badReply");
  });
});

describe("23: the options handed to the port", () => {
  it("are changed by the library's own port", async () => {
    const options = { baudRate: 9600 };
    const Port = (
      modbusSerial as unknown as { RTUBufferedPort: new (path: string, o: object) => object }
    ).RTUBufferedPort;
    new Port(start().path, options);
    expect(Object.keys(options)).not.toEqual(["baudRate"]);
  });
  it("are left alone by ours", async () => {
    const device = start();
    const bus = Object.freeze(serialBus(device.path));
    const before = JSON.stringify(bus);
    expect(outcome(await ask(ours(device)))).toBe("ok");
    expect(JSON.stringify(bus)).toBe(before);
  });
});

describe("25: an adapter that is pulled out while a request waits", () => {
  it("lets it wait for its time-out on the bare library", async () => {
    const device = start(() => {});
    const client = await bare(device, 2_000);
    const reading = client.readHoldingRegisters(0, 1);
    reading.catch(() => {});
    await pause(50);
    await device.pair.unplug();
    expect(await settledWithin(reading, 800)).toBe(false);
  });
  it("fails it at once as lineDown in ours, and says in words what is wrong then", async () => {
    const device = start(() => {});
    const line = ours(device);
    const reading = ask(line, { timeoutMs: 2_500 });
    await pause(150);
    await device.pair.unplug();
    expect(outcome(await reading)).toBe("lineDown");
    await pause(300);
    expect(await ask(line)).toMatchObject({
      ok: false,
      error: { kind: "lineDown", message: expect.stringContaining("no such port") },
    });
  });
});

describe("30: foreign traffic", () => {
  it("is noise to ours: no error, no reopening", async () => {
    const device = start((stage) => {
      stage.send(rtuFrame(9, 3, 2, 1, 1));
      stage.send(rtuFrame(9, 6, 0, 1, 0, 1));
      answerRtuWell(stage);
    });
    const line = ours(device);
    for (let count = 0; count < 10; count += 1) expect(outcome(await ask(line))).toBe("ok");
  });
});

describe("a two-wire converter's echo of our own request", () => {
  const echoing: RtuBehaviour = (stage) => {
    stage.send(stage.bytes);
    answerRtuWell(stage);
  };
  it("is skipped", async () => {
    const line = ours(start(echoing));
    for (const table of ["coil", "discrete", "holding", "input"] as const) {
      expect(outcome(await ask(line, { table, count: 16 }))).toBe("ok");
    }
  });
  it("is not taken for the reply even where it has its form", async () => {
    // 24 bits from 0x0300: the request is 01 01 03 00 00 18 + CRC, a valid reply of three data bytes.
    const line = ours(start(({ bytes, send }) => send(bytes)));
    const reply = await ask(line, { table: "coil", address: 0x300, count: 24, timeoutMs: 60 });
    expect(outcome(reply)).not.toBe("ok");
  });
});

describe("the exclusive lock", () => {
  it("is held, and another program's is told in words", async () => {
    const device = start();
    const other = new SerialPort({ path: device.path, baudRate: 9600, autoOpen: false });
    await new Promise<void>((resolve) => other.open(() => resolve()));
    const line = ours(device);
    expect(await ask(line)).toMatchObject({
      error: { kind: "lineDown", message: expect.stringContaining("in use by another program") },
    });
    await new Promise<void>((resolve) => other.close(() => resolve()));
    await pause(300);
    expect(outcome(await ask(line))).toBe("ok");
  });
});
