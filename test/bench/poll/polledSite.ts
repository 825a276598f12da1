/** The site file of the polled plant, as a person would write it: every point with four limits. */

import { loadTag } from "../../../agent/sim/plant/loadSite.ts";
import type { FieldShape } from "./fieldShape.ts";

export interface PolledPlant {
  readonly shape: FieldShape;
  /** TCP ports on this machine. */
  readonly ports: readonly number[];
  /** Monotonic time of its tick 0: see `originOf`. */
  readonly originMs: number;
  /** None: the site has no uplink. */
  readonly brokerUrl: string | null;
}

/** The plant answers whatever it has received: a device of its own, no gateway. */
const inFlight = 32;

/** The content of the file, to be parsed by the site's schema. */
export function polledSite({ shape, ports, brokerUrl }: PolledPlant): object {
  const buses: Record<string, object> = {};
  const devices: Record<string, object> = {};
  const points: Record<string, object> = {};
  for (const [port, tcpPort] of ports.entries()) {
    buses[`bus${port}`] = { type: "modbus-tcp", host: "127.0.0.1", port: tcpPort, inFlight };
    for (let unit = 1; unit <= shape.unitsPerPort; unit += 1) {
      const device = `p${port}u${unit}`;
      devices[device] = { bus: `bus${port}`, unit };
      const first = (port * shape.unitsPerPort + unit - 1) * shape.floatsPerUnit;
      for (let index = 0; index < shape.floatsPerUnit; index += 1) {
        points[loadTag(first + index)] = pointOf(device, index, shape.periodMs);
      }
    }
  }
  return {
    site: { id: "bench", name: "bench" },
    buses,
    devices,
    points,
    // A day fits into the journal's default size at any rate measured here.
    journal: { keepReadings: "1d" },
    ...(brokerUrl === null ? {} : { uplinks: { platform: { type: "mqtt", url: brokerUrl } } }),
  };
}

/** The limits lie outside of what the plant sends: each is judged each second, none is passed. */
function pointOf(device: string, index: number, periodMs: number): object {
  return {
    device,
    register: { address: index * 2, type: "float32" },
    kind: "level",
    every: `${periodMs}ms`,
    unit: "mm",
    range: [-100, 9_000_000],
    decimals: 1,
    limits: { ll: -90, l: -80, h: 8_600_000, hh: 8_700_000, deadband: 5 },
  };
}

/** The same as text. */
export function polledSiteText(plant: PolledPlant): string {
  return blocks(Object.entries(polledSite(plant)), "").join("\n");
}

/** Maps of plain values on one line, all others as blocks. */
function blocks(entries: readonly (readonly [string, unknown])[], indent: string): string[] {
  return entries.flatMap(([key, value]) => {
    const isBlock = isMap(value) && Object.values(value).some(isMap);
    if (!isBlock) return [`${indent}${key}: ${flow(value)}`];
    return [`${indent}${key}:`, ...blocks(Object.entries(value), `${indent}  `)];
  });
}

function flow(value: unknown): string {
  if (!isMap(value)) return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${flow(field)}`);
  return `{ ${fields.join(", ")} }`;
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
