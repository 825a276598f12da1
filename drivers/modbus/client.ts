/** modbus-serial wrapped: the four read functions, every reply checked, every question settled. */

import modbusSerial from "modbus-serial";
import { fail, invariant, ok, type Result, unreachable } from "../../config/words/result.ts";
import type { ModbusIo } from "../contract.ts";
import type { DriverError } from "../errors.ts";
import { bitsMax, type ReadPort, registersMax } from "./readPort.ts";

type Request = Parameters<ModbusIo["read"]>[0];
type Outcome = Result<Buffer, DriverError>;
type Library = InstanceType<typeof modbusSerial.default>;

/** The library's callback: an error (with `modbusCode` for an exception reply), or the payload. */
type Answered = (error: unknown, reply?: { readonly buffer: Buffer }) => void;

const aborted: Outcome = fail({ kind: "aborted", message: "told to stop" });

/**
 * Reads through `port`. One question at a time: a second one while the first is open is a bug.
 * The library's own timer stays unused: the port keeps the time, because only it knows when the
 * request was really on the wire.
 */
export class ModbusClient implements ModbusIo {
  readonly #port: ReadPort;
  readonly #library: Library;
  #settle: ((outcome: Outcome) => void) | null = null;

  constructor(port: ReadPort) {
    this.#port = port;
    this.#library = new modbusSerial.default(port);
    this.#library.open(() => {});
  }

  read(request: Request): Promise<Outcome> {
    const refusal = this.#refusal(request);
    if (refusal !== null) return Promise.resolve(refusal);
    return new Promise((resolve) => {
      const stop = (): void => {
        this.#port.abandon();
        settle(aborted);
      };
      const settle = (outcome: Outcome): void => {
        if (this.#settle !== settle) return;
        this.#settle = null;
        request.signal.removeEventListener("abort", stop);
        resolve(outcome);
      };
      this.#settle = settle;
      request.signal.addEventListener("abort", stop);
      this.#port.expect(request.timeoutMs, (error) => settle(fail(error)));
      this.#ask(request, (error, reply) => settle(outcomeOf(request, error, reply)));
    });
  }

  /** Everything that can be known to be wrong before a byte is sent. */
  #refusal(request: Request): Outcome | null {
    invariant(this.#settle === null, "a Modbus question was asked while another was open");
    if (request.signal.aborted) return aborted;
    const { unit, address, count } = request;
    const isBits = request.table === "coil" || request.table === "discrete";
    const countMax = isBits ? bitsMax : registersMax;
    if (!isWhole(count, 1, countMax) || !isWhole(address, 0, 65_536 - count)) {
      return fail({
        kind: "refused",
        exceptionCode: 0,
        message: `not sent: ${count} from address ${address} is outside 1..${countMax} or the table`,
      });
    }
    if (!isWhole(unit, 0, 255)) {
      return fail({ kind: "refused", exceptionCode: 0, message: `not sent: no unit ${unit}` });
    }
    if (!this.#port.isOpen) {
      return fail({ kind: "lineDown", message: "the line is not open" });
    }
    return null;
  }

  /** The library names its read functions writeFC1..4: they write a read request. */
  #ask(request: Request, answered: Answered): void {
    const { unit, address, count } = request;
    const library = this.#library;
    switch (request.table) {
      case "coil":
        library.writeFC1(unit, address, count, answered);
        break;
      case "discrete":
        library.writeFC2(unit, address, count, answered);
        break;
      case "holding":
        library.writeFC3(unit, address, count, answered);
        break;
      case "input":
        library.writeFC4(unit, address, count, answered);
        break;
      default:
        unreachable(request.table);
    }
  }
}

function outcomeOf(request: Request, error: unknown, reply?: { readonly buffer: Buffer }): Outcome {
  if (error !== null && error !== undefined) return fail(errorOf(error));
  const isBits = request.table === "coil" || request.table === "discrete";
  const asked = isBits ? Math.ceil(request.count / 8) : request.count * 2;
  const got = reply?.buffer.length ?? 0;
  if (reply === undefined || got !== asked) {
    return fail({ kind: "badReply", message: `asked for ${asked} bytes, got ${got}` });
  }
  return ok(reply.buffer);
}

function errorOf(error: unknown): DriverError {
  const code =
    typeof error === "object" && error !== null && "modbusCode" in error
      ? Number(error.modbusCode)
      : 0;
  if (code > 0) return exceptionError(code);
  return { kind: "badReply", message: error instanceof Error ? error.message : String(error) };
}

const exceptionWords: Readonly<Record<number, string>> = {
  1: "illegal function: the device does not read this table",
  2: "illegal address: the device has no such register",
  3: "illegal count: the device does not read so many registers at once",
  4: "device failure",
  5: "acknowledge: the device needs more time",
  6: "device busy",
  10: "gateway path unavailable",
  11: "gateway: the device behind it keeps silent",
};

/** 5, 6 and 0x0B mean "ask again later"; every other code means that the question does not fit. */
export function exceptionError(exceptionCode: number): DriverError {
  const words = exceptionWords[exceptionCode] ?? "unknown exception";
  const isBusy = exceptionCode === 5 || exceptionCode === 6 || exceptionCode === 11;
  return {
    kind: isBusy ? "deviceBusy" : "refused",
    exceptionCode,
    message: `exception ${exceptionCode}, ${words}`,
  };
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
