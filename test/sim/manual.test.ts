import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deviceTable, pointTable, scenarioTable } from "./manualTables.ts";

const page = readFileSync(
  new URL("../../deploy/docs/manual/simulatedPlant.md", import.meta.url),
  "utf8",
);

test.each([
  ["devices", deviceTable()],
  ["points", pointTable()],
  ["scenarios", scenarioTable()],
])("the manual's table of %s is the plant's own; else put this one in:", (_, table) => {
  const rows = table.split("\n");
  const missing = rows.filter((row) => !page.includes(row));
  expect(missing, table).toEqual([]);
});
