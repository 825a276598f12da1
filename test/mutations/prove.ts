/** Many seeded mutations of a small journal, counted by kind. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { mutated } from "./mutate.ts";
import { prepare, scratchRoot } from "./preparedJournal.ts";
import { runTrial } from "./trial.ts";

export interface Figures {
  trials: number;
  /** Moved aside at an opening or later. */
  noticed: number;
  /** Neither noticed nor with any effect. */
  harmless: number;
  carriedRecords: number;
  lostReadings: number;
  lostUnknown: number;
}

export async function prove(options: {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly figures: Record<string, Figures>; readonly faults: readonly string[] }> {
  const { count, seed, say } = options;
  const root = scratchRoot();
  const figures: Record<string, Figures> = {};
  const faults: string[] = [];
  try {
    const own = prepare(join(root, "own"), "original", 1);
    const other = prepare(join(root, "other"), "another", 2_000);
    for (let at = seed; at < seed + count; at += 1) {
      const { kind, image } = mutated({ ...own, other: other.image }, at);
      const outcome = runTrial({
        ...{ root, image, truths: [own.truth, other.truth] },
        // Every second one as a file so large that its opening does not read it all.
        ...(Math.floor(at / 7) % 2 === 0 ? { checkedBytesMax: 0 } : {}),
      });
      add(figures, kind, outcome);
      add(figures, "all", outcome);
      for (const fault of outcome.faults) faults.push(`seed ${at}, ${kind}: ${fault}`);
      if (outcome.faults.length > 0) say(faults.at(-1) ?? "");
      if ((at - seed) % 500 === 499) say(`${at - seed + 1} mutations, ${faults.length} faults`);
      // Lets the test runner breathe, and closed databases be collected.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  for (const [kind, one] of Object.entries(figures)) say(`${kind}: ${JSON.stringify(one)}`);
  return { figures, faults };
}

function add(
  figures: Record<string, Figures>,
  kind: string,
  outcome: ReturnType<typeof runTrial>,
): void {
  const sum = figures[kind] ?? {
    ...{ trials: 0, noticed: 0, harmless: 0 },
    ...{ carriedRecords: 0, lostReadings: 0, lostUnknown: 0 },
  };
  figures[kind] = sum;
  const isNoticed = outcome.movedAside > 0;
  sum.trials += 1;
  sum.noticed += Number(isNoticed);
  sum.harmless += Number(!isNoticed && outcome.lost === 0 && !outcome.isLostUnknown);
  sum.carriedRecords += outcome.carried;
  sum.lostReadings += outcome.lost;
  sum.lostUnknown += Number(outcome.isLostUnknown);
}
