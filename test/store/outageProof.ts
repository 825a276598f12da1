/**
 * Days without the network at full rate: 100 points, each read every second, in the size for which `hazgate check`
 * promises just so many days. Nothing may be lost, and all of it must come when the network is back.
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lanes } from "../../agent/records.ts";
import { openForReading } from "../../agent/store/database.ts";
import { inspect, isInOrder } from "../../agent/store/inspection.ts";
import type { ReadingColumns } from "../../agent/wire/readingColumns.ts";
import { storageDays } from "../../config/checks/storage.ts";
import type { Site } from "../../config/site.ts";
import { heads } from "../bench/journal/filledEngine.ts";
import { type TankData, tankData } from "../bench/journal/tankData.ts";
import { alarm } from "./samples.ts";
import { close, HandClock, open } from "./scratchJournal.ts";

const points = 100;
const minuteS = 60;
const minutesADay = 1_440;
/** The same hour comes again and again: records are sealed by the minute, none knows of another. */
const hourS = 3_600;

/** `count`: days. */
export async function prove(options: {
  readonly count: number;
  readonly seed: number;
  say(line: string): void;
}): Promise<{ readonly figures: Record<string, number>; readonly faults: readonly string[] }> {
  const { count: days, seed, say } = options;
  const maxSizeBytes = sizeFor(days);
  const folder = mkdtempSync(join(tmpdir(), "hazgate-outage-"));
  try {
    const clock = new HandClock();
    const file = join(folder, "journal.db");
    const life = open(file, clock, { maxSizeBytes, heads: heads(points, 1) });
    const { engine } = life;
    const data = tankData({ kind: "tank", tags: points, seconds: hourS, seed });
    engine.uplinkIs("down");
    let alarms = 0;
    for (let minute = 0; minute < days * minutesADay; minute += 1) {
      engine.append(minuteOf(data, minute, clock));
      if (minute % minuteS === 0) {
        alarms += 1;
        engine.raise([alarm(clock.now(), { alarmId: `A${alarms}` })]);
      }
      clock.pass(minuteS * 1_000);
      const committed = engine.commit();
      if (!committed.ok) throw new Error(committed.error.message);
      if ((minute + 1) % minutesADay === 0) {
        const { account, sizeBytes } = engine.stats();
        say(`day ${(minute + 1) / minutesADay}: ${JSON.stringify({ ...account, sizeBytes })}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const offline = engine.stats();
    const fileBytes = statSync(file).size;
    engine.uplinkIs("live");
    clock.pass(1_000);
    engine.commit();
    const drained = { readings: 0, alarms: 0 };
    for (const lane of lanes) {
      for (;;) {
        const next = engine.next({ lane, afterSeq: 0, maxRecords: 256, maxBytes: 64e6 });
        if (!next.ok) throw new Error(next.error.message);
        if (next.value.length === 0) break;
        for (const record of next.value) {
          if (record.kind === "readings") drained.readings += record.readings;
          if (record.kind === "alarm") drained.alarms += 1;
        }
        engine.delivered(next.value.map(({ seq }) => ({ from: seq, to: seq })));
      }
    }
    const { account } = engine.stats();
    close(life);
    const made = days * minutesADay * minuteS * points;
    const wrong = {
      "readings not made": made - account.made,
      "readings declared lost": account.declaredLost,
      "readings not drained": made - drained.readings,
      "alarms not drained": alarms - drained.alarms,
      "bytes above the size limit": Math.max(0, fileBytes - maxSizeBytes),
      "books out of order": Number(!isWell(file)),
    };
    return {
      figures: { days, made, maxSizeBytes, fileBytes, storedBefore: offline.account.stored },
      faults: Object.entries(wrong).flatMap(([what, n]) => (n === 0 ? [] : [`${n} ${what}`])),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The smallest size for which the check promises so many days. */
function sizeFor(days: number): number {
  const point = { every: 1_000, decimals: 1 } as Site["points"][string];
  const entries = Array.from({ length: points }, (_, i) => [`P${i}`, point] as const);
  const promised = (maxSize: number): number =>
    storageDays({
      journal: { maxSize } as Site["journal"],
      points: Object.fromEntries(entries),
      uplinks: {},
    }).outageDays;
  let maxSize = 16 * 1024 ** 2;
  while (promised(maxSize) < days) maxSize += 1024 ** 2;
  return maxSize;
}

function minuteOf(data: TankData, minute: number, clock: HandClock): ReadingColumns {
  const { wallMs, monotonicMs } = clock.now();
  const from = (minute * minuteS) % hourS;
  const values = new Float64Array(minuteS * points);
  for (let second = 0; second < minuteS; second += 1) {
    values.set(data.seconds[from + second] ?? [], second * points);
  }
  return {
    wallMs: Float64Array.from({ length: minuteS }, (_, second) => wallMs + second * 1_000),
    monotonicMs: Float64Array.from(
      { length: minuteS },
      (_, second) => monotonicMs + second * 1_000,
    ),
    counts: new Uint32Array(minuteS).fill(points),
    points: Uint32Array.from({ length: minuteS * points }, (_, i) => i % points),
    values,
    qualities: new Uint8Array(minuteS * points),
  };
}

function isWell(file: string): boolean {
  const opened = openForReading(file);
  if (!opened.ok) return false;
  try {
    return isInOrder(inspect(opened.value, { isDeep: false }));
  } finally {
    opened.value.close();
  }
}
