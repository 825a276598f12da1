/** The columns of a point list: THE table from which import, export and manual page are made. Pure. */

import { type Word, word } from "../words/bilingual.ts";

export interface Column {
  readonly field: string;
  /** Heads of an exported sheet. */
  readonly zh: string;
  readonly en: string;
  /** Other heads that mean the same, lower case, without blanks. */
  readonly aliases: readonly string[];
  readonly says: Word;
  readonly example: string;
}

function column<const Field extends string>(
  field: Field,
  [zh, en]: readonly [string, string],
  aliases: string,
  [sayZh, sayEn, example]: readonly [string, string, string],
): Column & { readonly field: Field } {
  const others = aliases === "" ? [] : aliases.split(" ");
  return { field, zh, en, aliases: others, says: word(sayZh, sayEn), example };
}

export const columns = [
  column(
    "tag",
    ["位号", "Tag"],
    "测点 测点位号 仪表位号 点位 点名 测点名 tagno tagname point pointid",
    ["位号, 必填", "plant tag; required", "LT-101"],
  ),
  column("name", ["名称", "Name"], "测点名称 点位名称 描述 测点描述 说明 用途 description desc", [
    "给人看的名称",
    "name for people",
    "苯储罐液位",
  ]),
  column(
    "kind",
    ["测量类型", "Kind"],
    "测点类型 参数类型 测量参数 监测类型 参数 measurement quantity",
    [
      "液位、压力、温度、可燃气体、有毒气体、氧气、流量、雨量、风速、水位、状态、其他; 空着时按位号的 ISA 字母 (LT、PT、TT、FT)",
      "level, pressure, temperature, gas-combustible, ...; when empty, the ISA letters of the tag (LT, PT, TT, FT) decide",
      "液位",
    ],
  ),
  column("gas", ["气体", "Gas"], "气体种类 探测气体 检测气体 被测气体 gastype", [
    "探测器的气体",
    "the gas a detector is set to",
    "H2S",
  ]),
  column(
    "device",
    ["设备", "Device"],
    "设备名称 设备名 所属设备 仪表 仪表名称 从站名称 devicename instrument",
    [
      "设备; 已有的用站点文件里的名称; 没有的连同总线和从站地址写, 会新建",
      "device; by its name in the site file; a new one with bus and unit id",
      "罐表-101",
    ],
  ),
  column("bus", ["总线", "Bus"], "总线名称 通道 通道名称 线路 端口 busname channel line", [
    "总线的名称, 或 Modbus TCP 的 IP 地址",
    "bus by its name, or the IP address of a Modbus TCP device",
    "RS485-1",
  ]),
  column(
    "unitId",
    ["从站地址", "Unit id"],
    "从站 站号 从站号 从机地址 从机 单元号 单元标识 设备地址 modbus地址 modbusid slave slaveid slaveaddress station stationno unitid",
    ["从站地址 1 到 247", "Modbus unit id, 1 to 247", "3"],
  ),
  column(
    "table",
    ["寄存器类型", "Table"],
    "寄存器区 存储区 数据区 区 寄存器种类 registertype area memory",
    [
      "保持/输入寄存器、线圈、离散输入, 或 4x 3x 0x 1x; 空着为保持寄存器",
      "holding, input, coil, discrete, or 4x 3x 0x 1x; empty: holding",
      "保持寄存器",
    ],
  ),
  column("functionCode", ["功能码", "Function code"], "读功能码 fc function func", [
    "1、2、3 或 4, 代替寄存器类型",
    "1, 2, 3 or 4, instead of the table",
    "3",
  ]),
  column(
    "address",
    ["寄存器地址", "Register"],
    "寄存器 寄存器号 起始地址 起始寄存器 点地址 registeraddress registerno startaddress",
    [
      "40001 式编号、4x0001、0x0010 或数字; 数字从 0 还是从 1 数须能看出 (列里有 0, 表头写明, 或 --base)",
      "40001 style, 4x0001, 0x0010 or a number; whether numbers begin at 0 or 1 must be clear (a 0 in the column, the head, or --base)",
      "40001",
    ],
  ),
  column(
    "address0",
    ["寄存器地址(从0)", "Register (from 0)"],
    "pdu地址 报文地址 协议地址 寄存器地址(从0开始) 寄存器地址(0基) 寄存器地址(pdu) pduaddress register(pdu) register(0-based) address(0-based) address(from0)",
    ["从 0 数的报文地址", "address on the wire, from 0", "0"],
  ),
  column(
    "address1",
    ["寄存器地址(从1)", "Register (from 1)"],
    "寄存器地址(从1开始) 寄存器地址(1基) register(1-based) address(1-based) address(from1)",
    ["从 1 数的地址", "address counted from 1", "1"],
  ),
  column(
    "modicon",
    ["Modicon编号", "Modicon number"],
    "plc地址 plc编号 modicon modicon地址 modiconaddress",
    ["40001 式编号", "number such as 40001", "40001"],
  ),
  column("bit", ["位", "Bit"], "位号(bit) 位序 bit位 第几位 bits bitno", [
    "寄存器里的位, 或位段 低位-高位",
    "bit of the register, or lowest-highest",
    "3",
  ]),
  column("type", ["数据类型", "Data type"], "数据格式 格式 变量类型 datatype format", [
    "bool int16 uint16 int32 uint32 int64 uint64 float32 float64 bcd16 bcd32, 或 浮点、整型等",
    "bool, int16, ... float64, bcd32, or float, double, short, ...",
    "float32",
  ]),
  column("order", ["字节序", "Byte order"], "字节顺序 字序 byteorder wordorder endian endianness", [
    "ABCD CDAB BADC DCBA, 或 大端、小端、字交换、字节交换",
    "ABCD, CDAB, BADC, DCBA, or big endian, little endian",
    "CDAB",
  ]),
  column(
    "rangeLow",
    ["量程下限", "Range low"],
    "量程低限 测量下限 量程低 量程起点 工程下限 rangemin rangelo rangelower lrv",
    ["量程下限, 按工程单位", "low end of the range", "0"],
  ),
  column(
    "rangeHigh",
    ["量程上限", "Range high"],
    "量程高限 测量上限 量程高 量程终点 工程上限 rangemax rangehi rangeupper urv",
    ["量程上限", "high end of the range", "12000"],
  ),
  column("range", ["量程", "Range"], "测量范围 量程范围 measuringrange span", [
    "代替两列: 0-12000、-20~60",
    "instead of the two: 0-12000, -20~60",
    "0~12000",
  ]),
  column(
    "unit",
    ["单位", "Engineering unit"],
    "工程单位 量纲 计量单位 units engunit engineeringunits uom eu",
    ["工程单位", "engineering unit", "mm"],
  ),
  column(
    "factor",
    ["倍率", "Factor"],
    "系数 乘数 比例 比例系数 换算系数 转换系数 分辨率 scale multiplier gain",
    ["原始值乘以它", "the raw value is multiplied by it", "0.1"],
  ),
  column("offset", ["偏移", "Offset"], "偏移量 零点偏移 加数", [
    "再加上它",
    "then this is added",
    "0",
  ]),
  column("rawLow", ["原始值下限", "Raw low"], "原始下限 码值下限 rawmin rawlo", [
    "对应工程值下限的原始值",
    "raw value at the low end",
    "0",
  ]),
  column("rawHigh", ["原始值上限", "Raw high"], "原始上限 码值上限 rawmax rawhi", [
    "对应工程值上限的原始值",
    "raw value at the high end",
    "27648",
  ]),
  column("engLow", ["对应值下限", "Value at raw low"], "对应下限 换算下限 scaledlow", [
    "空着为量程下限",
    "empty: low end of the range",
    "0",
  ]),
  column("engHigh", ["对应值上限", "Value at raw high"], "对应上限 换算上限 scaledhigh", [
    "空着为量程上限",
    "empty: high end of the range",
    "12000",
  ]),
  column("loopLow", ["4mA原始值", "Raw at 4 mA"], "4ma码值 4ma rawat4ma", [
    "4 mA 时的原始值",
    "raw value at 4 mA",
    "4000",
  ]),
  column("loopHigh", ["20mA原始值", "Raw at 20 mA"], "20ma码值 20ma rawat20ma", [
    "20 mA 时的原始值",
    "raw value at 20 mA",
    "20000",
  ]),
  column("decimals", ["小数位数", "Decimals"], "小数 小数位 小数点位数 精度位数 decimalplaces", [
    "小数位数 0 到 9",
    "decimals, 0 to 9",
    "1",
  ]),
  column(
    "every",
    ["周期", "Period"],
    "采集周期 轮询周期 扫描周期 采样周期 every interval scanperiod pollinterval",
    [
      "1s、500ms、5min; 纯数字须表头写单位, 如 周期(s)",
      "1s, 500ms, 5min; bare numbers need a head such as Period (s)",
      "1s",
    ],
  ),
  column(
    "ll",
    ["低低报", "LL"],
    "低低报值 低低限 低低报警 低低报警值 低低 下下限 lowlow lal lall alarmll",
    ["低低报限值", "low-low limit", "800"],
  ),
  column("l", ["低报", "L"], "低报值 低限 低报警 低报警值 报警下限 低限报警 low lowalarm alarml", [
    "低报限值",
    "low limit",
    "1500",
  ]),
  column(
    "h",
    ["高报", "H"],
    "高报值 高限 高报警 高报警值 报警上限 高限报警 high highalarm alarmh",
    [
      "高报限值; 可燃和有毒气体为一级 (gas1)",
      "high limit; of combustible and toxic gas: gas1",
      "10000",
    ],
  ),
  column(
    "hh",
    ["高高报", "HH"],
    "高高报值 高高限 高高报警 高高报警值 高高 上上限 highhigh hah hahh alarmhh",
    [
      "高高报限值; 可燃和有毒气体为二级 (gas2)",
      "high-high limit; of combustible and toxic gas: gas2",
      "11000",
    ],
  ),
  column("gas1", ["气体高报", "Gas high"], "gas1 气体高报警 气体一段报警", [
    "气体高报, GB/T 50493",
    "gas high, GB/T 50493",
    "25",
  ]),
  column("gas2", ["气体高高报", "Gas high-high"], "gas2 气体高高报警 气体二段报警", [
    "气体高高报",
    "gas high-high",
    "50",
  ]),
  column("gas3", ["气体三段报警", "Gas third"], "gas3", [
    "第三级, 高于 gas2",
    "third gas limit",
    "80",
  ]),
  column("o2Low", ["氧气低报", "O2 low"], "o2low 氧低报", ["氧气低报", "oxygen low", "19.5"]),
  column("o2High", ["氧气高报", "O2 high"], "o2high 氧高报", ["氧气高报", "oxygen high", "23.5"]),
  column("rate", ["变化率", "Rate limit"], "变化率报警 变化率限值 ratelimit", [
    "每分钟最大变化量",
    "largest change a minute",
    "300",
  ]),
  column("deadband", ["报警死区", "Alarm deadband"], "死区 回差 回滞 deadband hysteresis", [
    "退回多少才算恢复",
    "way back before a limit returns",
    "50",
  ]),
  column("onDelay", ["报警延时", "On delay"], "延时 报警延迟 ondelay", [
    "越限多久才报警",
    "how long beyond before the alarm",
    "5s",
  ]),
  column("offDelay", ["恢复延时", "Off delay"], "恢复延迟 offdelay", [
    "恢复多久才消除",
    "how long within before the return",
    "10s",
  ]),
  column("tank", ["储罐", "Tank"], "罐号 所属储罐 储罐编号 罐 罐位号 tankid vessel", [
    "储罐; 没有的会新建",
    "tank; a new one is made",
    "V-101",
  ]),
  column("medium", ["介质", "Medium"], "物料 储存介质 介质名称 物质 product material", [
    "储罐的介质",
    "what the tank holds",
    "苯",
  ]),
  column("cas", ["CAS号", "CAS"], "cas cas编号 casno casnumber", [
    "介质的 CAS 号",
    "CAS number of the medium",
    "71-43-2",
  ]),
] as const;

export type Field = (typeof columns)[number]["field"];
