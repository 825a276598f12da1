/** A point list beside a site -> what would change, for people, and the edits that do it. Pure. */

import type { Point, Site } from "../site.ts";
import { wireAddress } from "../words/registerAddress.ts";
import { fail, ok, type Result } from "../words/result.ts";
import { duration } from "../words/units.ts";
import { DeviceBook } from "./deviceBook.ts";
import type { Change, Edit } from "./edit.ts";
import type { SheetFinding } from "./finding.ts";
import { newPoint, written } from "./newPoint.ts";
import type { SheetPoint } from "./sheetPoint.ts";
import { tankEdits } from "./tankPlan.ts";

export interface ImportPlan {
  readonly edits: readonly Edit[];
  readonly changes: readonly Change[];
  readonly findings: readonly SheetFinding[];
  /** Points of the sheet that the site holds in just this way. */
  readonly same: number;
}

/** `replace`: what the sheet does not name, goes. */
export function planImport(
  site: Site,
  points: readonly SheetPoint[],
  replace: boolean,
): ImportPlan {
  const book = new DeviceBook(site);
  const findings: SheetFinding[] = [];
  const taken: SheetPoint[] = [];
  const plans: Planned[] = [];
  for (const point of points) {
    const planned = onePoint(site, book, { point, replace });
    if (!planned.ok) findings.push(planned.error);
    else {
      taken.push(point);
      plans.push(planned.value);
    }
  }
  const made = book.made(new Set(taken.map(({ tag }) => tag)));
  const gone = replace ? removed(site, new Set(points.map(({ tag }) => tag))) : noPlan;
  const tanks = tankEdits(site, taken);
  const real = plans.filter(({ edits }) => edits.length > 0);
  return {
    edits: [...made.edits, ...real.flatMap(({ edits }) => edits), ...gone.edits, ...tanks.edits],
    changes: [
      ...made.changes,
      ...real.map(({ change }) => change),
      ...gone.changes,
      ...tanks.changes,
    ],
    findings: [...findings, ...tanks.findings],
    same: plans.length - real.length,
  };
}

function onePoint(
  site: Site,
  book: DeviceBook,
  { point, replace }: { readonly point: SheetPoint; readonly replace: boolean },
): Result<Planned, SheetFinding> {
  const before = Object.hasOwn(site.points, point.tag) ? site.points[point.tag] : undefined;
  const device = book.deviceOf(point, before?.device ?? null);
  if (!device.ok) return fail({ severity: "rejected", ...device.error });
  if (before === undefined) return added(point, device.value);
  return ok(changed(point, device.value, { before, replace }));
}

const noPlan = { edits: [], changes: [] } as const;

interface Planned {
  readonly edits: readonly Edit[];
  readonly change: Change;
}

function added(point: SheetPoint, device: string): Result<Planned, SheetFinding> {
  const made = newPoint(point, device);
  if (!made.ok) return made;
  const { at, tag: id } = point;
  const fields = Object.entries(made.value).map(([field, after]) => ({
    ...{ field, before: undefined, after },
  }));
  return ok({
    edits: [{ do: "set", path: ["points", id], value: made.value }],
    change: { kind: "add", what: "point", id, at, fields },
  });
}

interface Existing {
  readonly before: Point;
  readonly replace: boolean;
}

function changed(point: SheetPoint, device: string, { before, replace }: Existing): Planned {
  const root = ["points", point.tag];
  const fields: Change["fields"][number][] = [];
  const edits: Edit[] = [];
  const set = (path: readonly (string | number)[], was: unknown, after: unknown): void => {
    if (after === undefined || same(was, after)) return;
    edits.push({ do: "set", path: [...root, ...path], value: after });
    fields.push({ field: path.join("."), before: was, after });
  };
  set(["name"], before.name, point.name);
  set(["kind"], before.kind, point.empty.has("kind") ? undefined : point.kind);
  set(["gas"], before.gas, point.gas);
  set(["device"], before.device, device);
  set(["unit"], before.unit, point.unit);
  set(["range", 0], before.range[0], point.rangeLow);
  set(["range", 1], before.range[1], point.rangeHigh);
  set(["decimals"], before.decimals, point.decimals);
  if (point.every !== undefined && duration.parse(point.every) !== before.every) {
    set(["every"], before.every, point.every);
  }
  setRegister(before, point, set);
  setScale(before, point, set);
  setLimits(before, point, set);
  if (replace)
    clear(before, point, (path, was) => {
      edits.push({ do: "remove", path: [...root, ...path] });
      fields.push({ field: path.join("."), before: was, after: undefined });
    });
  return { edits, change: { kind: "change", what: "point", id: point.tag, at: point.at, fields } };
}

type Set = (path: readonly (string | number)[], was: unknown, after: unknown) => void;

function setRegister(
  { register }: Point,
  { place, type, order, bits }: SheetPoint,
  set: Set,
): void {
  set(["register", "type"], register.type, type);
  set(["register", "order"], register.order, order);
  set(["register", "bits"], register.bits, bits);
  const was = wireAddress(register);
  if (place === undefined) return;
  if (was !== null && was.table === place.table && was.address === place.address) return;
  if (register.modicon !== undefined) {
    set(["register", "modicon"], register.modicon, modiconOf(place.table, place.address));
    return;
  }
  set(["register", "table"], register.table, place.table);
  set(["register", "address"], register.address, place.address);
}

const prefixes = { coil: "0", discrete: "1", input: "3", holding: "4" } as const;

function modiconOf(table: keyof typeof prefixes, address: number): number {
  const number = String(address + 1);
  return Number(prefixes[table] + number.padStart(number.length > 4 ? 5 : 4, "0"));
}

function setScale(before: Point, { scale }: SheetPoint, set: Set): void {
  if (scale === undefined) return;
  const isIdentity = "factor" in scale && scale.factor === 1 && scale.offset === 0;
  if (before.scale === undefined && isIdentity) return;
  set(["scale"], before.scale, scale);
}

function setLimits({ limits }: Point, point: SheetPoint, set: Set): void {
  const durations = { onDelay: point.onDelay, offDelay: point.offDelay };
  if (limits === undefined) {
    const made = written({ ...point.limits, deadband: point.deadband, ...durations });
    if (Object.keys(made).length > 0) set(["limits"], undefined, made);
    return;
  }
  for (const [name, at] of Object.entries(point.limits)) {
    const was = limits[name as keyof SheetPoint["limits"]];
    if (typeof was === "object") set(["limits", name, "at"], was.at, at);
    else set(["limits", name], was, at);
  }
  set(["limits", "deadband"], limits.deadband, point.deadband);
  for (const name of ["onDelay", "offDelay"] as const) {
    const after = durations[name];
    if (after !== undefined && duration.parse(after) !== limits[name]) {
      set(["limits", name], limits[name], after);
    }
  }
}

/** With `replace`, an empty cell takes a limit, a name, ... away. Needed fields and those with a default stay. */
function clear(
  before: Point,
  { empty }: SheetPoint,
  remove: (path: readonly string[], was: unknown) => void,
): void {
  for (const field of ["name", "gas", "decimals"] as const) {
    if (empty.has(field) && before[field] !== undefined) remove([field], before[field]);
  }
  for (const [name, was] of Object.entries(before.limits ?? {})) {
    if (empty.has(name) && !["deadband", "onDelay", "offDelay"].includes(name)) {
      remove(["limits", name], was);
    }
  }
}

function removed(site: Site, kept: ReadonlySet<string>): Pick<ImportPlan, "edits" | "changes"> {
  const gone = Object.keys(site.points).filter((tag) => !kept.has(tag));
  const isGone = new Set(gone);
  const lists = [
    ...Object.entries(site.tanks).map(([id, { points }]) => ({
      path: ["tanks", id, "points"],
      points,
    })),
    ...Object.entries(site.cameras).map(([id, { points }]) => ({
      path: ["cameras", id, "points"],
      points,
    })),
  ];
  return {
    edits: [
      ...gone.map((tag): Edit => ({ do: "remove", path: ["points", tag] })),
      ...lists.flatMap(({ path, points }) =>
        points.flatMap((tag, index): readonly Edit[] =>
          isGone.has(tag) ? [{ do: "remove", path: [...path, index] }] : [],
        ),
      ),
    ],
    changes: gone.map(
      (id): Change => ({ kind: "remove", what: "point", id, at: null, fields: [] }),
    ),
  };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
