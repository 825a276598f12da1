/** A site's points -> the rows of a sheet, in the form that the import reads. Pure. */

import type { Device, Point, Site } from "../site.ts";
import type { Lang } from "../words/bilingual.ts";
import { columns, type Field } from "./columns.ts";
import { durationText } from "./numbers.ts";
import { limitFields } from "./sheetPoint.ts";

export type ExportCell = string | number | null;

/** The head first. Every row as long as the head. */
export function exportTable(site: Site, lang: Lang): readonly (readonly ExportCell[])[] {
  const shown = columns.filter(({ field }) => !leftOut.has(field));
  const tankOf = new Map(
    Object.entries(site.tanks).flatMap(([id, tank]) =>
      tank.points.map((tag) => [tag, { id, tank }]),
    ),
  );
  const rows = Object.entries(site.points).map(([tag, point]) => {
    const home = tankOf.get(tag);
    const cells: Cells = {
      tag,
      ...pointCells(point, site.devices[point.device]),
      ...scaleCells(point),
      ...limitCells(point),
      ...(home === undefined
        ? {}
        : { tank: home.id, medium: home.tank.medium, cas: home.tank.cas }),
    };
    return shown.map(({ field }) => cells[field] ?? null);
  });
  return [shown.map((column) => column[lang]), ...rows];
}

/** Other ways to write what stands in another column. */
const leftOut: ReadonlySet<Field> = new Set(["functionCode", "address", "address1", "range"]);

type Cells = Partial<Record<Field, ExportCell | undefined>>;

function pointCells(point: Point, device: Device | undefined): Cells {
  const { register } = point;
  return {
    name: point.name,
    kind: point.kind,
    gas: point.gas,
    device: point.device,
    bus: device?.bus,
    unitId: device?.unit,
    table: register.modicon === undefined ? register.table : undefined,
    address0: register.address,
    modicon: register.modicon,
    bit: register.bits?.join("-"),
    type: register.type,
    order: register.order,
    rangeLow: point.range[0],
    rangeHigh: point.range[1],
    unit: point.unit === "" ? undefined : point.unit,
    decimals: point.decimals,
    every: durationText(point.every),
  };
}

function scaleCells({ scale }: Point): Cells {
  if (scale === undefined) return {};
  if ("factor" in scale) return { factor: scale.factor, offset: scale.offset };
  if ("loop" in scale) return { loopLow: scale.loop[0], loopHigh: scale.loop[1] };
  return {
    rawLow: scale.raw[0],
    rawHigh: scale.raw[1],
    engLow: scale.to[0],
    engHigh: scale.to[1],
  };
}

function limitCells({ limits }: Point): Cells {
  if (limits === undefined) return {};
  const cells: Cells = {
    deadband: limits.deadband,
    onDelay: durationText(limits.onDelay),
    offDelay: durationText(limits.offDelay),
  };
  for (const field of limitFields) {
    const limit = limits[field];
    cells[field] = typeof limit === "object" ? limit.at : limit;
  }
  return cells;
}
