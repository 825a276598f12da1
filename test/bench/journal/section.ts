/** The journal: what keeping a million readings costs, and how many bytes each takes, against a file and rows. */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { goals } from "../goals.ts";
import { runToEnd } from "../measure/child.ts";
import { figure, type Spread, spreadOf, spreadText } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section, SectionOptions } from "../section.ts";
import { encodingTables } from "./encodingTables.ts";
import type { JournalFigures, JournalRun } from "./journalRun.ts";

type Plan = Omit<JournalRun, "dir" | "seed"> & {
  readonly id: string;
  readonly name: string;
  readonly isForLongRuns?: true;
};

interface Row extends Plan {
  readonly cpuPerMillion: Spread;
  readonly keptPerReading: Spread;
  readonly filePerReading: Spread;
  readonly devicePerReading: Spread;
  readonly differing: number;
  readonly wrong: number;
}

const windows = 3;

function plans(isQuick: boolean): readonly Plan[] {
  const seconds = isQuick ? 180 : 360;
  const large = { tags: 10_000, seconds } as const;
  const small = { tags: 1_000, seconds } as const;
  return [
    {
      id: "file",
      name: "floor: file + fdatasync each second",
      design: "file",
      data: "tank",
      ...large,
    },
    {
      id: "rows",
      name: "naive: SQLite, a row a reading",
      design: "rows",
      data: "tank",
      tags: 1_000,
      seconds: isQuick ? 30 : 100,
    },
    { id: "backlog", name: "hazgate, sealed each 60 s", design: "backlog", data: "tank", ...large },
    {
      id: "backlog-1k",
      name: "hazgate, sealed each 60 s",
      design: "backlog",
      data: "tank",
      ...small,
      isForLongRuns: true,
    },
    {
      id: "live",
      name: "hazgate, sealed each 5 s (uplink well)",
      design: "live",
      data: "tank",
      ...large,
    },
    { id: "noisy", name: "hazgate, sealed each 60 s", design: "backlog", data: "noisy", ...large },
    {
      id: "walk",
      name: "hazgate, sealed each 60 s",
      design: "backlog",
      data: "walk",
      ...large,
      isForLongRuns: true,
    },
  ];
}

export const journalSection: Section = async (options) => {
  const rows: Row[] = [];
  for (const plan of plans(options.isQuick)) {
    if (options.isQuick && plan.isForLongRuns === true) continue;
    options.say(`journal: ${plan.name}, ${plan.data}, ${plan.tags} tags`);
    rows.push(await measure(plan, options));
  }
  const encodings = await encodingTables(options);
  const of = (id: string): Row | undefined => rows.find((row) => row.id === id);
  return {
    text: `${text(rows)}\n\n${encodings.text}`,
    verdicts: [
      { goal: goals.journalCpu, measured: of("backlog")?.cpuPerMillion.median ?? Number.NaN },
      { goal: goals.journalBytes, measured: of("backlog")?.keptPerReading.median ?? Number.NaN },
    ],
    wrong: rows
      .filter((row) => row.wrong > 0)
      .map((row) => `${row.name}, ${row.data}: ${row.wrong} readings wrong or missing`),
    missing: [],
    figures: { rows, encodings: encodings.figures },
  };
};

async function measure(plan: Plan, options: SectionOptions): Promise<Row> {
  const runs: JournalFigures[] = [];
  for (let window = 0; window < windows; window += 1) {
    const dir = mkdtempSync(join(options.dir, `${plan.id}-`));
    const run: JournalRun = { ...plan, dir, seed: 1 + window };
    runs.push((await runToEnd("journal/journalRun.ts", run)) as JournalFigures);
    rmSync(dir, { recursive: true, force: true });
  }
  const perReading = (bytes: (run: JournalFigures) => number): Spread =>
    spreadOf(runs.map((run) => bytes(run) / run.readings));
  return {
    ...plan,
    cpuPerMillion: spreadOf(runs.map((run) => (run.cpuS / run.measuredReadings) * 1e6)),
    keptPerReading: perReading((run) => run.keptBytes),
    filePerReading: perReading((run) => run.fileBytes),
    devicePerReading: spreadOf(runs.map((run) => run.deviceBytes / run.measuredReadings)),
    differing: runs[0]?.differing ?? Number.NaN,
    wrong: runs.reduce((sum, run) => sum + run.wrong, 0),
  };
}

function text(rows: readonly Row[]): string {
  const floor = rows.find((row) => row.id === "file")?.cpuPerMillion.median ?? Number.NaN;
  const lines = rows.map((row) => [
    row.name,
    row.data,
    `${row.tags} x ${row.seconds} s`,
    spreadText(row.cpuPerMillion),
    `${figure(row.cpuPerMillion.median / floor)}x`,
    spreadText(row.keptPerReading),
    figure(row.filePerReading.median),
    figure(row.devicePerReading.median),
    `${Math.round(row.differing * 100)} %`,
    String(row.wrong),
  ]);
  return [
    table(
      [
        "",
        "data",
        "tags",
        "CPU s/M readings",
        "to floor",
        "B kept/reading",
        "file",
        "device writes",
        "differ",
        "wrong",
      ],
      lines,
      2,
    ),
    "",
    "The journal's engine on one thread, one commit a second, fed as fast as it takes (time is simulated); the first round",
    "of sealing is not measured: compiling code is no part of a running agent's cost. Kept: pages of all tables and indexes",
    "after closing, without the list of points, which does not grow; file: all of it, with freed pages; device writes: bytes",
    "the process caused per reading. Each process decodes all it has kept and compares every reading. Synthetic, seeded data",
    "at a resolution of 0.1 (walk: float32 without one); differ: share of readings unlike the one before.",
  ].join("\n");
}
