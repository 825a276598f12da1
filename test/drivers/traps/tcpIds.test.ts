/** The traps of modbus-serial's 8-bit transaction ids: shown on the bare library, absent in ours. */

import { afterEach, describe, expect, it } from "vitest";
import { type BareClient, bareTcp, dropBare } from "../../fakes/bareLibrary.ts";
import { ask, outcome, registers, tcpLineTo } from "../../fakes/modbusAsk.ts";
import { tcpFrame } from "../../fakes/modbusFrames.ts";
import { ModbusTcpDevice, type TcpBehaviour } from "../../fakes/modbusTcpDevice.ts";

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

/** The value of each register is its address, so that a mix-up shows. */
const addressAsValue: TcpBehaviour = ({ request, send }) => {
  const data = Array.from({ length: request.count }, (_, index) => request.address + index);
  send(
    tcpFrame(
      request.transactionId,
      request.unit,
      request.functionCode,
      data.length * 2,
      ...data.flatMap((word) => [word >> 8, word & 0xff]),
    ),
  );
};

describe("8: a reply 256 requests late", () => {
  /** Keeps the reply to the first request, and sends it in place of the 257th's. */
  function late(): TcpBehaviour {
    let kept: Buffer | null = null;
    return (stage) => {
      const frame = tcpFrame(stage.request.transactionId, 1, 3, 2, 0, stage.request.address);
      if (stage.tick === 0) kept = frame;
      else if (stage.tick === 256 && kept !== null) stage.send(kept);
      else stage.send(frame);
    };
  }

  it("is taken for the new one's by the bare library", async () => {
    const client = await bare(await start(late()), 60);
    await failed(client.readHoldingRegisters(7, 1));
    for (let count = 1; count < 256; count += 1) await client.readHoldingRegisters(9, 1);
    expect((await client.readHoldingRegisters(9, 1)).data).toEqual([7]);
  });

  it("is dropped by ours", async () => {
    const line = ours(await start(late()));
    await ask(line, { address: 7, count: 1, timeoutMs: 60 });
    for (let count = 1; count < 256; count += 1) {
      expect(registers(await ask(line, { address: 9, count: 1 }))).toEqual([9]);
    }
    expect(outcome(await ask(line, { address: 9, count: 1, timeoutMs: 60 }))).toBe("timeout");
  });
});

describe("9: more than 256 requests at once", () => {
  /** Answers only when all have come, in the order they came. */
  function patient(count: number): TcpBehaviour {
    const waiting: (() => void)[] = [];
    return (stage) => {
      waiting.push(() => addressAsValue(stage));
      if (waiting.length === count) for (const go of waiting) go();
    };
  }

  it("give wrong values on the bare library", async () => {
    const client = await bare(await start(patient(300)), 300);
    const answers = await Promise.allSettled(
      Array.from({ length: 300 }, (_, address) => client.readHoldingRegisters(address, 1)),
    );
    const wrong = answers.filter(
      (answer, address) => answer.status === "fulfilled" && answer.value.data[0] !== address,
    );
    expect(wrong.length).toBeGreaterThan(0);
  });

  it("wait for one another in ours, and all are right", async () => {
    const device = await start(addressAsValue);
    const line = ours(device);
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, address) => ask(line, { address, count: 1 })),
    );
    expect(answers.map((answer) => registers(answer)[0])).toEqual([...answers.keys()]);
  });
});
