/** What keeping trends costs: hours of tank readings through the collector and the history's thread's own code. */

import { join } from "node:path";
import type { ReadingBlock } from "../../../agent/records.ts";
import { levelMs } from "../../../agent/store/trendBuckets.ts";
import { TrendCollector } from "../../../agent/store/trendCollector.ts";
import { TrendDesk } from "../../../agent/store/trendDesk.ts";
import { steppedClock } from "../journal/steppedClock.ts";
import { tankData } from "../journal/tankData.ts";
import { settingsOf } from "../measure/child.ts";

export interface HistoryRun {
  readonly dir: string;
  readonly tags: number;
  /** One reading of each tag a second. */
  readonly seconds: number;
}

export interface HistoryFigures {
  /** Readings after the warm-up of an hour: what the CPU seconds are for. */
  readonly readings: number;
  /** On the agent's thread: folding readings into buckets. */
  readonly collectorCpuS: number;
  /** On the history's own thread: writing and sealing. */
  readonly threadCpuS: number;
}

const startWallMs = 1_767_225_600_000;
/** A minute of other data each time would cost more than what is measured. */
const dataSeconds = 600;
const warmUpSeconds = 3_900;
const handOverSeconds = levelMs[0] / 1_000;

const { dir, tags, seconds } = settingsOf<HistoryRun>();
const data = tankData({ kind: "tank", tags, seconds: dataSeconds, seed: 1 });
const clock = steppedClock(startWallMs);
using desk = new TrendDesk({
  file: join(dir, "history.db"),
  journalFile: join(dir, "none.db"),
  points: Array.from({ length: tags }, (_, tag) => ({ tag: `T${tag}`, unit: "mm" })),
  timeZone: "Asia/Shanghai",
  maxSizeBytes: 8 * 2 ** 30,
  now: clock.now(),
});
const collector = new TrendCollector(tags);
const points = Uint32Array.from({ length: tags }, (_, tag) => tag);
const qualities = new Uint8Array(tags);
const spent = { collector: 0, thread: 0 };

function timed(who: keyof typeof spent, work: () => void): void {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  spent[who] += (user + system) / 1e6;
}

for (let second = 0; second < seconds; second += 1) {
  if (second === warmUpSeconds) spent.collector = spent.thread = 0;
  const values = data.seconds[second % dataSeconds] ?? new Float64Array(0);
  const block: ReadingBlock = { takenAt: clock.now(), points, values, qualities };
  timed("collector", () => collector.take(block));
  clock.step(1_000);
  if (second % handOverSeconds !== handOverSeconds - 1) continue;
  const now = clock.now();
  const chunk = collector.handOver(now.wallMs);
  timed("thread", () => {
    desk.take({ kind: "buckets", chunk, steps: collector.takeSteps(), goodShare: 1, now });
    while (desk.work(now.monotonicMs));
  });
}
const figures: HistoryFigures = {
  readings: tags * (seconds - warmUpSeconds),
  collectorCpuS: spent.collector,
  threadCpuS: spent.thread,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
