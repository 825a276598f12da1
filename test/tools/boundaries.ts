/** Import boundaries, and the proof that the checker really read every file (one release of it once read none). */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";

const folders = ["agent", "drivers", "config", "test"];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "built" ? [] : sources(path);
    return /\.(tsx?|mjs)$/.test(entry.name) ? [path] : [];
  });
}

const options = await extractOptions("./.dependency-cruiser.mjs");
const answer = await cruise(folders, options, {}, { tsConfig: extractTsConfig("tsconfig.json") });
const { summary, modules } = answer.output as ICruiseResult;
const cruised = new Set(modules.map((module) => module.source));
const unread = folders.flatMap(sources).filter((file) => !cruised.has(file));
for (const { rule, from, to } of summary.violations) {
  process.stderr.write(`${from} -> ${to}: ${rule.name}\n`);
}
for (const file of unread) process.stderr.write(`${file}: not read by the import check\n`);
process.stdout.write(
  `imports: ${summary.totalCruised} modules, ${summary.violations.length} violations, ${unread.length} files unread\n`,
);
process.exitCode = summary.violations.length + unread.length > 0 ? 1 : 0;
