/** One RS-485 line: how stale a living unit grows beside dead ones, and how much of the wire is used. */

import { join } from "node:path";
import { goals, type Verdict } from "../goals.ts";
import { spreadOf, spreadText } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section, SectionOptions } from "../section.ts";
import { bestWorstMs, type LineShape, naiveWorstMs, readMs } from "./best.ts";
import { type LineRun, runLines } from "./lineRun.ts";

const shape = { units: 10, registers: 20, timeoutMs: 500, baud: 9_600 } as const;

/** One wanted period and number of dead units, and who polls the line. */
interface Stale {
  readonly line: LineShape;
  readonly own: LineRun;
  readonly without: LineRun | null;
  readonly naive: LineRun;
}

interface Share {
  readonly baud: number;
  readonly registers: number;
  readonly own: LineRun;
  readonly naive: LineRun;
}

export const busSection: Section = async (options) => {
  const stale: Stale[] = [];
  for (const everyMs of [1_000, 0]) {
    for (const dead of [0, 3, 9])
      stale.push(await stalenessOf({ ...shape, everyMs, dead }, options));
  }
  const shares: Share[] = [];
  for (const baud of [9_600, 115_200]) {
    for (const registers of [20, 100]) shares.push(await shareOf(baud, registers, options));
  }
  return {
    text: [staleText(stale), shareText(shares), notes].join("\n\n"),
    verdicts: verdictsOf(stale, shares),
    wrong: [...stale.flatMap(({ own, without }) => [own, without]), ...shares.map(({ own }) => own)]
      .flatMap((run) => run ?? [])
      .flatMap(wrongOf),
    missing: [],
    figures: { stale, shares },
  };
};

async function stalenessOf(line: LineShape, options: SectionOptions): Promise<Stale> {
  const { baud, registers, timeoutMs, everyMs, dead } = line;
  options.say(`bus: ${dead} of 10 dead, ${rhythm(line)}`);
  const all = Array.from({ length: line.units }, (_, i) => i + 1);
  // Spread over the line, as they come.
  const order = [3, 6, 9, 1, 2, 4, 5, 7, 8, 10];
  const living = order.slice(dead).sort((a, b) => a - b);
  const asked = { baud, registers, timeoutMs, everyMs, living };
  const plan = {
    // Every dead one must have been found out, and its first short back-offs be over.
    settleMs: 3_000 + dead * 2_500,
    windowMs: options.isQuick ? 12_000 : 25_000,
    windows: 3,
  };
  const masters = [
    { ...asked, master: "own", units: all, name: "own" } as const,
    { ...asked, master: "naive", units: all, name: "naive" } as const,
    ...(dead > 0 ? [{ ...asked, master: "own", units: living, name: "without" } as const] : []),
  ];
  const [own, naive, without = null] = await runLines(masters, { ...plan, dir: options.dir });
  if (own === undefined || naive === undefined) throw new Error("no run of the line");
  options.say(`bus:   hazgate ${worst(own)} ms, naive ${worst(naive)} ms`);
  return { line, own, naive, without };
}

async function shareOf(baud: number, registers: number, options: SectionOptions): Promise<Share> {
  options.say(`bus: share of the wire, ${baud} baud, ${registers} registers`);
  const units = Array.from({ length: shape.units }, (_, i) => i + 1);
  const asked = { baud, registers, timeoutMs: 500, everyMs: 0, units, living: units };
  const plan = {
    settleMs: 2_000,
    windowMs: Math.max(8_000, 60 * readMs(baud, registers)),
    windows: options.isQuick ? 1 : 3,
    dir: join(options.dir),
  };
  // One after the other: at 115200 baud they would take the processor from one another.
  const [own] = await runLines([{ ...asked, master: "own", name: "own" }], plan);
  const [naive] = await runLines([{ ...asked, master: "naive", name: "naive" }], plan);
  if (own === undefined || naive === undefined) throw new Error("no run of the line");
  return { baud, registers, own, naive };
}

function rhythm({ everyMs }: LineShape): string {
  return everyMs === 0 ? "free-running" : `every ${everyMs / 1000} s`;
}

function worst(run: LineRun | null): string {
  if (run === null) return "-";
  return run.clean.length === 0
    ? "stalled"
    : spreadText(spreadOf(run.clean.map((one) => one.worstMs)));
}

/** Median of the windows' worst: one window's own is the machine's as much as ours. */
function worstMs(run: LineRun): number {
  return spreadOf(run.clean.map((one) => one.worstMs)).median;
}

function staleText(rows: readonly Stale[]): string {
  const head = ["dead", "period", "best", "hazgate", "x best", "without the dead"];
  return [
    `Worst time between two reads of a living unit, ms, counted at the slaves: median (min-max) of windows.`,
    `9600 8N1, 10 units of 20 registers, time-out 500 ms; best and naive by formula: see best.ts.`,
    "",
    table(
      [...head, "naive loop", "by formula", "too soon"],
      rows.map(({ line, own, without, naive }) => [
        `${line.dead} of ${line.units}`,
        rhythm(line),
        bestWorstMs(line).toFixed(0),
        worst(own),
        (worstMs(own) / bestWorstMs(line)).toFixed(2),
        worst(without),
        worst(naive),
        naiveWorstMs(line).toFixed(0),
        `${own.violations}`,
      ]),
      2,
    ),
    windowsText(rows.flatMap(({ own }) => own)),
  ].join("\n");
}

function sharesOf(run: LineRun, row: { readonly baud: number; readonly registers: number }) {
  const wholeMs = readMs(row.baud, row.registers);
  return spreadOf(
    run.clean.map(({ requests, ms, lateMs }) => (100 * requests * wholeMs) / (ms - lateMs)),
  );
}

function shareText(rows: readonly Share[]): string {
  return [
    "Share of the wire's capacity used when asked as fast as it goes, %, and requests that began too soon after the",
    "last byte (less than 3.5 characters: a strict slave drops them).",
    "",
    table(
      ["baud", "registers", "hazgate", "too soon", "naive loop", "too soon"],
      rows.map((row) => [
        `${row.baud}`,
        `${row.registers}`,
        spreadText(sharesOf(row.own, row)),
        `${row.own.violations} of ${row.own.requests}`,
        spreadText(sharesOf(row.naive, row)),
        `${row.naive.violations} of ${row.naive.requests}`,
      ]),
      2,
    ),
    windowsText(rows.map(({ own }) => own)),
  ].join("\n");
}

function windowsText(runs: readonly LineRun[]): string {
  const clean = runs.reduce((sum, run) => sum + run.clean.length, 0);
  const spoilt = runs.flatMap((run) => run.spoiltMs);
  const longest = spoilt.length === 0 ? "" : `, longest stall ${Math.max(...spoilt).toFixed(0)} ms`;
  return `windows judged: ${clean}; left out because the machine stood still: ${spoilt.length}${longest}`;
}

const notes = [
  "The simulated wire keeps the time of every byte and the silence that ends a frame; what its own timers were late is",
  "taken off the time of the shares, not off the worst times. The far end and the masters run ahead of other programs",
  "where the system allows it; the kernel's own hand-over between the ends of a pseudo-terminal does not, so on a busy",
  "machine all worst times grow: compare with the naive loop where nobody is dead. The dead units answered for 4 s, then",
  "fell silent all at once; the windows begin when they are known to be silent. Best counts a probe of the whole time-out",
  "in every round; ours costs less, and can be below it.",
].join("\n");

function verdictsOf(stale: readonly Stale[], shares: readonly Share[]): readonly Verdict[] {
  const ratios = stale.map(({ line, own }) => worstMs(own) / bestWorstMs(line));
  const shareAt = (baud: number): number => {
    const found = shares.filter((row) => row.baud === baud && row.registers === 100);
    return Math.min(...found.map((row) => sharesOf(row.own, row).median));
  };
  const all = [...stale.map(({ own }) => own), ...shares.map(({ own }) => own)];
  return [
    {
      goal: goals.busStale,
      measured: ratios.some(Number.isNaN) ? Number.NaN : Math.max(...ratios),
    },
    { goal: goals.busShareSlow, measured: shareAt(9_600) },
    { goal: goals.busShareFast, measured: shareAt(115_200) },
    { goal: goals.busSilence, measured: all.reduce((sum, run) => sum + run.violations, 0) },
  ];
}

function wrongOf(run: LineRun): readonly string[] {
  const { counts, badFrames, writeAttempts } = run;
  return [
    ...(counts.wrong > 0 ? [`bus, ${run.name}: ${counts.wrong} wrong values`] : []),
    ...(badFrames > 0 ? [`bus, ${run.name}: ${badFrames} damaged requests at the slaves`] : []),
    ...(writeAttempts > 0 ? [`bus, ${run.name}: ${writeAttempts} write attempts`] : []),
  ];
}
