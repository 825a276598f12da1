/** Modbus TCP over a real socket. */

import { afterEach, describe, expect, it } from "vitest";
import { createRealClock } from "../../agent/realClock.ts";
import type { Result } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { openTcpLine } from "../../drivers/lines/tcpLine.ts";
import { tcpFrame } from "../fakes/modbusFrames.ts";
import { tcpBus } from "../fakes/modbusSite.ts";
import { ModbusTcpDevice } from "../fakes/modbusTcpDevice.ts";

const clock = createRealClock();
const never = new AbortController().signal;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function startDevice(): Promise<ModbusTcpDevice> {
  const device = await ModbusTcpDevice.start();
  open.push(device);
  return device;
}

function lineTo(port: number, timeout = "300ms"): Line<ModbusIo> {
  const line = openTcpLine({ bus: tcpBus(port, timeout), tools: { clock, random: () => 0 } });
  open.push(line);
  return line;
}

function ask(
  line: Line<ModbusIo>,
  more: Partial<Parameters<ModbusIo["read"]>[0]> = {},
  signal: AbortSignal = never,
): Promise<Result<Buffer, DriverError>> {
  return line.turn({ deadlineMs: 2_000, signal }, (io, turnSignal) =>
    io.read({
      unit: 1,
      table: "holding",
      address: 0,
      count: 2,
      timeoutMs: 200,
      signal: turnSignal,
      ...more,
    }),
  );
}

describe("the TCP line", () => {
  it("reads each table with its own function code", async () => {
    const device = await startDevice();
    const line = lineTo(device.port);
    for (const table of ["coil", "discrete", "holding", "input"] as const) {
      expect((await ask(line, { table })).ok).toBe(true);
    }
    expect(device.requests.map((request) => request.functionCode)).toEqual([1, 2, 3, 4]);
  });

  it("does nothing before the first turn", async () => {
    const device = await startDevice();
    lineTo(device.port);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(device.connections).toBe(0);
  });

  it("puts a reply in pieces together", async () => {
    const device = await startDevice();
    device.behave = ({ request, right, send }) => {
      const bytes = tcpFrame(request.transactionId, ...right);
      for (const [index, byte] of bytes.entries()) send(Uint8Array.of(byte), index);
    };
    const reply = await ask(lineTo(device.port), { timeoutMs: 1_500 });
    expect(reply.ok).toBe(true);
  });

  it("says lineDown at once while it waits after a refused connection, and comes back", async () => {
    const device = await startDevice();
    const { port } = device;
    await device[Symbol.asyncDispose]();
    const line = lineTo(port);
    const first = await ask(line);
    expect(first).toMatchObject({ ok: false, error: { kind: "lineDown" } });
    const second = await ask(line);
    expect(second).toMatchObject({
      ok: false,
      error: { kind: "lineDown", message: expect.stringContaining("next attempt in") },
    });
  });

  it("connects again at once when a connection that worked was closed", async () => {
    const device = await startDevice();
    const line = lineTo(device.port);
    expect((await ask(line)).ok).toBe(true);
    device.dropConnections();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await ask(line)).ok).toBe(true);
    expect(device.connections).toBe(2);
  });

  it("replaces a connection on which nobody answers any more", async () => {
    const device = await startDevice();
    const line = lineTo(device.port);
    await ask(line);
    device.behave = () => {};
    for (let count = 0; count < 5; count += 1) {
      expect(await ask(line, { timeoutMs: 20 })).toMatchObject({ error: { kind: "timeout" } });
    }
    await ask(line, { timeoutMs: 20 });
    expect(device.connections).toBe(2);
  });

  it("keeps the connection while one unit behind it answers", async () => {
    const device = await startDevice();
    const line = lineTo(device.port);
    device.behave = ({ request, right, send }) => {
      if (request.unit === 1) send(tcpFrame(request.transactionId, ...right));
    };
    for (let round = 0; round < 8; round += 1) {
      await ask(line, { unit: 2, timeoutMs: 10 });
      await ask(line, { unit: 3, timeoutMs: 10 });
      expect((await ask(line)).ok).toBe(true);
    }
    expect(device.connections).toBe(1);
  });

  it("stays small when the peer sends well-formed frames nobody asked for", async () => {
    const device = await startDevice();
    device.behave = ({ request, right, send }) => {
      for (let count = 0; count < 2_000; count += 1)
        send(tcpFrame(request.transactionId ^ 0x8000, ...right));
      send(tcpFrame(request.transactionId, ...right));
    };
    expect((await ask(lineTo(device.port), { timeoutMs: 1_900 })).ok).toBe(true);
  });
});
