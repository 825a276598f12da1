/** Buses with several connections, each made a bus of its own, with its share of the devices. Pure. */

import type { Bus, Site } from "./site.ts";

/** Not to be had in a site file, so that no name is taken twice. */
const mark = "#";

/**
 * The site as it is run: `b` with three connections becomes `b`, `b#2` and `b#3`, and the devices of the bus are dealt
 * out to them in turn. No more connections than devices. Doing it twice changes nothing.
 */
export function spreadConnections(site: Site): Site {
  if (!Object.values(site.buses).some((bus) => connectionsOf(bus) > 1)) return site;
  const buses: Record<string, Bus> = {};
  const devices = { ...site.devices };
  for (const [id, bus] of Object.entries(site.buses)) {
    const own = Object.entries(site.devices).filter(([, device]) => device.bus === id);
    const count = Math.max(1, Math.min(connectionsOf(bus), own.length));
    const one: Bus = bus.type === "modbus-tcp" ? { ...bus, connections: 1 } : bus;
    for (let number = 1; number <= count; number += 1) buses[nameOf(id, number)] = one;
    for (const [i, [name, device]] of own.entries()) {
      devices[name] = { ...device, bus: nameOf(id, 1 + (i % count)) };
    }
  }
  return { ...site, buses, devices };
}

/** The bus as the site file names it. */
export function busInFile(id: string): string {
  return id.split(mark)[0] ?? id;
}

export function connectionsOf(bus: Bus): number {
  return bus.type === "modbus-tcp" ? bus.connections : 1;
}

/** Questions that may be on their way on one connection of the bus; a pause between requests allows one only. */
export function atOnceOn(bus: Bus): number {
  return bus.type === "modbus-tcp" && bus.betweenRequests === 0 ? bus.inFlight : 1;
}

function nameOf(id: string, number: number): string {
  return number === 1 ? id : `${id}${mark}${number}`;
}
