/** Why a cell of a point list cannot be taken, and what to write instead. Pure. */

import { word } from "../words/bilingual.ts";
import type { Refusal } from "./addresses.ts";
import type { SheetFinding } from "./finding.ts";
import type { SheetPoint } from "./sheetPoint.ts";

export interface Words {
  readonly zh: string;
  readonly en: string;
  readonly cureZh: string;
  readonly cureEn: string;
}

function words(zh: string, en: string, cureZh: string, cureEn: string): Words {
  return { zh, en, cureZh, cureEn };
}

export const numberWords: Words = words(
  "不是数字",
  "is no number",
  "只写数字, 单位写在“单位”一列",
  "write the number alone, its unit in the unit column",
);
export const durationWords: Words = words(
  "不是时长",
  "is no duration",
  "写 1s、500ms、5min, 或在表头写单位: 周期(s)",
  "write 1s, 500ms or 5min, or the unit in the head: Period (s)",
);
export const rangeWords: Words = words(
  "不是量程",
  "is no range",
  "写 0-12000 或 -20~60, 或分成两列",
  "write 0-12000 or -20~60, or use two columns",
);
export const kindWords: Words = words(
  "不是测量类型",
  "is no kind of measurement",
  "写 液位、压力、温度、可燃气体、有毒气体、氧气、流量、雨量、风速、水位、状态或其他",
  "write level, pressure, temperature, gas-combustible, gas-toxic, oxygen, flow, rain, wind, water-level, state or other",
);
export const typeWords: Words = words(
  "不是数据类型",
  "is no data type",
  "写 bool int16 uint16 int32 uint32 int64 uint64 float32 float64 bcd16 或 bcd32",
  "write bool, int16, uint16, int32, uint32, int64, uint64, float32, float64, bcd16 or bcd32",
);
export const orderWords: Words = words(
  "不是字节序",
  "is no byte order",
  "写 ABCD (大端)、CDAB (字交换)、BADC 或 DCBA (小端)",
  "write ABCD, CDAB, BADC or DCBA",
);
export const tableWords: Words = words(
  "不是寄存器类型",
  "is no register table",
  "写 保持寄存器、输入寄存器、线圈、离散输入, 功能码写 1 到 4",
  "write holding, input, coil or discrete; a function code is 1 to 4",
);
export const unitIdWords: Words = words(
  "不是从站地址",
  "is no unit id",
  "写 1 到 247 的整数",
  "write a whole number, 1 to 247",
);
export const bitWords: Words = words(
  "不是位",
  "is no bit",
  "写 0 到 15, 或 低位-高位, 如 4-7",
  "write 0 to 15, or lowest-highest such as 4-7",
);
export const decimalsWords: Words = words(
  "不是小数位数",
  "is no number of decimals",
  "写 0 到 9",
  "write 0 to 9",
);
export const casWords: Words = words(
  "不是 CAS 号",
  "is no CAS number",
  "写作 71-43-2",
  "write it as 71-43-2",
);
export const longWords: Words = words(
  "太长",
  "is too long",
  "最多 200 个字符",
  "200 characters at most",
);
export const idWords: Words = words(
  "不能作名称",
  "cannot be a name",
  "只用文字、数字和 . _ -, 不含空格, 最多 64 个字符",
  "letters, digits and . _ - only, no blanks, 64 characters at most",
);

export const noTag: Refusal = {
  what: word("没有位号", "there is no tag"),
  cure: word("填写位号, 或删除这一行", "write the tag, or delete the row"),
};
export const addressTwice: Refusal = {
  what: word("地址写了两次", "the address is given twice"),
  cure: word("只留一列地址", "leave one of the address columns empty"),
};

export function brokenCell(broken: "date" | "error", text: string): Refusal {
  return broken === "date"
    ? {
        what: word(`Excel 把它当成了日期 (${text})`, `Excel made it a date (${text})`),
        cure: word("单元格格式改为文本, 重新输入", "format the cell as text and type it again"),
      }
    : {
        what: word(`公式出错: ${text}`, `the formula fails: ${text}`),
        cure: word("改正公式, 或直接写数值", "correct the formula, or write the value itself"),
      };
}

export function tagTwice({ at, tag }: SheetPoint, before: string): SheetFinding {
  return {
    severity: "rejected",
    at,
    what: word(`位号 ${tag} 已在 ${before}`, `tag ${tag} is in ${before} already`),
    cure: word(
      "位号不能重复 (合并的单元格也算)",
      "a tag may stand once only (a merged cell counts for each row)",
    ),
  };
}
