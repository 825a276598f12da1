/** Heads of a point list that do not say by themselves which column they are. Pure. */

import type { Field } from "./columns.ts";

/** Heads that mean one of several things: the content of the column, and what other columns there are, decide. */
export const doubtful: Readonly<Record<string, readonly Field[]>> = {
  unit: ["unitId", "unit"],
  单元: ["unitId", "unit"],
  地址: ["unitId", "address"],
  address: ["unitId", "address"],
  addr: ["unitId", "address"],
  类型: ["kind", "type"],
  type: ["kind", "type"],
  上限: ["rangeHigh", "h"],
  下限: ["rangeLow", "l"],
  上限值: ["rangeHigh", "h"],
  下限值: ["rangeLow", "l"],
  max: ["rangeHigh", "h"],
  min: ["rangeLow", "l"],
};
/** Heads that say nothing about a point and are passed over without a word. */
export const passedOver: ReadonlySet<string> = new Set(
  "序号 编号 no no. 备注 remark remarks note notes comment #".split(" "),
);
