/** All values of a reply decoded in one go: plain 32-bit floats in one loop, whatever else point by point. Pure. */

import type { Register } from "../../config/site.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { bytePositions } from "./numbers.ts";
import { type CellOffsets, compileDecode, type Decode } from "./registers.ts";

/** One point of a request. */
export interface ColumnCell {
  readonly register: Register;
  readonly offsets: CellOffsets;
}

/** Fills both columns from a payload; allocates nothing. */
export type DecodeColumns = (
  payload: Uint8Array,
  values: Float64Array,
  qualities: Uint8Array,
) => void;

const { good, "device-fault": deviceFault } = qualityCode;
const floatBytes = 4;

/** Slots of both columns are the places of `cells`. */
export function compileColumns(cells: readonly ColumnCell[]): DecodeColumns {
  const floats = [...cells.keys()].filter((slot) => isPlainFloat(cells[slot]));
  const decodeFloats = compileFloats(cells, floats);
  const others = cells.flatMap(({ register, offsets }, slot): { slot: number; decode: Decode }[] =>
    floats.includes(slot) ? [] : [{ slot, decode: compileDecode(register, offsets) }],
  );
  return (payload, values, qualities) => {
    decodeFloats(payload, values, qualities);
    for (let i = 0; i < others.length; i += 1) {
      const one = others[i];
      one?.decode(payload, values, qualities, one.slot);
    }
  };
}

/** A number as it stands: nothing beside its own registers decides about it. */
function isPlainFloat(cell: ColumnCell | undefined): boolean {
  if (cell === undefined) return false;
  const { register, offsets } = cell;
  return (
    register.type === "float32" &&
    (register.table === "holding" || register.table === "input") &&
    register.sentinels.length === 0 &&
    offsets.decimals === null &&
    (register.status === undefined || offsets.status === null)
  );
}

function compileFloats(cells: readonly ColumnCell[], slots: readonly number[]): DecodeColumns {
  const slotOf = Uint16Array.from(slots);
  const positions = Uint16Array.from(
    slots.flatMap((slot) => {
      const cell = cells[slot];
      if (cell === undefined) return [];
      return [...bytePositions(cell.register.order, cell.offsets.value * 2, floatBytes)];
    }),
  );
  const bits = new Uint32Array(1);
  const number = new Float32Array(bits.buffer);
  return (payload, values, qualities) => {
    for (let i = 0; i < slotOf.length; i += 1) {
      const at = i * floatBytes;
      bits[0] = 0;
      for (let byte = at; byte < at + floatBytes; byte += 1) {
        bits[0] = (bits[0] << 8) | (payload[positions[byte] ?? 0] ?? 0);
      }
      const value = number[0] ?? Number.NaN;
      const slot = slotOf[i] ?? 0;
      // Infinities and NaN give NaN, times zero.
      const isNumber = value * 0 === 0;
      values[slot] = isNumber ? value : Number.NaN;
      qualities[slot] = isNumber ? good : deviceFault;
    }
  };
}
