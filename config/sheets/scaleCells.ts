/** The columns of a scale -> one of the site file's three forms. Pure. */

import type { Scale } from "../site.ts";
import { word } from "../words/bilingual.ts";
import type { Refusal } from "./addresses.ts";
import type { Field } from "./columns.ts";

type NumberOf = (field: Field) => number | undefined;
type Ends = readonly [number | undefined, number | undefined];

export type ScaleRefusal = Refusal & { readonly field: Field };

/** Undefined: no scale is written. `range` stands in for what the raw values mean. */
export function scaleOf(number: NumberOf, range: Ends): Scale | ScaleRefusal | undefined {
  const linear: Ends = [number("factor"), number("offset")];
  const raw: Ends = [number("rawLow"), number("rawHigh")];
  const loop: Ends = [number("loopLow"), number("loopHigh")];
  if (!isAny(raw) && !isAny(loop)) return linearScale(linear);
  // Lists write a factor of 1 into every row.
  const isLinear = !isIdentity(linear);
  if (isLinear || (isAny(raw) && isAny(loop))) return severalForms;
  if (isAny(loop)) return isPair(loop) ? { loop: [...loop] } : { field: "loopLow", ...halfPair };
  return rawScale(raw, [number("engLow") ?? range[0], number("engHigh") ?? range[1]]);
}

function linearScale(linear: Ends): Scale | undefined {
  return isAny(linear) ? { factor: linear[0] ?? 1, offset: linear[1] ?? 0 } : undefined;
}

function isIdentity([factor = 1, offset = 0]: Ends): boolean {
  return factor === 1 && offset === 0;
}

function rawScale(raw: Ends, to: Ends): Scale | ScaleRefusal {
  if (!isPair(raw)) return { field: "rawLow", ...halfPair };
  return isPair(to) ? { raw: [...raw], to: [...to] } : { field: "rawLow", ...noEnds };
}

function isAny(ends: Ends): boolean {
  return ends[0] !== undefined || ends[1] !== undefined;
}

function isPair(ends: Ends): ends is readonly [number, number] {
  return ends[0] !== undefined && ends[1] !== undefined;
}

const severalForms: ScaleRefusal = {
  field: "factor",
  what: word("换算写了不止一种", "more than one way of scaling is given"),
  cure: word(
    "只用一种: 倍率和偏移, 或原始值上下限, 或 4/20mA 原始值",
    "use one: factor and offset, or raw low and high, or raw at 4 and 20 mA",
  ),
};
const halfPair: Refusal = {
  what: word("上下两端要一起写", "both ends are needed"),
  cure: word("补上另一端", "write the other end too"),
};
const noEnds: Refusal = {
  what: word("不知道原始值对应什么", "what the raw values stand for is not given"),
  cure: word("填写量程下限和上限", "write the low and high end of the range"),
};
