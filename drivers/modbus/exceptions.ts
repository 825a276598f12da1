/** Exception replies in words (Modbus Application Protocol, section 7). Pure. */

import type { DriverError } from "../errors.ts";

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
