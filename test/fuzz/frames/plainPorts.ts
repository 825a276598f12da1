/**
 * The controls: Modbus masters as they are usually written, correct on a well line. They check unit, function, byte
 * count and checksum, and know nothing of late replies, foreign requests or ids that come round again.
 */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Clock, Timer } from "../../../config/words/time.ts";
import type { ModbusIo } from "../../../drivers/contract.ts";
import type { DriverError } from "../../../drivers/errors.ts";
import { crcOf, rtuFrame } from "../../fakes/modbusFrames.ts";
import { codeOf } from "./truth.ts";

type Request = Parameters<ModbusIo["read"]>[0];

export interface PlainPort extends ModbusIo {
  receive(bytes: Buffer): void;
}

interface Asking {
  readonly id: number;
  readonly unit: number;
  readonly functionCode: number;
  readonly dataBytes: number;
  readonly timer: Timer;
  settle(outcome: Result<Buffer, DriverError>): void;
}

/** `idBits`: 8, as modbus-serial 8.0.25 counts its transactions; 0: a serial line, with CRC and without ids. */
export function plainPort(options: {
  readonly clock: Clock;
  readonly idBits: 0 | 8;
  send(bytes: Buffer): void;
}): PlainPort {
  const { clock, idBits, send } = options;
  let lastId = 0;
  let asking: Asking | null = null;
  let inbox: Buffer = Buffer.alloc(0);
  const headBytes = idBits === 0 ? 0 : 6;
  const tailBytes = idBits === 0 ? 2 : 0;

  const isReply = (one: Asking, frame: Buffer): boolean =>
    frame[headBytes] === one.unit &&
    frame[headBytes + 1] === one.functionCode &&
    frame[headBytes + 2] === one.dataBytes &&
    (idBits === 0
      ? crcOf(frame.subarray(0, -2)) === frame.readUInt16LE(frame.length - 2)
      : frame.readUInt16BE(0) === one.id);

  return {
    read(request: Request) {
      const functionCode = codeOf[request.table];
      const { unit, address, count } = request;
      const dataBytes = functionCode <= 2 ? Math.ceil(count / 8) : 2 * count;
      lastId = (lastId + 1) & 0xff;
      const id = lastId;
      inbox = Buffer.alloc(0);
      return new Promise((resolve) => {
        const settle = (outcome: Result<Buffer, DriverError>): void => {
          asking?.timer.cancel();
          asking = null;
          resolve(outcome);
        };
        const timer = clock.timer(request.timeoutMs, () => {
          settle(fail({ kind: "timeout", message: "no reply" }));
        });
        asking = { id, unit, functionCode, dataBytes, timer, settle };
        request.signal.addEventListener("abort", () => {
          if (asking?.id === id) settle(fail({ kind: "aborted", message: "told to stop" }));
        });
        const pdu = [unit, functionCode, address >> 8, address & 255, count >> 8, count & 255];
        send(idBits === 0 ? rtuFrame(...pdu) : Buffer.from([0, id, 0, 0, 0, 6, ...pdu]));
      });
    },
    receive(bytes) {
      inbox = Buffer.concat([inbox, bytes]).subarray(-1_024);
      const one = asking;
      if (one === null) return;
      const length = headBytes + 3 + one.dataBytes + tailBytes;
      for (let at = 0; at + length <= inbox.length; at += 1) {
        const frame = inbox.subarray(at, at + length);
        if (!isReply(one, frame)) continue;
        one.settle(ok(Buffer.from(frame.subarray(headBytes + 3, headBytes + 3 + one.dataBytes))));
        return;
      }
    },
  };
}
