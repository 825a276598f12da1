/** Words in the cells of a point list -> words of the site file. Pure. */

import { pointKinds } from "../shape/point.ts";
import { byteOrders, type Register, registerTypes } from "../site.ts";

type Kind = (typeof pointKinds)[number];
type Table = Register["table"];
type Type = Register["type"];
type Order = Register["order"];

function vocabulary<Value extends string>(
  own: readonly Value[],
  lines: Partial<Readonly<Record<Value, string>>>,
): (text: string) => Value | null {
  const words = new Map<string, Value>(own.map((value) => [plain(value), value]));
  for (const value of own) {
    for (const other of (lines[value] ?? "").split(" ")) words.set(plain(other), value);
  }
  return (text) => words.get(plain(text)) ?? null;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, "");
}

export const kindOf: (text: string) => Kind | null = vocabulary<Kind>(pointKinds, {
  level: "液位 料位 物位",
  pressure: "压力 压强 差压",
  temperature: "温度 temp",
  "gas-combustible": "可燃气体 可燃 可燃气 combustible 可燃气体浓度",
  "gas-toxic": "有毒气体 有毒 毒性气体 toxic 有毒气体浓度",
  oxygen: "氧气 氧含量 氧浓度 o2",
  flow: "流量 瞬时流量",
  rain: "雨量 降雨量",
  wind: "风速 风 风向",
  "water-level": "水位",
  state: "状态 开关量 开关 阀位状态 运行状态 status digital",
  other: "其他 其它",
});

export const typeOf: (text: string) => Type | null = vocabulary<Type>(registerTypes, {
  bool: "boolean 布尔 布尔型 开关量 位 bit",
  int16: "short 短整型 有符号16位 16位有符号 16位有符号整数 signed16 s16 i16",
  uint16: "word ushort 无符号16位 16位无符号 16位无符号整数 unsigned16 u16",
  int32: "dint 长整型 有符号32位 32位有符号 32位有符号整数 signed32 s32 i32",
  uint32: "dword udint 无符号32位 32位无符号 32位无符号整数 unsigned32 u32",
  int64: "lint 64位有符号 s64 i64",
  uint64: "ulint 64位无符号 u64",
  float32: "float real 浮点 浮点型 浮点数 单精度 单精度浮点 32位浮点 32位浮点数 f32 single",
  float64: "double lreal 双精度 双精度浮点 64位浮点 64位浮点数 f64",
  bcd16: "bcd",
  bcd32: "",
});

export const orderOf: (text: string) => Order | null = vocabulary<Order>(byteOrders, {
  ABCD: "大端 大端模式 bigendian big 1234 abcdefgh ab",
  CDAB: "字交换 3412 wordswap wordswapped",
  BADC: "字节交换 2143 byteswap byteswapped",
  DCBA: "小端 小端模式 littleendian little 4321",
});

export const tableOf: (text: string) => Table | null = vocabulary<Table>(
  ["coil", "discrete", "input", "holding"],
  {
    coil: "coils 线圈 线圈寄存器 0x 输出线圈",
    discrete: "discreteinput discreteinputs 离散输入 离散量输入 触点 1x 输入状态",
    input: "inputregister inputregisters 输入寄存器 3x",
    holding: "holdingregister holdingregisters 保持寄存器 保持 4x",
  },
);

const tables: Readonly<Record<string, Table>> = {
  "1": "coil",
  "2": "discrete",
  "3": "holding",
  "4": "input",
};

export function tableOfFunction(text: string): Table | null {
  return tables[text.replace(/^(?:fc|0x)?0*/i, "")] ?? null;
}

const isaKinds: Readonly<Record<string, Kind>> = {
  L: "level",
  P: "pressure",
  T: "temperature",
  F: "flow",
};

/** By the first letter of ISA-5.1 where transmitter or indicator letters follow: LT-101, PIT101, PDT-2, TIA-3; else null. */
export function kindOfTag(tag: string): Kind | null {
  const [, first = ""] = /^([LPTF])D?(?:T|IT|I|IA|IC|ICA|IR|E)[-_ ]?\d/.exec(tag) ?? [];
  return isaKinds[first] ?? null;
}
