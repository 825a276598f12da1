/** Serial ports by names that last, and settings that RTU allows. Pure. */

import { error, type Finding, warning } from "../faults/fault.ts";
import type { SerialBus, Site } from "../site.ts";

/** A stable name, as in /dev/serial/by-id, and the device behind it now. */
export interface SerialName {
  readonly name: string;
  readonly device: string;
}

export function serialPortFindings(site: Site, names: readonly SerialName[]): readonly Finding[] {
  return Object.entries(site.buses).flatMap(([id, bus]) =>
    bus.type === "modbus-rtu" ? [...unstable(id, bus, names), ...unfit(id, bus)] : [],
  );
}

/** The device behind a stable name; any other path as it is. */
export function deviceBehind(port: string, names: readonly SerialName[]): string {
  return names.find(({ name }) => name === port)?.device ?? port;
}

/** Numbers are given in the order of plugging in: after the next start, another line can have this one. */
const numbered = /^\/dev\/tty(USB|ACM)\d+$/;

function unstable(id: string, { port }: SerialBus, names: readonly SerialName[]) {
  if (!numbered.test(port)) return [];
  const stable = names.filter(({ device }) => device === port).map(({ name }) => name);
  const others = names.map(({ name }) => name);
  const hint = (own: string, all: string, none: string): string => {
    if (stable.length > 0) return `${own}port: ${stable.join(", ")}`;
    return others.length > 0 ? `${all}${others.join(", ")}` : none;
  };
  return [
    warning({
      code: "W106",
      path: ["buses", id, "port"],
      zh: `${port} 的编号取决于插入顺序: 重启后可能是另一条线路`,
      en: `${port} is numbered in the order of plugging in: after a restart it can be another line`,
      fixZh: hint(
        "写固定的名字: ",
        "现在插着: ",
        "写 /dev/serial/by-id/ 下的名字 (ls -l /dev/serial/by-id)",
      ),
      fixEn: hint(
        "name it for good: ",
        "plugged in now: ",
        "use its name in /dev/serial/by-id (ls -l /dev/serial/by-id)",
      ),
    }),
  ];
}

function unfit(id: string, { dataBits, rs485 }: SerialBus): readonly Finding[] {
  const findings: Finding[] = [];
  if (dataBits !== 8) {
    findings.push(
      error({
        code: "E109",
        path: ["buses", id, "dataBits"],
        zh: "Modbus RTU 只用 8 个数据位: 7 位会丢掉每个字节的最高位",
        en: "Modbus RTU needs 8 data bits: with 7 the highest bit of every byte is lost",
        fixZh: "dataBits: 8; 只会 Modbus ASCII 的设备不能接入",
        fixEn: "dataBits: 8; a device that only speaks Modbus ASCII cannot be read",
      }),
    );
  }
  if (rs485.mode === "kernel") {
    findings.push(
      error({
        code: "E110",
        path: ["buses", id, "rs485", "mode"],
        zh: "本程序不能打开内核的 RS-485 模式 (TIOCSRS485)",
        en: "hazgate cannot switch on the kernel's RS-485 mode (TIOCSRS485)",
        fixZh:
          "在设备树里写 linux,rs485-enabled-at-boot-time, 启动时即生效, 这里写 mode: none; 见手册 buses.md",
        fixEn:
          "set it at boot by the device tree (linux,rs485-enabled-at-boot-time) and write mode: none here; see the manual, buses.md",
      }),
    );
  }
  return findings;
}
