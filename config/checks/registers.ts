/** The register of one point: where it is, whether it can be read there, and in one request. Pure. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { LoadedSite } from "../loadedSite.ts";
import type { Device, Register, Site } from "../site.ts";
import { registerCount, wireAddress } from "../words/registerAddress.ts";

const addressMax = 65_535;

export function registerFindings({
  site,
  isWritten,
}: Pick<LoadedSite, "site" | "isWritten">): readonly Finding[] {
  return Object.entries(site.points).flatMap(([id, point]) => {
    const path = ["points", id, "register"];
    const { register } = point;
    const place = wireAddress(register);
    const shape = [...bitFindings(register, path), ...statusRuleFindings(register, path)];
    if (place === null) return [...addressFindings(register, path), ...shape];
    const device = ownDevice(site, point.device);
    return [
      ...shape,
      ...(register.modicon !== undefined && isWritten([...path, "table"])
        ? tableTwice(register, place.table, path)
        : []),
      ...typeFindings(register, place.table, path),
      ...(place.table === "holding" || place.table === "input"
        ? spanFindings({ register, address: place.address, device, path })
        : []),
      ...(device === null ? [] : holeFindings({ register, address: place.address, device, path })),
    ];
  });
}

function ownDevice(site: Site, id: string): Device | null {
  return Object.hasOwn(site.devices, id) ? (site.devices[id] ?? null) : null;
}

function addressFindings({ address, modicon }: Register, path: Path): readonly Finding[] {
  if (address === undefined && modicon === undefined) {
    return [
      error({
        code: "E121",
        path,
        zh: "缺少寄存器地址",
        en: "the register has no address",
        fixZh: "写 address: 0 (从 0 数, 报文里的地址) 或 modicon: 40001 (说明书里的编号)",
        fixEn: "write address: 0 (from 0, as on the wire) or modicon: 40001 (as in manuals)",
      }),
    ];
  }
  if (address !== undefined && modicon !== undefined) {
    return [
      error({
        code: "E121",
        path: [...path, "modicon"],
        atKey: true,
        zh: "address 和 modicon 只能写一个",
        en: "give either `address` or `modicon`, not both",
        fixZh: "删除其中一个",
        fixEn: "delete one of them",
      }),
    ];
  }
  return [
    error({
      code: "E122",
      path: [...path, "modicon"],
      zh: `${modicon} 不是 Modbus 编号`,
      en: `${modicon} is not a Modbus register number`,
      fixZh: "00001 线圈, 10001 离散输入, 30001 输入寄存器, 40001 保持寄存器 (也可写 6 位: 400001)",
      fixEn:
        "1 is a coil, 10001 a discrete input, 30001 an input register, 40001 a holding register (or 6 digits: 400001)",
    }),
  ];
}

function tableTwice(register: Register, table: Register["table"], path: Path): readonly Finding[] {
  if (register.table === table) return [];
  return [
    error({
      code: "E123",
      path: [...path, "table"],
      zh: `编号 ${register.modicon} 属于 ${table}, 但 table 写的是 ${register.table}`,
      en: `number ${register.modicon} belongs to ${table}, but \`table\` says ${register.table}`,
      fixZh: "删除 table, 或改正 modicon",
      fixEn: "delete `table`, or correct `modicon`",
    }),
  ];
}

function typeFindings(
  register: Register,
  table: Register["table"],
  path: Path,
): readonly Finding[] {
  const isBitTable = table === "coil" || table === "discrete";
  if (isBitTable && register.type !== "bool") {
    return [
      error({
        code: "E124",
        path: [...path, "type"],
        zh: `${table} 表里只有开关量, type 应为 bool`,
        en: `the ${table} table holds single bits only: its type must be bool`,
        fixZh: "写 type: bool",
        fixEn: "write type: bool",
      }),
    ];
  }
  if (!isBitTable && register.type === "bool") {
    return [
      error({
        code: "E124",
        path: [...path, "type"],
        zh: `${table} 表里是 16 位寄存器, 不能用 bool`,
        en: `the ${table} table holds 16-bit registers: bool is not possible there`,
        fixZh: "取寄存器的某一位, 写 type: uint16 和 bits: [n, n]",
        fixEn: "for one bit of a register write type: uint16 and bits: [n, n]",
      }),
    ];
  }
  const extra = register.status === undefined ? "decimalsAt" : "status";
  if (!isBitTable || register[extra] === undefined) return [];
  return [
    error({
      code: "E126",
      path: [...path, extra],
      atKey: true,
      zh: `${extra} 只能用于 input 和 holding 表`,
      en: `\`${extra}\` works in the input and holding tables only`,
      fixZh: `删除 ${extra}`,
      fixEn: `delete \`${extra}\``,
    }),
  ];
}

function bitFindings({ bits, type }: Register, path: Path): readonly Finding[] {
  if (bits === undefined) return [];
  const at = [...path, "bits"];
  if (type !== "uint16" && type !== "int16") {
    return [
      error({
        code: "E125",
        path: at,
        zh: `bits 只能用于 uint16 和 int16, 此处是 ${type}`,
        en: `\`bits\` works with uint16 and int16 only, not with ${type}`,
        fixZh: "写 type: uint16, 地址指向该位所在的寄存器",
        fixEn: "write type: uint16 and the address of the register that holds the bits",
      }),
    ];
  }
  if (bits[0] <= bits[1]) return [];
  return [
    error({
      code: "E125",
      path: at,
      zh: `位段应先写低位: [${bits[0]}, ${bits[1]}]`,
      en: `the lowest bit comes first: [${bits[0]}, ${bits[1]}]`,
      fixZh: `改为 bits: [${bits[1]}, ${bits[0]}]`,
      fixEn: `change it to bits: [${bits[1]}, ${bits[0]}]`,
    }),
  ];
}

function statusRuleFindings({ status }: Register, path: Path): readonly Finding[] {
  return (status?.rules ?? []).flatMap((rule, index): readonly Finding[] => {
    const at = [...path, "status", "rules", index];
    if ((rule.bit === undefined) === (rule.equals === undefined)) {
      return [
        error({
          code: "E128",
          path: at,
          zh: "每条规则要写 bit 或 equals, 只写一个",
          en: "each rule has either `bit` or `equals`, and only one of them",
          fixZh: "例如 { bit: 2, quality: device-fault }",
          fixEn: "e.g. { bit: 2, quality: device-fault }",
        }),
      ];
    }
    if (rule.quality !== "good") return [];
    return [
      warning({
        code: "W128",
        path: [...at, "quality"],
        zh: "规则把质量定为 good: 不起作用",
        en: "a rule that says good changes nothing",
        fixZh: "写故障时的质量, 例如 device-fault 或 uncertain",
        fixEn: "write the quality in case of trouble, e.g. device-fault or uncertain",
      }),
    ];
  });
}

interface Placed {
  readonly register: Register;
  readonly address: number;
  readonly path: Path;
}

/** The value alone, and with its status and decimals registers, must fit into the table and one request. */
function spanFindings({
  register,
  address,
  device,
  path,
}: Placed & { readonly device: Device | null }): readonly Finding[] {
  const words = registerCount(register.type);
  if (address + words - 1 > addressMax) {
    return [
      error({
        code: "E123",
        path: [...path, register.modicon === undefined ? "address" : "modicon"],
        zh: `${register.type} 从地址 ${address} 起占 ${words} 个寄存器, 超出 65535`,
        en: `${register.type} at ${address} takes ${words} registers and runs past 65535`,
        fixZh: "核对地址和类型",
        fixEn: "check address and type",
      }),
    ];
  }
  const most = device?.maxRegisters ?? 125;
  if (words > most) {
    return [
      error({
        code: "E131",
        path: [...path, "type"],
        zh: `${register.type} 要一次读 ${words} 个寄存器, 设备的 maxRegisters 只有 ${most}`,
        en: `${register.type} needs ${words} registers in one request, the device's maxRegisters is ${most}`,
        fixZh: "加大 maxRegisters, 或换类型",
        fixEn: "raise maxRegisters, or choose another type",
      }),
    ];
  }
  const { from, to } = requestSpan(register, address);
  if (to - from + 1 <= most) return [];
  return [
    error({
      code: "E127",
      path: [...path, register.status === undefined ? "decimalsAt" : "status"],
      zh: `值和状态/小数位寄存器 (${from} 到 ${to}) 不能在一次请求中读完: 最多 ${most} 个`,
      en: `the value and its status or decimals register (${from} to ${to}) do not fit into one request of ${most}`,
      fixZh: "值和状态必须同时读取; 核对地址, 或另建一个测点",
      fixEn:
        "value and status must be read together; check the addresses, or make it a point of its own",
    }),
  ];
}

function requestSpan(register: Register, address: number): { from: number; to: number } {
  const others = [register.status?.address, register.decimalsAt].filter((at) => at !== undefined);
  return {
    from: Math.min(address, ...others),
    to: Math.max(address + registerCount(register.type) - 1, ...others),
  };
}

function holeFindings({
  register,
  address,
  device,
  path,
}: Placed & { readonly device: Device }): readonly Finding[] {
  const { from, to } = requestSpan(register, address);
  const hole = device.holes.find(([first, last]) => first <= to && last >= from);
  if (hole === undefined) return [];
  return [
    error({
      code: "E130",
      path: [...path, register.modicon === undefined ? "address" : "modicon"],
      zh: `寄存器 ${from}${to === from ? "" : ` 到 ${to}`} 碰到设备禁止读取的区段 [${hole.join(", ")}]`,
      en: `register ${from}${to === from ? "" : ` to ${to}`} touches the device's forbidden range [${hole.join(", ")}]`,
      fixZh: "核对地址, 或改正设备的 holes",
      fixEn: "check the address, or correct the device's `holes`",
    }),
  ];
}
