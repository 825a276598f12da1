/** Stretches that a trend has nothing for, each with its reason (pure). Nothing is ever drawn across them. */

import type { TrendView } from "../page/protocol/history.ts";
import type { StoredGap } from "./trendAlarmLine.ts";

export type TrendGap = TrendView["gaps"][number];

/** No reading for longer than so many polls is a gap. */
const pollsMissed = 3;

export interface SeriesTimes {
  readonly tag: string;
  readonly everyMs: number;
  readonly startMs: readonly number[];
}

/** `toMs`: nothing later is expected yet. */
export function trendGaps(options: {
  readonly series: readonly SeriesTimes[];
  readonly declared: readonly StoredGap[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
}): readonly TrendGap[] {
  const tags = new Set(options.series.map(({ tag }) => tag));
  const declared = options.declared.flatMap((gap): TrendGap[] => {
    const { fromMs, toMs, reason } = gap;
    if (gap.tags === null) return [{ fromMs, toMs, reason }];
    const concerned = gap.tags.filter((tag) => tags.has(tag));
    return concerned.length === 0 ? [] : [{ fromMs, toMs, reason, tags: concerned }];
  });
  const absent = new Map<
    string,
    { readonly fromMs: number; readonly toMs: number; tags: string[] }
  >();
  for (const one of options.series) {
    for (const hole of holesOf(one, options)) {
      const key = `${hole.fromMs} ${hole.toMs}`;
      const same = absent.get(key) ?? { ...hole, tags: [] };
      same.tags.push(one.tag);
      absent.set(key, same);
    }
  }
  const missing = [...absent.values()].map(({ fromMs, toMs, tags: of }): TrendGap => {
    const span = { fromMs, toMs, reason: "no-readings" };
    return of.length === tags.size ? span : { ...span, tags: of };
  });
  return [...declared, ...missing].sort((a, b) => a.fromMs - b.fromMs);
}

function* holesOf(
  { startMs, everyMs }: SeriesTimes,
  span: { readonly fromMs: number; readonly toMs: number; readonly bucketMs: number },
): Generator<{ readonly fromMs: number; readonly toMs: number }> {
  const allowedMs = Math.max(span.bucketMs, pollsMissed * everyMs);
  let endMs = span.fromMs;
  for (const start of [...startMs, span.toMs]) {
    if (start - endMs >= allowedMs) yield { fromMs: endMs, toMs: start };
    endMs = Math.max(endMs, start + span.bucketMs);
  }
}
