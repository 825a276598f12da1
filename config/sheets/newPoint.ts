/** A point that the site does not have yet, as the site file writes it: without what is the default anyway. Pure. */

import { type Word, word } from "../words/bilingual.ts";
import { fail, ok, type Result } from "../words/result.ts";
import type { SheetFinding } from "./finding.ts";
import { present } from "./present.ts";
import type { SheetPoint } from "./sheetPoint.ts";

type NewPoint = Readonly<Record<string, unknown>>;

export function newPoint(point: SheetPoint, device: string): Result<NewPoint, SheetFinding> {
  const { place, rangeLow, rangeHigh, kind } = point;
  if (place === undefined) return missing(point, word("寄存器地址", "register address"));
  if (kind === undefined) return missing(point, word("测量类型", "kind of measurement"));
  if (rangeLow === undefined || rangeHigh === undefined)
    return missing(point, word("量程", "range"));
  const limits = {
    ...point.limits,
    deadband: unless(point.deadband, 0),
    onDelay: unless(point.onDelay, "0s"),
    offDelay: unless(point.offDelay, "0s"),
  };
  const address =
    place.modicon === null
      ? { table: unless(place.table, "holding"), address: place.address }
      : { modicon: place.modicon };
  return ok(
    written({
      name: point.name,
      device,
      register: written({
        ...address,
        type: unless(point.type, "uint16"),
        order: unless(point.order, "ABCD"),
        bits: point.bits,
      }),
      kind,
      gas: point.gas,
      unit: unless(point.unit, ""),
      range: [rangeLow, rangeHigh],
      scale: isIdentity(point.scale) ? undefined : point.scale,
      decimals: point.decimals,
      every: unless(point.every, "1s"),
      limits: Object.values(limits).some((limit) => limit !== undefined)
        ? written(limits)
        : undefined,
    }),
  );
}

function isIdentity(scale: SheetPoint["scale"]): boolean {
  return scale !== undefined && "factor" in scale && scale.factor === 1 && scale.offset === 0;
}

function unless<T>(value: T | undefined, usual: T): T | undefined {
  return value === usual ? undefined : value;
}

export function written(fields: Readonly<Record<string, unknown>>): NewPoint {
  return present(fields);
}

function missing({ at, tag }: SheetPoint, what: Word): Result<never, SheetFinding> {
  return fail({
    severity: "rejected",
    at,
    what: word(`${tag} 是新测点, 缺少${what.zh}`, `${tag} is a new point and has no ${what.en}`),
    cure: word("在这一行补上", "write it in this row"),
  });
}
