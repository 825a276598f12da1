/** Wires and the units on them: nobody twice, every address legal. Pure. */

import { connectionsOf } from "../connections.ts";
import { error, type Finding, warning } from "../faults/fault.ts";
import type { Bus, Site } from "../site.ts";
import { deviceBehind, type SerialName, serialPortFindings } from "./serialPorts.ts";

/** `names`: the serial adapters of the box, where the check runs on it. */
export function busFindings(site: Site, names: readonly SerialName[]): readonly Finding[] {
  return [
    ...sharedWires(site, names),
    ...unitClashes(site),
    ...serialUnits(site),
    ...serialPortFindings(site, names),
    ...longPauses(site),
    ...idleConnections(site),
    ...pausedTogether(site),
  ];
}

/** One master only: a serial port, or the serial line behind a transparent converter. */
function isSerialLine(bus: Bus): boolean {
  return bus.type === "modbus-rtu" || bus.type === "modbus-rtu-over-tcp";
}

function wireOf(bus: Bus, names: readonly SerialName[]): string {
  if (bus.type === "modbus-rtu") return deviceBehind(bus.port, names);
  const protocol = bus.type === "modbus-udp" ? "udp " : "";
  return `${protocol}${bus.host.toLowerCase()}:${bus.port}`;
}

function sharedWires(site: Site, names: readonly SerialName[]): readonly Finding[] {
  const ownerOf = new Map<string, string>();
  return Object.entries(site.buses).flatMap(([id, bus]) => {
    const wire = wireOf(bus, names);
    const owner = ownerOf.get(wire);
    ownerOf.set(wire, owner ?? id);
    if (owner === undefined) return [];
    const first = site.buses[owner];
    const hasOneMaster = isSerialLine(bus) || (first !== undefined && isSerialLine(first));
    return [(hasOneMaster ? takenLine : secondConnection)({ id, bus, wire, owner })];
  });
}

interface Shared {
  readonly id: string;
  readonly bus: Bus;
  readonly wire: string;
  readonly owner: string;
}

function takenLine({ id, bus, wire, owner }: Shared): Finding {
  const isPort = bus.type === "modbus-rtu";
  return error({
    code: "E104",
    path: ["buses", id, isPort ? "port" : "host"],
    zh: `${isPort ? "串口" : "串口服务器"} ${wire} 已被总线 "${owner}" 使用`,
    en: `${isPort ? "serial port" : "converter"} ${wire} is already used by bus "${owner}"`,
    fixZh: `把设备都放到总线 "${owner}" 上, 或改正${isPort ? "串口" : "地址"}`,
    fixEn: `put all devices on bus "${owner}", or correct the ${isPort ? "port" : "address"}`,
  });
}

function secondConnection({ id, wire, owner }: Shared): Finding {
  return warning({
    code: "W104",
    path: ["buses", id, "host"],
    zh: `${wire} 已被总线 "${owner}" 使用: 会建立两个连接`,
    en: `${wire} is already used by bus "${owner}": two connections will be opened`,
    fixZh: `若是同一个网关, 把设备都放到总线 "${owner}" 上`,
    fixEn: `if it is one gateway, put all devices on bus "${owner}"`,
  });
}

const pauseMsMax = 10_000;

function longPauses(site: Site): readonly Finding[] {
  return Object.entries(site.buses).flatMap(([id, bus]) => {
    if (bus.type === "modbus-rtu" || bus.betweenRequests <= pauseMsMax) return [];
    return [
      error({
        code: "E109",
        path: ["buses", id, "betweenRequests"],
        zh: `两次请求之间等待 ${bus.betweenRequests / 1000} s: 太长`,
        en: `a pause of ${bus.betweenRequests / 1000} s between two requests is too long`,
        fixZh: `至多 ${pauseMsMax / 1000}s; 轮询周期用测点的 every`,
        fixEn: `at most ${pauseMsMax / 1000}s; a polling period is each point's \`every\``,
      }),
    ];
  });
}

function idleConnections(site: Site): readonly Finding[] {
  return Object.entries(site.buses).flatMap(([id, bus]) => {
    const devices = Object.values(site.devices).filter((device) => device.bus === id).length;
    const connections = connectionsOf(bus);
    if (connections === 1 || connections <= devices) return [];
    return [
      warning({
        code: "W109",
        path: ["buses", id, "connections"],
        zh: `总线 "${id}" 有 ${connections} 个连接, 只有 ${devices} 台设备: 多余的连接不会建立`,
        en: `bus "${id}" has ${connections} connections and ${devices} devices: the others are not opened`,
        fixZh: `connections: ${Math.max(1, devices)}`,
        fixEn: `connections: ${Math.max(1, devices)}`,
      }),
    ];
  });
}

function pausedTogether(site: Site): readonly Finding[] {
  return Object.entries(site.buses).flatMap(([id, bus]) => {
    if (bus.type !== "modbus-tcp" || bus.inFlight === 1 || bus.betweenRequests === 0) return [];
    return [
      error({
        code: "E110",
        path: ["buses", id, "inFlight"],
        zh: "请求之间要停顿 (betweenRequests), 就不能同时发出几个请求",
        en: "with a pause between requests (betweenRequests), no two can be sent at once",
        fixZh: "网关需要停顿: inFlight: 1; 否则去掉 betweenRequests",
        fixEn: "a gateway that needs the pause: inFlight: 1; else leave out betweenRequests",
      }),
    ];
  });
}

function unitClashes(site: Site): readonly Finding[] {
  const ownerOf = new Map<string, string>();
  return Object.entries(site.devices).flatMap(([id, { bus, unit }]) => {
    const key = `${unit} ${bus}`;
    const owner = ownerOf.get(key);
    ownerOf.set(key, owner ?? id);
    if (owner === undefined) return [];
    return [
      error({
        code: "E102",
        path: ["devices", id, "unit"],
        zh: `从站地址 ${unit} 在总线 "${bus}" 上已被设备 "${owner}" 使用`,
        en: `unit ${unit} on bus "${bus}" is already used by device "${owner}"`,
        fixZh: "核对设备拨码; 同一台设备只写一次, 测点都指向它",
        fixEn:
          "check the device's address; describe one device once and let all its points name it",
      }),
    ];
  });
}

function serialUnits(site: Site): readonly Finding[] {
  return Object.entries(site.devices).flatMap(([id, { bus, unit }]) => {
    const on = Object.hasOwn(site.buses, bus) ? site.buses[bus] : undefined;
    if (on === undefined || !isSerialLine(on) || (unit >= 1 && unit <= 247)) return [];
    return [
      error({
        code: "E103",
        path: ["devices", id, "unit"],
        zh: `串口总线上的从站地址应为 1 到 247, 现为 ${unit}`,
        en: `a unit on a serial line must be 1 to 247, found ${unit}`,
        fixZh: unit === 0 ? "0 是广播地址, 没有设备应答" : "核对设备的从站地址",
        fixEn:
          unit === 0 ? "0 is the broadcast address: nobody answers" : "check the device's address",
      }),
    ];
  });
}
