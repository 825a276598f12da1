/** The site file of a load plant: one point for each float. Pure. */

import type { LoadPlant } from "./loadPlant.ts";
import { telltaleMax } from "./telltale.ts";

export interface LoadSiteOptions {
  /** None: no uplink in the file. */
  readonly uplinkUrl?: string;
  readonly protocol?: 4 | 5;
  readonly ack?: "platform" | "broker";
  /** Polling period; default: that of every point. */
  readonly every?: string;
  /** Asked of every unit at most at once; default 125. Blocks hold whole floats. */
  readonly maxRegisters?: number;
}

/** Tag of a float, from which `loadIndexOf` finds it again. */
export function loadTag(index: number): string {
  return `f${index}`;
}

/** The float's number among all, port by port and unit by unit: see `identityOf`. */
export function loadIndexOf(tag: string): number {
  return Number(tag.slice(1));
}

/** YAML, one line for each point, about 95 bytes each. */
export function loadSiteFile(
  plant: Pick<LoadPlant, "size" | "ports">,
  options: LoadSiteOptions,
): string {
  const { unitsPerPort, floatsPerUnit } = plant.size;
  const every = options.every === undefined ? "" : `, every: ${options.every}`;
  const lines = [
    "# Written by hazgate for a benchmark.",
    "site: { id: load, box: box1, name: load }",
    "buses:",
    ...plant.ports.map(
      (port, i) => `  b${i}: { type: modbus-tcp, host: 127.0.0.1, port: ${port} }`,
    ),
    "devices:",
  ];
  const unitCount = plant.ports.length * unitsPerPort;
  const most = options.maxRegisters ?? 125;
  for (let unit = 0; unit < unitCount; unit += 1) {
    const bus = Math.floor(unit / unitsPerPort);
    lines.push(
      `  d${unit}: { bus: b${bus}, unit: ${(unit % unitsPerPort) + 1}, maxRegisters: ${most} }`,
    );
  }
  lines.push("points:");
  const rest = `type: float32}, kind: other, range: [0, ${telltaleMax}]${every}}`;
  for (let index = 0; index < unitCount * floatsPerUnit; index += 1) {
    const unit = Math.floor(index / floatsPerUnit);
    const address = 2 * (index % floatsPerUnit);
    lines.push(`  ${loadTag(index)}: {device: d${unit}, register: {address: ${address}, ${rest}`);
  }
  if (options.uplinkUrl !== undefined) {
    const { uplinkUrl, protocol = 5, ack = "platform" } = options;
    lines.push(
      "uplinks:",
      `  platform: { type: mqtt, url: "${uplinkUrl}", protocol: ${protocol}, ack: ${ack} }`,
    );
  }
  return `${lines.join("\n")}\n`;
}
