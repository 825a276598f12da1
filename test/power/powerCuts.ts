/**
 * Many power cuts of the real journal: chains of lives, each begun on what the cut before left, each cut while it
 * runs and, by its log, at other points too; some within the first calls of a fresh journal.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../agent/sim/plant/seeded.ts";
import { Claims } from "./claims.ts";
import { type Cut, cutsOf, emptyDisk, type Life, type Place, runLife } from "./cuts.ts";
import type { DiskImage } from "./diskModel.ts";
import type { Random } from "./fileModel.ts";
import type { NameRule } from "./nameModel.ts";

export interface CutFigures {
  cuts: number;
  /** Of these: at the end of a life, the process ended with the power. */
  live: number;
  /** On a disk that an earlier cut had left. */
  chained: number;
  /** Within the first 60 calls on a fresh disk. */
  inCreation: number;
  /** Names kept only by syncs of their folder. */
  strict: number;
  /** Not everything written reached the disk. */
  torn: number;
  /** Promises looked for, over all cuts. */
  claims: number;
  /** Cuts that lost a promise. */
  lost: number;
  /** Cuts that left a journal that does not open or contradicts itself. */
  corrupt: number;
  /** Most readings of the open second that one cut took. */
  openReadingsMax: number;
  /** Longest time from handing over such a reading to the last commit that reached the disk. */
  openMsMax: number;
}

export interface CutReport {
  readonly figures: CutFigures;
  readonly faults: readonly string[];
}

/** Lives in a row on one disk. */
const chainLives = 3;
const firstCalls = 60;
const callsMax = 2_500;
/** A commit takes all that was handed over some time before it; more than this is no open second. */
const openMsMost = 1_000;
const faultsMax = 20;

export async function cutPower(
  place: Place,
  options: {
    /** Asked after each cut; what came by then says whether more are needed. */
    readonly goesOn: (figures: Readonly<CutFigures>) => boolean;
    /** Cuts of each life, the live one with them. */
    readonly cutsPerLife: number;
    readonly seed: number;
    readonly say: (line: string) => void;
  },
): Promise<CutReport> {
  const { goesOn, cutsPerLife, seed, say } = options;
  const report = { figures: noFigures(), faults: [] as string[] };
  let chains = 0;
  // Two chains at once: while one process works, the other's remains are judged.
  const lane = async (number: number): Promise<void> => {
    const work = join(place.work, `lane${number}`);
    mkdirSync(work, { recursive: true });
    while (goesOn(report.figures)) {
      const chainSeed = seed + 1_000 * chains;
      chains += 1;
      await cutChain({ ...place, work }, { seed: chainSeed, goesOn, cutsPerLife, report });
      say(`power: ${JSON.stringify(report.figures)}`);
    }
  };
  await Promise.all([lane(0), lane(1)]);
  return report;
}

interface Chain {
  readonly seed: number;
  readonly goesOn: (figures: Readonly<CutFigures>) => boolean;
  readonly cutsPerLife: number;
  readonly report: { readonly figures: CutFigures; readonly faults: string[] };
}

async function cutChain(place: Place, chain: Chain): Promise<void> {
  const { seed, goesOn, cutsPerLife, report } = chain;
  const random = seededRandom(seed);
  const rule: NameRule = random() < 0.5 ? "ordered" : "strict";
  let image: DiskImage = emptyDisk();
  let before = new Claims();
  for (let number = 0; number < chainLives && goesOn(report.figures); number += 1) {
    const life = await runLife(place, { image, firstId: number * 1_000_000, ...workOf(random) });
    const points = pointsOf(life, { random, count: cutsPerLife, isFresh: number === 0 });
    const scratch = join(place.work, "scratch");
    let last: Cut | null = null;
    let at = 0;
    for (const cut of cutsOf(life, { points, before, seed: seed + 10 * number, rule, scratch })) {
      const point = points[at] ?? 0;
      at += 1;
      if (point === 0 || !goesOn(report.figures)) continue;
      count(report, cut, {
        isLive: point === life.events.length,
        isChained: number > 0,
        isCreation: number === 0 && point <= firstCalls,
        isStrict: rule === "strict",
        where: `seed ${seed}, life ${number}, event ${point} of ${life.events.length}, ${rule}`,
      });
      last = cut;
    }
    if (last === null || last.verdict.lost > 0 || last.verdict.isCorrupt) return;
    image = last.image;
    before = last.claims.carriedOver(last.verdict.recovered);
  }
}

/** Cut at a call, often an early one, or at a moment that nobody chose; now and then only with routine readings. */
function workOf(random: Random): Pick<Parameters<typeof runLife>[1], "cut" | "isRoutine"> {
  const kind = random();
  const part = random();
  const isRoutine = kind >= 0.9;
  if (kind < 0.2) return { isRoutine, cut: { atCall: 1 + Math.floor(part * firstCalls) } };
  if (kind < 0.8) return { isRoutine, cut: { atCall: 1 + Math.floor(part * callsMax) } };
  return { isRoutine, cut: { afterMs: isRoutine ? 2_000 + part * 1_500 : 400 + part * 800 } };
}

/** Ascending; the last is the end of the life. */
function pointsOf(
  life: Life,
  options: { readonly random: Random; readonly count: number; readonly isFresh: boolean },
): number[] {
  const { random, count, isFresh } = options;
  const { length } = life.events;
  const points = Array.from({ length: count - 1 }, (_, i) => {
    const reach = isFresh && i === 0 ? Math.min(firstCalls, length) : length;
    return 1 + Math.floor(random() * reach);
  });
  return [...points, length].sort((a, b) => a - b);
}

function count(
  report: Chain["report"],
  cut: Cut,
  kind: {
    readonly isLive: boolean;
    readonly isChained: boolean;
    readonly isCreation: boolean;
    readonly isStrict: boolean;
    readonly where: string;
  },
): void {
  const { figures, faults } = report;
  const { verdict, claims, isTorn } = cut;
  figures.cuts += 1;
  figures.live += kind.isLive ? 1 : 0;
  figures.chained += kind.isChained ? 1 : 0;
  figures.inCreation += kind.isCreation ? 1 : 0;
  figures.strict += kind.isStrict ? 1 : 0;
  figures.torn += isTorn ? 1 : 0;
  figures.claims += claims.count;
  figures.lost += verdict.lost > 0 ? 1 : 0;
  figures.corrupt += verdict.isCorrupt ? 1 : 0;
  figures.openReadingsMax = Math.max(figures.openReadingsMax, verdict.openLost);
  figures.openMsMax = Math.max(figures.openMsMax, Math.round(verdict.openLostMs));
  const said = [...verdict.faults];
  if (verdict.openLostMs > openMsMost) said.push(`readings of ${verdict.openLostMs} ms are gone`);
  for (const fault of said) {
    if (faults.length < faultsMax) faults.push(`${kind.where}: ${fault}`);
  }
}

function noFigures(): CutFigures {
  const counts = { cuts: 0, live: 0, chained: 0, inCreation: 0, strict: 0, torn: 0, claims: 0 };
  return { ...counts, lost: 0, corrupt: 0, openReadingsMax: 0, openMsMax: 0 };
}
