/** The long proofs of the journal against its disk, for a script: the same code as the tests, with larger counts. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildShim } from "./buildShim.ts";
import type { Weakness } from "./cuts.ts";
import { type FaultFigures, sweepFaults } from "./faultSweep.ts";
import { killWriters } from "./kills.ts";
import { cutPower } from "./powerCuts.ts";

export interface ProofOptions {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface Proof {
  readonly figures: Readonly<Record<string, number>>;
  /** Empty: proven. */
  readonly faults: readonly string[];
}

/** Cuts of a control are few: it must fail, and fails soon. */
const controlCuts = 100;

/** `count` power cuts, then the controls, which must each lose something. */
export function provePower({ count, seed, say }: ProofOptions): Promise<Proof> {
  return inScratch(async (work, library) => {
    const cut = (weakness: Weakness, cuts: number): ReturnType<typeof cutPower> => {
      const place = { work: join(work, weakness), library, weakness };
      mkdirSync(place.work);
      const goesOn = (figures: { readonly cuts: number }): boolean => figures.cuts < cuts;
      return cutPower(place, { goesOn, cutsPerLife: 8, seed, say });
    };
    const proof = await cut("none", count);
    const figures: Record<string, number> = { ...proof.figures };
    const faults = [...proof.faults];
    for (const weakness of ["NORMAL", "OFF", "ignored-syncs"] as const) {
      const control = await cut(weakness, Math.min(count, controlCuts));
      const { cuts, lost, corrupt } = control.figures;
      Object.assign(figures, {
        [`${weakness}: cuts`]: cuts,
        [`${weakness}: lost`]: lost,
        [`${weakness}: corrupt`]: corrupt,
      });
      if (lost === 0) faults.push(`the control ${weakness} lost nothing: the harness is blind`);
    }
    return { figures, faults };
  });
}

/** `count` kills. */
export function proveKill({ count, seed, say }: ProofOptions): Promise<Proof> {
  return inScratch(async (work) => {
    const { figures, faults } = await killWriters({ work, kills: count, seed, say });
    return { figures: { ...figures }, faults };
  });
}

/** The disk fails from the N-th write or sync on, N = 1..`count`, as full and as broken: `count` x 4 journals. */
export function proveFaults({ count, seed, say }: ProofOptions): Promise<Proof> {
  return inScratch(async (work, library) => {
    const figures: Record<string, number> = {};
    const faults: string[] = [];
    const sweep = async (fails: "write" | "sync", as: "ENOSPC" | "EIO"): Promise<void> => {
      for (let first = 1; first <= count; first += pieceOfSweep) {
        const length = Math.min(pieceOfSweep, count - first + 1);
        const from = Array.from({ length }, (_, i) => first + i);
        const name = `${as} at ${fails}s from ${first}`;
        const part = await sweepFaults({
          work,
          library,
          name,
          from,
          seed: seed + first,
          fault: { fails, as },
        });
        faults.push(...part.faults);
        if (part.figures.hit < length) faults.push(`${name}: ${JSON.stringify(part.figures)}`);
        add(figures, `${as} ${fails}`, part.figures);
        say(`faults: ${name}: ${JSON.stringify(part.figures)}`);
      }
    };
    for (const as of ["ENOSPC", "EIO"] as const) {
      await Promise.all([sweep("write", as), sweep("sync", as)]);
    }
    return { figures, faults };
  });
}

/** Points that one process works off. */
const pieceOfSweep = 50;

function add(sums: Record<string, number>, name: string, part: FaultFigures): void {
  for (const [what, count] of Object.entries(part)) {
    sums[`${name}: ${what}`] = (sums[`${name}: ${what}`] ?? 0) + count;
  }
}

async function inScratch(prove: (work: string, library: string) => Promise<Proof>): Promise<Proof> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), "hazgate-prove-")));
  try {
    return await prove(work, buildShim(work));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
