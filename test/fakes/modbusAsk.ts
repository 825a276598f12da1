/** Lines to the fakes and questions to them, in one line each. */

import { createRealClock } from "../../agent/realClock.ts";
import type { Result } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { openLine } from "../../drivers/registry.ts";
import { serialBus, tcpBus } from "./modbusSite.ts";

export type ReadRequest = Parameters<ModbusIo["read"]>[0];

export const realClock = createRealClock();
export const neverAborts: AbortSignal = new AbortController().signal;

export function tcpLineTo(port: number): Line<ModbusIo> {
  return openLine({ bus: tcpBus(port), tools: { clock: realClock, random: () => 0 } });
}

export function rtuLineTo(path: string, more: Record<string, unknown> = {}): Line<ModbusIo> {
  return openLine({
    bus: serialBus(path, { timeout: "20ms", ...more }),
    tools: { clock: realClock, random: () => 0 },
  });
}

/** Unit 1, holding registers 0 and 1, unless told otherwise. */
export function ask(
  line: Line<ModbusIo>,
  more: Partial<ReadRequest> = {},
): Promise<Result<Buffer, DriverError>> {
  const { signal = neverAborts } = more;
  return line.turn({ deadlineMs: 3_000, signal }, (io, turnSignal) =>
    io.read({
      unit: 1,
      table: "holding",
      address: 0,
      count: 2,
      timeoutMs: 200,
      ...more,
      signal: turnSignal,
    }),
  );
}

/** The registers of a good reply; an error fails the test with its words. */
export function registers(reply: Result<Buffer, DriverError>): readonly number[] {
  if (!reply.ok) throw new Error(`${reply.error.kind}: ${reply.error.message}`);
  const { value } = reply;
  return Array.from({ length: value.length / 2 }, (_, index) => value.readUInt16BE(index * 2));
}

/** "ok", or the kind of the error. */
export function outcome(reply: Result<unknown, DriverError>): string {
  return reply.ok ? "ok" : reply.error.kind;
}
