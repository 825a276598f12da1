/** Files made from the sources: `--write` makes them, `--check` (and a test) fails when they are stale. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { printSchema } from "../../agent/commands/schema.ts";
import { siteManual } from "../../config/reference.ts";
import { pointListManual } from "../../config/sheets/manualPage.ts";

export interface Generated {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function generatedFiles(): readonly Generated[] {
  return [
    { path: "config/site.schema.json", text: printSchema() },
    { path: "deploy/docs/manual/siteFile.md", text: siteManual() },
    { path: "deploy/docs/manual/pointList.md", text: pointListManual() },
  ];
}

export function isStale({ path, text }: Generated): boolean {
  try {
    return readFileSync(fromRoot(path), "utf8") !== text;
  } catch {
    return true;
  }
}

function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

function write({ path, text }: Generated): void {
  mkdirSync(dirname(fromRoot(path)), { recursive: true });
  writeFileSync(fromRoot(path), text);
}

if (import.meta.main) {
  const stale = generatedFiles().filter(isStale);
  if (process.argv.includes("--write")) {
    stale.forEach(write);
    for (const { path } of stale) process.stdout.write(`${path}: written\n`);
  } else {
    for (const { path } of stale) {
      process.stderr.write(`${path}: stale, run \`npm run generate\`\n`);
    }
    process.exitCode = stale.length > 0 ? 1 : 0;
  }
}
