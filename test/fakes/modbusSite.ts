/** Settings as a site file would give them, with this test's own differences. */

import {
  type Bus,
  type Device,
  type Point,
  type Register,
  type RtuOverTcpBus,
  type SerialBus,
  siteSchema,
  type TcpBus,
  type UdpBus,
} from "../../config/site.ts";

/** A parsed site with one bus, one device and one point, from which the tests take their parts. */
function parsed(parts: {
  readonly bus: Record<string, unknown>;
  readonly device?: Record<string, unknown>;
  readonly point?: Record<string, unknown>;
}): { readonly bus: Bus; readonly device: Device; readonly point: Point } {
  const site = siteSchema.parse({
    site: { id: "s", name: "s" },
    buses: { b: parts.bus },
    devices: { d: { bus: "b", unit: 1, ...parts.device } },
    points: {
      p: {
        device: "d",
        register: {},
        kind: "other",
        range: [0, 1],
        ...parts.point,
      },
    },
  });
  const bus = site.buses["b"];
  const device = site.devices["d"];
  const point = site.points["p"];
  if (bus === undefined || device === undefined || point === undefined) throw new Error("no site");
  return { bus, device, point };
}

export function tcpBus(port: number, timeout = "300ms"): TcpBus {
  const { bus } = parsed({ bus: { type: "modbus-tcp", host: "127.0.0.1", port, timeout } });
  if (bus.type !== "modbus-tcp") throw new Error("not TCP");
  return bus;
}

export function udpBus(port: number, more: Record<string, unknown> = {}): UdpBus {
  const { bus } = parsed({ bus: { type: "modbus-udp", host: "127.0.0.1", port, ...more } });
  if (bus.type !== "modbus-udp") throw new Error("not UDP");
  return bus;
}

export function rtuOverTcpBus(port: number, more: Record<string, unknown> = {}): RtuOverTcpBus {
  const { bus } = parsed({
    bus: { type: "modbus-rtu-over-tcp", host: "127.0.0.1", port, baud: 115200, ...more },
  });
  if (bus.type !== "modbus-rtu-over-tcp") throw new Error("not RTU over TCP");
  return bus;
}

export function serialBus(port: string, more: Record<string, unknown> = {}): SerialBus {
  const { bus } = parsed({
    bus: { type: "modbus-rtu", port, baud: 115200, timeout: "150ms", ...more },
  });
  if (bus.type !== "modbus-rtu") throw new Error("not serial");
  return bus;
}

export function deviceSettings(more: Record<string, unknown> = {}): Device {
  return parsed({ bus: { type: "modbus-tcp", host: "h" }, device: more }).device;
}

export function pointSettings(
  register: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Point {
  return parsed({ bus: { type: "modbus-tcp", host: "h" }, point: { register, ...more } }).point;
}

export function registerSettings(register: Record<string, unknown>): Register {
  return pointSettings(register).register;
}
