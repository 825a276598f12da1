/** The encodings side by side, with every size against the record that hazgate stores and sends. */

import { runToEnd } from "../measure/child.ts";
import { figure, type Spread, spreadOf, spreadText } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { SectionOptions } from "../section.ts";
import type { EncodingFigures, EncodingRun } from "./encodings.ts";

const windows = 3;
const plans: readonly Omit<EncodingRun, "seed">[] = [
  { data: "tank", tags: 1_000, seconds: 60, batches: 6 },
  { data: "tank", tags: 1_000, seconds: 5, batches: 30 },
  { data: "noisy", tags: 1_000, seconds: 60, batches: 6 },
  { data: "walk", tags: 1_000, seconds: 60, batches: 6 },
];

interface Row {
  readonly name: string;
  readonly bytes: Spread;
  readonly cpu: Spread;
}

export async function encodingTables({
  say,
}: SectionOptions): Promise<{ readonly text: string; readonly figures: unknown }> {
  const rows: string[][] = [];
  const figures: unknown[] = [];
  for (const plan of plans) {
    const batch = `${plan.data}, ${plan.tags} points x ${plan.seconds} s`;
    say(`journal: encodings, ${batch}`);
    const measured = await measure(plan);
    figures.push({ ...plan, measured });
    const own = measured.at(-1)?.bytes.median ?? Number.NaN;
    for (const { name, bytes, cpu } of measured) {
      const times = `${figure(bytes.median / own)}x`;
      rows.push([batch, name, spreadText(bytes), times, spreadText(cpu)]);
    }
  }
  const titles = ["batch", "encoding", "B/reading", "to hazgate", "CPU s/M readings"];
  const text = [
    table(titles, rows, 2),
    "",
    "JSON rows hold tag, time, value and quality; the float64 columns hold values only, no tags, times, qualities or units;",
    "a hazgate record holds all of it, in readable JSON, with its identity. Where a resolution is declared it is the smallest.",
  ].join("\n");
  return { text, figures };
}

async function measure(plan: Omit<EncodingRun, "seed">): Promise<readonly Row[]> {
  const runs: (readonly EncodingFigures[])[] = [];
  for (let window = 0; window < windows; window += 1) {
    const run: EncodingRun = { ...plan, seed: 1 + 100 * window };
    runs.push((await runToEnd("journal/encodings.ts", run)) as EncodingFigures[]);
  }
  const names = runs[0]?.map(({ name }) => name) ?? [];
  return names.map((name, i) => ({
    name,
    bytes: spreadOf(runs.map((run) => run[i]?.bytesPerReading ?? Number.NaN)),
    cpu: spreadOf(runs.map((run) => run[i]?.cpuPerMillion ?? Number.NaN)),
  }));
}
