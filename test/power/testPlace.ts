/** A place for one test: a folder of its own with the preload library in it. */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { buildShim } from "./buildShim.ts";
import type { Place, Weakness } from "./cuts.ts";

export function testPlace(weakness: Weakness = "none"): Place {
  const work = realpathSync(mkdtempSync(join(tmpdir(), "hazgate-power-")));
  onTestFinished(() => rmSync(work, { recursive: true, force: true }));
  return { work, library: buildShim(work), weakness };
}
