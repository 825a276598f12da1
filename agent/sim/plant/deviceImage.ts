/** The register maps of the simulated devices: what a master finds at each address. Pure but for the world it looks at. */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { RegisterTable } from "../../../drivers/contract.ts";
import type { DeviceSpec } from "./devices.ts";
import type { Instrument } from "./instrument.ts";
import { instruments } from "./instruments.ts";
import type { ExceptionCode, Slave } from "./pdu.ts";
import type { Shown } from "./world.ts";

/** Registers that are no measuring point: states, limits, constants. */
type ExtraWord = (value: number, instrument: Instrument) => number;

/**
 * A slave that shows the device's instruments as they are at the moment of the request.
 * Addresses inside a span without a register of their own read 0, as reserve registers do.
 */
export function createDeviceImage(device: DeviceSpec, shown: (tag: string) => Shown): Slave {
  const own = instruments.filter((instrument) => instrument.device === device.id);

  const legal = (table: RegisterTable, address: number, count: number): boolean =>
    device.spans.some(
      (span) => span.table === table && address >= span.first && address + count - 1 <= span.last,
    );

  const words = (table: RegisterTable, address: number, count: number): Uint16Array => {
    const image = new Uint16Array(count);
    const put = (at: number, word: number): void => {
      const index = at - address;
      if (index >= 0 && index < count) image[index] = word & 0xffff;
    };
    for (const instrument of own) {
      if (instrument.register.table !== table) continue;
      const now = shown(instrument.tag);
      const cells = encode(instrument, now);
      for (let i = 0; i < cells.length; i += 1) put(instrument.register.address + i, cells[i] ?? 0);
      for (const [at, word] of extras(instrument)) put(at, word(now.value, instrument));
    }
    return image;
  };

  return {
    registers(table, address, count): Result<Uint16Array, ExceptionCode> {
      if (!legal(table, address, 1)) return fail(2);
      if (count > device.maxRegisters) return fail(3);
      return legal(table, address, count) ? ok(words(table, address, count)) : fail(2);
    },
    bits(table, address, count): Result<readonly boolean[], ExceptionCode> {
      if (!legal(table, address, count)) return fail(2);
      return ok(Array.from(words(table, address, count), (word) => word !== 0));
    },
  };
}

/** The words of one instrument's number, high word first unless its order says otherwise. */
export function encode(instrument: Instrument, { value, loopMa }: Shown): Uint16Array {
  const { type, order } = instrument.register;
  const raw = rawNumber(instrument, value, loopMa);
  const bytes = Buffer.alloc(type.endsWith("32") ? 4 : 2);
  switch (type) {
    case "bool":
    case "uint16":
      bytes.writeUInt16BE(raw);
      break;
    case "int16":
      bytes.writeInt16BE(raw);
      break;
    case "int32":
      bytes.writeInt32BE(raw);
      break;
    case "uint32":
      bytes.writeUInt32BE(raw);
      break;
    case "float32":
      bytes.writeFloatBE(raw);
      break;
    case "bcd32":
      // One decimal digit in each half byte: 1234 reads 0x00001234.
      bytes.write(String(raw).padStart(8, "0"), "hex");
      break;
    default:
      throw new RangeError(`the simulated plant has no ${type} registers`);
  }
  const words = Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16BE(2 * i));
  return order === "CDAB" ? words.reverse() : words;
}

function rawNumber(instrument: Instrument, value: number, loopMa: number | null): number {
  const { scale } = instrument;
  switch (scale.kind) {
    case "plain":
      return instrument.register.type === "float32" ? value : Math.round(value);
    case "factor":
      return Math.round(value / scale.factor);
    case "decimals":
      return Math.round(value * 10 ** scale.decimals);
    case "loop": {
      const [at4, at20] = scale.counts;
      const counts = at4 + (((loopMa ?? 4) - 4) / 16) * (at20 - at4);
      return Math.round(Math.min(scale.clamp[1], Math.max(scale.clamp[0], counts)));
    }
  }
}

function extras(instrument: Instrument): readonly (readonly [number, ExtraWord])[] {
  if (instrument.kind === "gas-combustible") return combustibleWords;
  if (instrument.kind === "gas-toxic") return toxicWords;
  return [];
}

const gasState = (value: number, instrument: Instrument): number =>
  value >= (instrument.limits?.gas1 ?? Number.POSITIVE_INFINITY) ? 1 : 0;

/** State 0 ok, 1 alarm, 2 fault; alarm 0 low, 1/2 which level; temperature /10; gas; range; limits. */
const combustibleWords: readonly (readonly [number, ExtraWord])[] = [
  [1, gasState],
  [2, (value, one) => (value >= (one.limits?.gas2 ?? 1e9) ? 2 : gasState(value, one))],
  [3, () => 250],
  [4, () => 1],
  [5, (_, one) => one.range[1]],
  [6, (_, one) => one.limits?.gas1 ?? 0],
  [7, (_, one) => one.limits?.gas2 ?? 0],
];

/** Number of decimals; state bits (0 fault, 1 alarm, 3 calibration); unit code 2 = mg/m3. */
const toxicWords: readonly (readonly [number, ExtraWord])[] = [
  [1, (_, one) => (one.scale.kind === "decimals" ? one.scale.decimals : 0)],
  [2, (value, one) => gasState(value, one) << 1],
  [3, () => 2],
];
