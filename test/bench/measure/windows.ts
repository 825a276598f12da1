/** The same stretch of time measured again and again: CPU against what was really done in it. */

import { sleep } from "./child.ts";
import { usageOf } from "./cpu.ts";
import { type Spread, spreadOf } from "./spread.ts";

export interface WindowPlan {
  /** Ends when the first window may begin. */
  readonly begin: () => Promise<void>;
  readonly windowMs: number;
  readonly windows: number;
}

export interface Measured {
  /** CPU seconds per 1,000,000 of what `count` counts. */
  readonly cpuPerMillion: Spread;
  readonly perSecond: Spread;
  /** Share of one core, in percent. */
  readonly corePercent: Spread;
  readonly rssMb: Spread;
  readonly rssPeakMb: number;
}

/** `count` says how much has been done since the start, from outside the measured process. */
export async function measureWindows(
  pid: number,
  plan: WindowPlan,
  count: () => Promise<number>,
): Promise<Measured> {
  const cost: number[] = [];
  const rate: number[] = [];
  const share: number[] = [];
  const rss: number[] = [];
  await plan.begin();
  let [before, doneBefore, at] = [usageOf(pid), await count(), performance.now()];
  for (let window = 0; window < plan.windows; window += 1) {
    await sleep(plan.windowMs);
    const [after, done, now] = [usageOf(pid), await count(), performance.now()];
    const wallS = (now - at) / 1000;
    cost.push(((after.cpuS - before.cpuS) / (done - doneBefore)) * 1e6);
    rate.push((done - doneBefore) / wallS);
    share.push(((after.cpuS - before.cpuS) / wallS) * 100);
    rss.push(after.rssMb);
    [before, doneBefore, at] = [after, done, now];
  }
  return {
    cpuPerMillion: spreadOf(cost),
    perSecond: spreadOf(rate),
    corePercent: spreadOf(share),
    rssMb: spreadOf(rss),
    rssPeakMb: before.rssPeakMb,
  };
}
