/** Where a value is in a device, and how its words become a number. */

import { z } from "zod";
import { qualities } from "../words/quality.ts";
import { says } from "./says.ts";

export const registerTypes = [
  "bool",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float32",
  "float64",
  "bcd16",
  "bcd32",
] as const;
export const byteOrders = ["ABCD", "CDAB", "BADC", "DCBA"] as const;

const address = z.int().min(0).max(65535);
const bit = z.int().min(0).max(15);

const statusRule = z.strictObject({
  bit: bit
    .optional()
    .describe(says("此位为 1 时成立 (0 是最低位)", "true when this bit (0 = lowest) is set")),
  equals: address
    .optional()
    .describe(says("状态字等于此值时成立", "true when the word has this value")),
  quality: z.enum(qualities).describe(says("成立时测量值的质量", "the quality of the value then")),
});

export const register = z.strictObject({
  table: z
    .enum(["coil", "discrete", "input", "holding"])
    .default("holding")
    .describe(
      says(
        "coil 线圈 (功能码 1), discrete 离散输入 (2), holding 保持寄存器 (3), input 输入寄存器 (4)",
        "table of the device; read with function code 1, 2, 3 or 4",
      ),
    ),
  address: address
    .optional()
    .describe(says("从 0 数的地址, 即报文里的地址", "0-based address as on the wire")),
  modicon: z
    .int()
    .min(1)
    .max(465536)
    .optional()
    .describe(
      says(
        "说明书里从 1 数的编号, 如 40001 或 30017; 写它就不写 table 和 address",
        "1-based number as printed in manuals, e.g. 40001 or 30017; instead of table + address",
      ),
    ),
  type: z.enum(registerTypes).default("uint16").describe(says("数据类型", "data type")),
  order: z
    .enum(byteOrders)
    .default("ABCD")
    .describe(
      says(
        "32/64 位值的字节序: ABCD 大端, CDAB 字交换, BADC 字节交换, DCBA 小端",
        "byte order of 32/64-bit values: ABCD big endian, CDAB words swapped, BADC, DCBA",
      ),
    ),
  bits: z
    .tuple([bit, bit])
    .optional()
    .describe(
      says(
        "取 16 位寄存器的位段 [低位, 高位], 按无符号数; 单独一位写 [n, n]",
        "bit field [lowest, highest] of a 16-bit register, as an unsigned number",
      ),
    ),
  sentinels: z
    .array(z.number())
    .default([])
    .describe(
      says(
        "表示无效的原始值, 如 0x7FFF 或 0xFFFF",
        "raw values that mean no value, e.g. 0x7FFF or 0xFFFF",
      ),
    ),
  status: z
    .strictObject({
      address: address.describe(
        says("状态字的地址, 从 0 数", "0-based address of the status word"),
      ),
      rules: z
        .array(statusRule)
        .min(1)
        .describe(
          says("依次判断, 首个成立的有效", "judged in order; the first that is true counts"),
        ),
    })
    .optional()
    .describe(
      says(
        "同一表中的状态字, 与值同一请求读取, 决定质量",
        "a status word of the same table, read in the same request, that decides the quality",
      ),
    ),
  decimalsAt: address
    .optional()
    .describe(
      says(
        "同一表中存放小数位数的寄存器",
        "register of the same table holding the number of decimals of this value",
      ),
    ),
});
