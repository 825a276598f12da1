/** The tanks that rows name: made where there are none, and given their points. Pure. */

import type { Site } from "../site.ts";
import { word } from "../words/bilingual.ts";
import type { Change, Edit } from "./edit.ts";
import type { SheetFinding } from "./finding.ts";
import type { SheetPoint } from "./sheetPoint.ts";

interface TankPlan {
  readonly edits: readonly Edit[];
  readonly changes: readonly Change[];
  readonly findings: readonly SheetFinding[];
}

export function tankEdits(site: Site, points: readonly SheetPoint[]): TankPlan {
  const plans = [...Map.groupBy(points, ({ tank }) => tank ?? "")].flatMap(([id, rows]) =>
    id === "" ? [] : [onePlan(site, id, rows)],
  );
  const moves = points.flatMap((point) => leaving(site, point));
  return {
    edits: [...moves, ...plans.flatMap(({ edits }) => edits)],
    changes: plans.flatMap(({ changes }) => changes),
    findings: plans.flatMap(({ findings }) => findings),
  };
}

function onePlan(site: Site, id: string, rows: readonly SheetPoint[]): TankPlan {
  const before = Object.hasOwn(site.tanks, id) ? site.tanks[id] : undefined;
  const said = (field: "medium" | "cas"): string | undefined =>
    rows.find((row) => row[field] !== undefined)?.[field];
  const findings = (["medium", "cas"] as const).flatMap((field) =>
    rows
      .filter((row) => row[field] !== undefined && row[field] !== said(field))
      .slice(0, 1)
      .map((row) => disagreement(row, id, said(field) ?? "", row[field] ?? "")),
  );
  const facts = { medium: said("medium"), cas: said("cas") };
  const at = rows[0]?.at ?? null;
  if (before === undefined) {
    const made = { name: id, ...facts, points: rows.map(({ tag }) => tag) };
    const fields = Object.entries(made).filter(([, value]) => value !== undefined);
    return {
      edits: [{ do: "set", path: ["tanks", id], value: Object.fromEntries(fields) }],
      changes: [
        {
          ...{ kind: "add", what: "tank", id, at },
          fields: fields.map(([field, after]) => ({ field, before: undefined, after })),
        },
      ],
      findings,
    };
  }
  const facets = (["medium", "cas"] as const).filter(
    (field) => facts[field] !== undefined && facts[field] !== before[field],
  );
  const fresh = rows.map(({ tag }) => tag).filter((tag) => !before.points.includes(tag));
  const fields = [
    ...facets.map((field) => ({ field, before: before[field], after: facts[field] })),
    ...(fresh.length === 0
      ? []
      : [{ field: "points", before: before.points, after: [...before.points, ...fresh] }]),
  ];
  return {
    edits: [
      ...facets.map(
        (field): Edit => ({ do: "set", path: ["tanks", id, field], value: facts[field] }),
      ),
      ...fresh.map((tag): Edit => ({ do: "append", path: ["tanks", id, "points"], value: tag })),
    ],
    changes: fields.length === 0 ? [] : [{ kind: "change", what: "tank", id, at, fields }],
    findings,
  };
}

/** A point belongs to one tank: it leaves the one it was in. */
function leaving(site: Site, { tag, tank }: SheetPoint): readonly Edit[] {
  if (tank === undefined) return [];
  return Object.entries(site.tanks).flatMap(([id, { points }]): readonly Edit[] => {
    const index = points.indexOf(tag);
    return id === tank || index === -1
      ? []
      : [{ do: "remove", path: ["tanks", id, "points", index] }];
  });
}

function disagreement(
  { at }: SheetPoint,
  tank: string,
  first: string,
  other: string,
): SheetFinding {
  return {
    severity: "error",
    at,
    what: word(
      `储罐 ${tank} 的介质写法不一: "${first}" 和 "${other}"`,
      `the rows of tank ${tank} disagree: "${first}" and "${other}"`,
    ),
    cure: word("同一储罐写成一样", "write the same for one tank"),
  };
}
