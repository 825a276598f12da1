/** A device type is its file, its entry in the registry and its conformance test: none without the others. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { modbusDevices } from "../../drivers/registry.ts";

const text = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

const files = readdirSync(fileURLToPath(new URL("../../drivers/devices", import.meta.url)))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3));

it("every device file is in the registry", () => {
  const registry = text("drivers/registry.ts");
  for (const name of files) expect(registry).toContain(`./devices/${name}.ts`);
  expect(Object.keys(modbusDevices).length).toBeGreaterThanOrEqual(files.length);
});

it.each(files)("%s runs the conformance suite", (name) => {
  expect(text(`test/drivers/devices/${name}.test.ts`)).toContain("describeDriver({");
});
