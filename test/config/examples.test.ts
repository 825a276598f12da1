import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { loadSite } from "../../config/load.ts";
import { codes, exampleText, faultsOf } from "./exampleSite.ts";

const names = ["smallSite", "tankFarm"] as const;

test("every example is tested here", () => {
  const files = readdirSync(new URL("../../config/examples/", import.meta.url));
  expect(files.toSorted()).toEqual(names.map((name) => `${name}.yaml`));
});

test.each(names)("%s begins with its schema, for editors", (name) => {
  expect(exampleText(name).split("\n")[0]).toBe(
    "# yaml-language-server: $schema=../site.schema.json",
  );
});

test.each(names)("%s has no fault on a box whose secrets are in place", (name) => {
  expect(faultsOf(exampleText(name))).toEqual([]);
});

test.each([
  ["smallSite", ["W154"]],
  ["tankFarm", ["W154", "W154", "W154", "W154", "W154"]],
] as const)(
  "%s warns of the secret files that are not there, and of nothing else",
  (name, expected) => {
    expect(codes(faultsOf(exampleText(name), { fileMode: () => null }))).toEqual(expected);
  },
);

test("the tank farm has six tanks of five points on two buses, and what its rules need beside them", () => {
  const loaded = loadSite({ file: "tankFarm.yaml", text: exampleText("tankFarm") });
  expect(loaded.ok).toBe(true);
  if (!loaded.ok) return;
  const { buses, tanks, points } = loaded.value.site;
  expect(Object.keys(buses)).toHaveLength(2);
  expect(Object.values(tanks).map((tank) => tank.points.length)).toEqual([7, 5, 5, 5, 5, 8]);
  expect(Object.keys(points)).toHaveLength(35);
  const rules = Object.values(loaded.value.site.alarms.rules).map(({ type }) => type);
  expect(new Set(rules).size).toBe(5);
});
