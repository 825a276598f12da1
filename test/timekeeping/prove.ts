/** The long proof of clocks: as many seeded histories as one likes. */

import { live } from "./clockHistory.ts";
import { namedHistories, seededHistories, stepSizesMs, stepsEverywhere } from "./histories.ts";

export interface Proof {
  readonly figures: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

/** `count` histories beside the named ones. */
export async function prove(options: {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<Proof> {
  const { count, seed, say } = options;
  const figures = { histories: 0, steps: 0, readings: 0, placed: 0, stamped: 0, doubtful: 0 };
  const more = { worstMs: 0, alarms: 0, purged: 0 };
  const faults: string[] = [];
  const histories = [
    ...namedHistories,
    ...stepSizesMs.map(stepsEverywhere),
    ...seededHistories(count, seed),
  ];
  for (const history of histories) {
    const verdict = await live(history);
    for (const fault of verdict.faults) faults.push(`${history.name}: ${fault}`);
    if (verdict.faults.length > 0) say(`${history.name}: ${verdict.faults[0]}`);
    figures.histories += 1;
    for (const name of ["steps", "readings", "placed", "stamped", "doubtful"] as const) {
      figures[name] += verdict[name];
    }
    more.worstMs = Math.max(more.worstMs, verdict.worstMs);
    more.alarms += verdict.alarms;
    more.purged += verdict.purged;
  }
  return { figures: { ...figures, ...more }, faults };
}
