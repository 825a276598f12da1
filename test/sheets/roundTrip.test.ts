import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { pointsCsv, pointsXlsx } from "../../agent/install/exportPoints.ts";
import { pointKinds } from "../../config/shape/point.ts";
import type { Sheet } from "../../config/sheets/cell.ts";
import { exportTable } from "../../config/sheets/exportTable.ts";
import { planImport } from "../../config/sheets/plan.ts";
import { readRows } from "../../config/sheets/rows.ts";
import { editYaml } from "../../config/sheets/yamlEdit.ts";
import { byteOrders, registerTypes, type Site } from "../../config/site.ts";
import { exampleYaml, sheetsIn, siteOf } from "./sheetFiles.ts";

function pointsOf(sheet: Sheet) {
  const read = readRows(sheet, null);
  expect(read?.findings).toEqual([]);
  return read?.points ?? [];
}

test.each(["smallSite", "tankFarm"] as const)(
  "a list exported as xlsx or CSV changes nothing when it is imported: %s",
  async (name) => {
    const site = siteOf(exampleYaml(name));
    for (const lang of ["zh", "en"] as const) {
      for (const bytes of [await pointsXlsx(site, lang), Buffer.from(pointsCsv(site, lang))]) {
        const [sheet] = await sheetsIn(bytes);
        for (const replace of [false, true]) {
          const plan = planImport(site, pointsOf(sheet!), replace);
          expect([plan.edits, plan.findings, plan.same]).toEqual([
            [],
            [],
            Object.keys(site.points).length,
          ]);
        }
      }
    }
  },
);

const number = fc.oneof(
  fc.integer({ min: -99_999, max: 99_999 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => (x === 0 ? 0 : x)),
);
const word = fc
  .stringMatching(
    /^[A-Za-z液位罐℃%/,;:"'#{}[\]|&*!=@+-][A-Za-z0-9 液位罐,;:"'#{}[\]]{0,10}[A-Za-z0-9位]$/,
  )
  .filter((text) => !/ {2}|^n\/?a$|^nan$|^null$|^none$/i.test(text));
const duration = fc
  .tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom("ms", "s", "min", "h"))
  .map(([n, unit]) => `${n}${unit}`);
const pair = fc.tuple(number, number);
const scale = fc.oneof(
  fc.record({ factor: number.filter((n) => n !== 1), offset: number }),
  fc.record({ raw: pair, to: pair }),
  fc.record({ loop: pair }),
);
const place = fc.oneof(
  fc.record({
    table: fc.constantFrom("input", "holding"),
    address: fc.integer({ min: 0, max: 65_535 }),
  }),
  fc.record({
    modicon: fc.oneof(
      fc.integer({ min: 40_001, max: 49_999 }),
      fc.integer({ min: 300_001, max: 365_536 }),
      fc.integer({ min: 1, max: 9_999 }),
    ),
  }),
);
const limit = fc.oneof(number, fc.record({ at: number, priority: fc.integer({ min: 1, max: 4 }) }));
const optional = { requiredKeys: [] };
const limits = fc.record(
  {
    ll: limit,
    l: limit,
    h: limit,
    hh: limit,
    gas1: limit,
    gas2: limit,
    gas3: limit,
    o2Low: limit,
    o2High: limit,
    rate: limit,
    deadband: number.map(Math.abs),
    onDelay: duration,
    offDelay: duration,
  },
  optional,
);
const point = fc.record(
  {
    name: word,
    device: fc.constantFrom("D1", "设备二"),
    kind: fc.constantFrom(...pointKinds),
    gas: word,
    unit: word,
    range: pair,
    scale,
    decimals: fc.integer({ min: 0, max: 9 }),
    every: duration,
    limits,
    register: fc
      .tuple(
        place,
        fc.record(
          {
            type: fc.constantFrom(...registerTypes),
            order: fc.constantFrom(...byteOrders),
            bits: fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 7, max: 15 })),
          },
          optional,
        ),
      )
      .map(([at, rest]) => ({ ...at, ...rest })),
  },
  { requiredKeys: ["device", "register", "kind", "range"] },
);
const tag = fc.stringMatching(/^[A-Z液0-9][A-Z0-9._-]{0,6}[0-9]$/);
const points = fc.dictionary(tag, point, { minKeys: 1, maxKeys: 8 });

function yamlOf(all: unknown, tanks: unknown): string {
  return stringify({
    site: { id: "s", name: "某厂" },
    buses: { B1: { type: "modbus-tcp", host: "10.0.0.1" } },
    devices: { D1: { bus: "B1", unit: 1 }, 设备二: { bus: "B1", unit: 2 } },
    points: all,
    tanks,
  });
}

/** What the sheet covers; a limit's own priority is not. */
function covered({ points: all, tanks }: Site) {
  const at = (value: unknown) =>
    typeof value === "object" && value !== null && "at" in value ? value.at : value;
  return {
    points: Object.fromEntries(
      Object.entries(all).map(([id, one]) => [
        id,
        {
          ...one,
          limits:
            one.limits === undefined
              ? {}
              : Object.fromEntries(
                  Object.entries(one.limits).map(([key, value]) => [key, at(value)]),
                ),
        },
      ]),
    ),
    tanks,
  };
}

/** An empty `limits: {}` says nothing. */
function tidy(all: Record<string, { limits?: object }>) {
  return Object.fromEntries(
    Object.entries(all).map(([id, { limits: own, ...rest }]) => [
      id,
      own === undefined || Object.keys(own).length === 0 ? rest : { ...rest, limits: own },
    ]),
  );
}

test("any list, exported and imported into a site without points, gives the same points; into its own site, nothing", () => {
  fc.assert(
    fc.property(points, fc.constantFrom("zh" as const, "en" as const), (generated, lang) => {
      const all = tidy(generated);
      const tanks = { "V-1": { name: "V-1", medium: "苯", points: Object.keys(all).slice(0, 2) } };
      const site = siteOf(yamlOf(all, tanks));
      const sheet = { name: "S", rows: exportTable(site, lang), merges: [], hiddenRows: [] };
      const read = pointsOf(sheet);
      expect(planImport(site, read, false).edits).toEqual([]);
      expect(planImport(site, read, true).edits).toEqual([]);
      const bare = yamlOf({}, {});
      const plan = planImport(siteOf(bare), read, false);
      expect(plan.findings).toEqual([]);
      const zero = { ...{ deadband: 0, onDelay: 0, offDelay: 0, onBadQuality: "hold" } };
      const [was, now] = [covered(site), covered(siteOf(editYaml(bare, plan.edits)))].map(
        ({ points: some, tanks: their }) => ({
          their,
          some: Object.fromEntries(
            Object.entries(some).map(([id, one]) => [
              id,
              { ...one, limits: { ...zero, ...one.limits } },
            ]),
          ),
        }),
      );
      expect(now).toEqual(was);
    }),
    { numRuns: 40 },
  );
});

test("any list onto any other site with the same devices: a second import finds nothing to do", () => {
  fc.assert(
    fc.property(points, points, fc.boolean(), (first, second, replace) => {
      const site = siteOf(
        yamlOf(tidy(first), { "V-1": { name: "V-1", points: Object.keys(first) } }),
      );
      const text = yamlOf(tidy(second), { "V-1": { name: "V-1", points: Object.keys(second) } });
      const read = pointsOf({
        name: "S",
        rows: exportTable(site, "zh"),
        merges: [],
        hiddenRows: [],
      });
      const after = editYaml(text, planImport(siteOf(text), read, replace).edits);
      expect(planImport(siteOf(after), read, replace).edits).toEqual([]);
      if (replace)
        expect(Object.keys(siteOf(after).points).toSorted()).toEqual(Object.keys(first).toSorted());
    }),
    { numRuns: 40 },
  );
});
