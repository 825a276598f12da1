/** `npm run bench [-- poll|bus|journal|drain|evidence|page|cameras] [--quick] [--with-peers]`: one run, all tables, goals met or missed. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busSection } from "./bus/section.ts";
import { camerasSection } from "./cameras/section.ts";
import { drainSection } from "./drain/section.ts";
import { evidenceSection } from "./evidence/section.ts";
import { goals, isMet, type Verdict } from "./goals.ts";
import { journalSection } from "./journal/section.ts";
import { loadAverage, machineText, watchStalls } from "./measure/machine.ts";
import { figure } from "./measure/spread.ts";
import { table } from "./measure/table.ts";
import { pageSection } from "./page/section.ts";
import { pollSection } from "./poll/section.ts";
import type { Section, SectionReport } from "./section.ts";

const sections: Readonly<Record<string, Section>> = {
  poll: pollSection,
  bus: busSection,
  journal: journalSection,
  drain: drainSection,
  evidence: evidenceSection,
  page: pageSection,
  cameras: camerasSection,
};

const usage = `usage: npm run bench -- [${Object.keys(sections).join("|")}]... [--quick] [--with-peers]\n`;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function goalTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => {
    const { goal, measured } = verdict;
    const met = isMet(verdict);
    return [
      goal.what,
      met === null ? "NOT MEASURED" : met ? "met" : "MISSED",
      figure(measured),
      `${"atLeast" in goal && goal.atLeast ? ">=" : "<="} ${goal.limit} ${goal.unit}`,
    ];
  });
  return table(["goal", "", "measured", "wanted"], rows, 2);
}

async function runSections(names: readonly string[], flags: ReadonlySet<string>) {
  const dir = mkdtempSync(join(workDir(), "run-"));
  const reports: Record<string, SectionReport> = {};
  try {
    for (const name of names) {
      const section = sections[name];
      if (section === undefined) continue;
      using watch = watchStalls();
      const loadBefore = loadAverage();
      const sectionDir = join(dir, name);
      mkdirSync(sectionDir);
      const report = await section({
        isQuick: flags.has("--quick"),
        withPeers: flags.has("--with-peers"),
        dir: sectionDir,
        say: (line) => process.stderr.write(`bench: ${line}\n`),
      });
      reports[name] = report;
      const { count, worstMs } = watch.stalls();
      print(`\n=== ${name} ===\n\n${report.text}`);
      print(
        `\nload average before ${loadBefore}, after ${loadAverage()}; ` +
          `stalls of the machine over 100 ms: ${count}${count > 0 ? `, worst ${Math.round(worstMs)} ms` : ""}`,
      );
    }
    return reports;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** On a real disk: /tmp may be memory. */
function workDir(): string {
  const dir = join(import.meta.dirname, "../../var/bench");
  mkdirSync(dir, { recursive: true });
  return dir;
}

const words = process.argv.slice(2);
const flags = new Set(words.filter((word) => word.startsWith("--")));
const asked = words.filter((word) => !word.startsWith("--"));
const known = new Set(["--quick", "--with-peers"]);
if (asked.some((name) => !(name in sections)) || [...flags].some((flag) => !known.has(flag))) {
  process.stderr.write(usage);
  process.exit(2);
}

const startedAt = new Date();
print(`hazgate bench, ${startedAt.toISOString()}${flags.has("--quick") ? ", quick" : ""}`);
print(machineText());
print("CPU seconds and ratios hold on a shared machine; wall clock and latencies are coarse.");
const names = asked.length > 0 ? asked : Object.keys(sections);
const reports = await runSections(names, flags);
const all = Object.values(reports);
const verdicts = all.flatMap((report) => report.verdicts);
const wrong = all.flatMap((report) => report.wrong);
const missing = all.flatMap((report) => report.missing);

print(`\n=== goals ===\n\n${goalTable(verdicts)}`);
for (const line of missing) print(`missing baseline: ${line}`);
for (const line of wrong) print(`WRONG: ${line}`);
print(
  wrong.length === 0
    ? "Checks at the far end: 0 wrong."
    : `Checks at the far end: ${wrong.length} faults.`,
);

const file = join(workDir(), `${startedAt.toISOString().replaceAll(":", "-")}.json`);
writeFileSync(
  file,
  JSON.stringify(
    {
      startedAt,
      machine: machineText(),
      quick: flags.has("--quick"),
      goals,
      verdicts,
      wrong,
      missing,
      reports,
    },
    null,
    1,
  ),
);
print(`figures: ${file}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
