/** A read request: what can be known to be wrong with it, and what its reply must carry. Pure. */

import type { RegisterRead } from "../contract.ts";
import type { DriverError } from "../errors.ts";
import { bitsMax, registersMax } from "./readPort.ts";

/** The function codes of the four reads: there is no fifth. */
export const functionCodes = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;

/** Data bytes of a valid reply: all other lengths are somebody else's. */
export function dataBytesOf({ table, count }: RegisterRead): number {
  return table === "coil" || table === "discrete" ? Math.ceil(count / 8) : count * 2;
}

/** Null when the request may be sent. */
export function refusalOf({ unit, table, address, count }: RegisterRead): DriverError | null {
  const countMax = table === "coil" || table === "discrete" ? bitsMax : registersMax;
  if (!isWhole(count, 1, countMax) || !isWhole(address, 0, 65_536 - count)) {
    return refused(`${count} from address ${address} is outside 1..${countMax} or the table`);
  }
  return isWhole(unit, 0, 255) ? null : refused(`no unit ${unit}`);
}

function refused(why: string): DriverError {
  return { kind: "refused", exceptionCode: 0, message: `not sent: ${why}` };
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
