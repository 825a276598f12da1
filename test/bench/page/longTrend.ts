/** Ninety days of eight points, put into the history before the agent starts, and asked for by a browser. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { room } from "../../../agent/store/trendChunk.ts";
import { TrendDesk } from "../../../agent/store/trendDesk.ts";
import { monotonicMs, wallMs } from "../../../config/words/time.ts";
import { quantile } from "../measure/spread.ts";

const days = 90;
const dayMs = 86_400_000;
const minuteMs = 60_000;
const width = 1_200;

export interface LongTrend {
  readonly medianMs: number;
  readonly worstMs: number;
  /** As they cross the wire. */
  readonly bytes: number;
  readonly buckets: number;
}

/** A reading a minute of each tag, up to now. */
export function fillHistory(dataDir: string, tags: readonly string[]): void {
  mkdirSync(dataDir, { recursive: true });
  const endMs = Math.floor(Date.now() / minuteMs) * minuteMs;
  const at = (ms: number) => ({ wallMs: wallMs(ms), monotonicMs: monotonicMs(ms) });
  using desk = new TrendDesk({
    file: join(dataDir, "history.db"),
    journalFile: join(dataDir, "journal.db"),
    points: tags.map((tag) => ({ tag, unit: "mm" })),
    timeZone: "Asia/Shanghai",
    maxSizeBytes: 2 ** 30,
    now: at(endMs - days * dayMs),
  });
  for (let dayEndMs = endMs - (days - 1) * dayMs; dayEndMs <= endMs; dayEndMs += dayMs) {
    const chunk = room(tags.length * (dayMs / minuteMs));
    for (const row of chunk.point.keys()) {
      const value = Math.round(500 + 300 * Math.sin(row / 900) + 5 * Math.sin(row));
      chunk.point[row] = row % tags.length;
      chunk.startMs[row] = dayEndMs - dayMs + Math.floor(row / tags.length) * minuteMs;
      for (const column of [chunk.min, chunk.max, chunk.last]) column[row] = value;
      chunk.count[row] = 1;
    }
    desk.take({ kind: "buckets", chunk, steps: [], goodShare: 1, now: at(dayEndMs) });
    while (desk.work(dayEndMs));
  }
  desk.write();
}

/** Asks in the page, as the trends view does, and reads the answer to its end. */
export async function timeLongTrend(
  page: Page,
  { tags, times }: { readonly tags: readonly string[]; readonly times: number },
): Promise<LongTrend> {
  const toMs = Date.now();
  const path = (time: number) =>
    `/api/trend?points=${tags.join(",")}&from=${toMs - days * dayMs}&to=${toMs + time}&width=${width}`;
  const answers: { readonly ms: number; readonly bytes: number; readonly buckets: number }[] = [];
  for (let time = 0; time < times; time += 1) {
    answers.push(await page.evaluate(asked(path(time))));
  }
  const ms = answers.map((one) => one.ms).sort((a, b) => a - b);
  return {
    medianMs: quantile(ms, 0.5),
    worstMs: ms.at(-1) ?? Number.NaN,
    bytes: answers[0]?.bytes ?? 0,
    buckets: answers[0]?.buckets ?? 0,
  };
}

function asked(path: string): string {
  return `(async () => {
    const begunMs = performance.now();
    const answer = await fetch(${JSON.stringify(path)});
    const view = await answer.json();
    const ms = performance.now() - begunMs;
    const entry = performance.getEntriesByName(new URL(${JSON.stringify(path)}, location.href).href).at(-1);
    const buckets = (view.series ?? []).reduce((sum, one) => sum + one.startMs.length, 0);
    return { ms, bytes: entry?.transferSize ?? 0, buckets };
  })()`;
}
