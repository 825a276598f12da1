/** A Modbus TCP plant of 1,000 levels whose registers the bench sets, and the site file that watches them. */

import { tcpFrame } from "../../fakes/modbusFrames.ts";
import { ModbusTcpDevice } from "../../fakes/modbusTcpDevice.ts";

const units = 10;
const perUnit = 100;
export const everyMs = 200;
/** Points whose HH alarm is timed; the others make the flood, with H alarms. */
export const probes = 50;

export interface LevelPlant extends AsyncDisposable {
  readonly tags: readonly string[];
  /** Takes effect at the next poll. */
  set(index: number, isHigh: boolean): void;
  readonly site: string;
}

export function tagOf(index: number): string {
  return index < probes ? `PROBE-${index}` : `L-${index}`;
}

export async function startLevelPlant(): Promise<LevelPlant> {
  const words = new Uint16Array(units * perUnit).fill(100);
  const device = await ModbusTcpDevice.start(({ request, send }) => {
    const { unit, functionCode, address, count, transactionId } = request;
    const start = (unit - 1) * perUnit + address;
    const bytes = [...words.subarray(start, start + count)].flatMap((word) => [
      word >> 8,
      word & 255,
    ]);
    send(tcpFrame(transactionId, unit, functionCode, bytes.length, ...bytes));
  });
  const tags = Array.from(words, (_, index) => tagOf(index));
  return {
    tags,
    set(index, isHigh) {
      words[index] = isHigh ? 900 : 100;
    },
    site: siteText(tags, device.port),
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  };
}

function siteText(tags: readonly string[], port: number): string {
  const devices = Array.from({ length: units }, (_, i) => `  u${i}: { bus: b, unit: ${i + 1} }`);
  const points = tags.map((tag, index) => {
    const limit = index < probes ? "hh: 500" : "h: 500";
    const place = `device: u${Math.floor(index / perUnit)}, register: { address: ${index % perUnit}, type: uint16 }`;
    return `  ${tag}: { ${place}, kind: level, unit: mm, range: [0, 1000], every: ${everyMs}ms, limits: { ${limit} } }`;
  });
  return [
    "site: { id: bench, name: bench }",
    `buses: { b: { type: modbus-tcp, host: 127.0.0.1, port: ${port} } }`,
    "devices:",
    ...devices,
    "points:",
    ...points,
    'page: { listen: "127.0.0.1:0" }',
    "",
  ].join("\n");
}
