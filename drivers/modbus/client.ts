/** modbus-serial wrapped: the four read functions, every reply checked, every question settled. */

import modbusSerial from "modbus-serial";
import { fail, invariant, ok, type Result, unreachable } from "../../config/words/result.ts";
import type { ModbusIo } from "../contract.ts";
import type { DriverError } from "../errors.ts";
import { exceptionError } from "./exceptions.ts";
import type { ReadPort } from "./readPort.ts";
import { dataBytesOf, refusalOf } from "./readRequest.ts";

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
    const refusal = refusalOf(request);
    if (refusal !== null) return fail(refusal);
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
  const asked = dataBytesOf(request);
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
