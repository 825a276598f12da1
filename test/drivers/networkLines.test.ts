/** Modbus over networks beside plain TCP: RTU behind a converter, and UDP, over real sockets; the pause between requests. */

import { afterEach, describe, expect, it } from "vitest";
import { ok } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../../drivers/contract.ts";
import { PacedIo } from "../../drivers/lines/pacedIo.ts";
import { openLine } from "../../drivers/registry.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { ask, neverAborts, outcome, realClock } from "../fakes/modbusAsk.ts";
import { rtuFrame, tcpFrame } from "../fakes/modbusFrames.ts";
import { ModbusRtuDevice } from "../fakes/modbusRtuDevice.ts";
import { rtuOverTcpBus, udpBus } from "../fakes/modbusSite.ts";
import { ModbusUdpDevice } from "../fakes/modbusUdpDevice.ts";
import { openRtuConverter, type RtuConverter } from "../fakes/rtuConverter.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

const tools = { clock: realClock, random: () => 0 };
/** Nobody hurries: only a test of silence waits so long. */
const patient = { timeoutMs: 1_500 };

/** Until it answers: a line that must dial or listen first says so at once. */
async function untilOk(line: Line<ModbusIo>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await ask(line, patient)).ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it never answered");
}

describe("RTU over TCP", () => {
  async function converterWith(): Promise<{
    readonly converter: RtuConverter;
    readonly device: ModbusRtuDevice;
    readonly line: Line<ModbusIo>;
  }> {
    const converter = await openRtuConverter();
    const device = new ModbusRtuDevice(undefined, converter);
    const bus = rtuOverTcpBus(converter.port, { timeout: "30ms" });
    const line = openLine({ bus, tools });
    open.push(device, line);
    return { converter, device, line };
  }

  it("asks several units behind one address, one after the other; a silent one does not stop the rest", async () => {
    const { device, line } = await converterWith();
    device.behave = ({ request, right, send }) => {
      if (request.unit !== 2) send(rtuFrame(...right));
    };
    await untilOk(line);
    const answers = [1, 2, 3].map((unit) =>
      ask(line, { unit, timeoutMs: unit === 2 ? 40 : 1_500 }),
    );
    expect((await Promise.all(answers)).map(outcome)).toEqual(["ok", "timeout", "ok"]);
  });

  it("puts a reply in pieces together, behind an echo", async () => {
    const { device, line } = await converterWith();
    await untilOk(line);
    device.behave = ({ bytes, right, send }) => {
      send(bytes);
      for (const [index, byte] of rtuFrame(...right).entries()) send(Uint8Array.of(byte), index);
    };
    expect(outcome(await ask(line, patient))).toBe("ok");
  });

  it("dials again when the converter drops the connection, and goes on", async () => {
    const { converter, line } = await converterWith();
    await untilOk(line);
    converter.drop();
    await untilOk(line);
    expect(converter.connections).toBe(2);
  });

  it("does not take a reply that comes over the next connection for the next question's", async () => {
    const { converter, device, line } = await converterWith();
    await untilOk(line);
    let owed: Buffer | null = null;
    device.behave = ({ right }) => {
      owed = rtuFrame(...right);
    };
    const lost = ask(line, { ...patient, address: 100 });
    while (owed === null) await new Promise((resolve) => setTimeout(resolve, 5));
    converter.drop();
    expect(outcome(await lost)).toBe("lineDown");
    // The converter took the reply from its serial side and hands it to whoever is connected now.
    while (converter.connections < 2) {
      await ask(line, { unit: 9, timeoutMs: 20 });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    converter.write(owed);
    device.behave = () => {};
    for (let count = 0; count < 5; count += 1) {
      expect(outcome(await ask(line, { timeoutMs: 50, address: 200 }))).not.toBe("ok");
    }
  });

  it("hands on what a gateway says in place of a silent unit", async () => {
    const { device, line } = await converterWith();
    await untilOk(line);
    device.behave = ({ request, send }) => send(rtuFrame(request.unit, 0x83, 11));
    expect(await ask(line, patient)).toMatchObject({
      error: { kind: "deviceBusy", exceptionCode: 11 },
    });
  });
});

describe("Modbus UDP", () => {
  async function deviceWith(): Promise<{
    readonly device: ModbusUdpDevice;
    readonly line: Line<ModbusIo>;
  }> {
    const device = await ModbusUdpDevice.start();
    const line = openLine({ bus: udpBus(device.port), tools });
    open.push(device, line);
    return { device, line };
  }

  it("takes the datagram with its own number, whatever else comes, in whatever order", async () => {
    const { device, line } = await deviceWith();
    const old: Buffer[] = [];
    device.behave = ({ request, right, send }) => {
      const good = tcpFrame(request.transactionId, ...right);
      for (const frame of old) send(frame);
      send(Buffer.from([1, 2, 3]));
      send(Buffer.alloc(400, 0x5a));
      send(good.subarray(0, good.length - 1));
      send(good);
      send(good);
      old.push(good);
    };
    for (let count = 0; count < 5; count += 1) {
      const answer = await ask(line, { ...patient, address: count });
      const low = answer.ok ? answer.value.readUInt8(1) : -1;
      expect(low).toBe(count);
    }
    expect(device.peers.size).toBe(1);
  });

  it("a lost datagram is a time-out; the next question is not harmed", async () => {
    const { device, line } = await deviceWith();
    const { behave } = device;
    device.behave = () => {};
    expect(outcome(await ask(line, { timeoutMs: 30 }))).toBe("timeout");
    device.behave = behave;
    expect(outcome(await ask(line, patient))).toBe("ok");
  });

  it("says that nobody listens there, in words", async () => {
    const { device, line } = await deviceWith();
    await device[Symbol.asyncDispose]();
    open.splice(open.indexOf(device), 1);
    const answer = await ask(line, patient);
    expect(answer).toMatchObject({ error: { kind: "lineDown" } });
    const { error } = answer as { error: { message: string } };
    expect(error.message).toContain("is Modbus UDP switched on there");
  });
});

describe("the pause between requests", () => {
  it("begins when an answer or its absence is there, and ends with an abort", async () => {
    const clock = new FakeClock();
    const asked: number[] = [];
    const io: ModbusIo = {
      async read() {
        asked.push(clock.monotonicMs());
        await clock.sleep(7, neverAborts);
        return ok(Buffer.alloc(2));
      },
    };
    const paced = new PacedIo(io, { pauseMs: 50, clock });
    const request = { unit: 1, table: "holding", address: 0, count: 1, timeoutMs: 9 } as const;
    const startMs = clock.monotonicMs();
    for (let count = 0; count < 3; count += 1) {
      const reading = paced.read({ ...request, signal: neverAborts });
      await clock.advance(100);
      expect((await reading).ok).toBe(true);
    }
    const again = paced.read({ ...request, signal: neverAborts });
    const stop = new AbortController();
    await clock.advance(7);
    await again;
    const stopped = paced.read({ ...request, signal: stop.signal });
    await clock.advance(20);
    stop.abort();
    await clock.advance(0);
    expect(await stopped).toMatchObject({ error: { kind: "aborted" } });
    // Asked at once after a longer rest, else 50 ms after the end of the one before.
    expect(asked.map((ms) => ms - startMs)).toEqual([0, 100, 200, 300]);
    const waiting = paced.read({ ...request, signal: neverAborts });
    await clock.advance(100);
    await waiting;
    expect((asked[4] ?? 0) - (asked[3] ?? 0)).toBe(57);
    expect(clock.pending).toBe(0);
  });
});
