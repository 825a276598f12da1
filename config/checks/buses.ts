/** Wires and the units on them: nobody twice, every address legal. Pure. */

import { error, type Finding, warning } from "../faults/fault.ts";
import type { Site } from "../site.ts";

export function busFindings(site: Site): readonly Finding[] {
  return [...sharedWires(site), ...unitClashes(site), ...serialUnits(site)];
}

function sharedWires(site: Site): readonly Finding[] {
  const ownerOf = new Map<string, string>();
  return Object.entries(site.buses).flatMap(([id, bus]) => {
    const isSerial = bus.type === "modbus-rtu";
    const wire = isSerial ? bus.port : `${bus.host.toLowerCase()}:${bus.port}`;
    const owner = ownerOf.get(wire);
    ownerOf.set(wire, owner ?? id);
    if (owner === undefined) return [];
    if (isSerial) {
      return [
        error({
          code: "E104",
          path: ["buses", id, "port"],
          zh: `串口 ${wire} 已被总线 "${owner}" 使用`,
          en: `serial port ${wire} is already used by bus "${owner}"`,
          fixZh: `把设备都放到总线 "${owner}" 上, 或改正串口`,
          fixEn: `put all devices on bus "${owner}", or correct the port`,
        }),
      ];
    }
    return [
      warning({
        code: "W104",
        path: ["buses", id, "host"],
        zh: `${wire} 已被总线 "${owner}" 使用: 会建立两个连接`,
        en: `${wire} is already used by bus "${owner}": two connections will be opened`,
        fixZh: `若是同一个网关, 把设备都放到总线 "${owner}" 上`,
        fixEn: `if it is one gateway, put all devices on bus "${owner}"`,
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
    const isSerial = Object.hasOwn(site.buses, bus) && site.buses[bus]?.type === "modbus-rtu";
    if (!isSerial || (unit >= 1 && unit <= 247)) return [];
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
