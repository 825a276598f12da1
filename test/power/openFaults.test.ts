import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DiskControl, diskEnvironment, type FaultClass } from "./diskControl.ts";
import type { OpenOutcome } from "./openProgram.ts";
import { testPlace } from "./testPlace.ts";

const program = fileURLToPath(new URL("./openProgram.ts", import.meta.url));

/** Opens a sound journal with the N-th call of a class failing once, for each N that an opening reaches. */
function openWith(fails: FaultClass): OpenOutcome {
  const { work, library } = testPlace();
  const folder = join(work, "disk");
  mkdirSync(folder);
  using control = new DiskControl(join(work, "control"));
  const env = { ...process.env, ...diskEnvironment({ library, folder, control }) };
  const said = execFileSync(process.execPath, [program, folder, control.path, fails], { env });
  return JSON.parse(said.toString()) as OpenOutcome;
}

for (const fails of ["write", "sync"] as const) {
  test(`a ${fails} that fails once while a sound journal is opened never makes it given up`, () => {
    const { hit, opened, refused, givenUp } = openWith(fails);
    expect(givenUp).toEqual([]);
    expect(hit).toBeGreaterThan(fails === "write" ? 20 : 3);
    expect(opened + refused).toBe(hit);
  });
}

test("a read that fails once while a sound journal is opened never makes it given up", () => {
  const { hit, givenUp } = openWith("read");
  expect(hit).toBeGreaterThan(50);
  expect(givenUp).toEqual([]);
});
