/** 90 days, 30 of them offline, in simulated time: file, log and memory stay where they are. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lanes } from "../../agent/records.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { alarm } from "./samples.ts";
import { close, HandClock, look, open, scratchFolder } from "./scratchJournal.ts";

const stepMs = 3_600_000;
const stepsADay = 24;
const readingsAStep = 240;

function ninetyDays(maxSizeBytes: number): {
  readonly figures: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly alarms: { readonly raised: number; readonly delivered: number };
} {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock, { maxSizeBytes, keepReadingsMs: 30 * 86_400_000 });
  const { engine } = life;
  const most = { file: 0, log: 0, rss: 0 };
  const rssBefore = process.memoryUsage().rss;
  let raised = 0;
  const drain = (): void => {
    for (const lane of lanes) {
      for (;;) {
        const next = engine.next({ lane, afterSeq: 0, maxRecords: 64, maxBytes: 4e6 });
        if (!next.ok) throw new Error(next.error.message);
        if (next.value.length === 0) break;
        engine.delivered(next.value.map(({ seq }) => ({ from: seq, to: seq })));
      }
    }
  };
  for (let step = 0; step < 90 * stepsADay; step += 1) {
    const day = Math.floor(step / stepsADay);
    const isOffline = day >= 30 && day < 60;
    engine.uplinkIs(isOffline ? "down" : "live");
    const { wallMs, monotonicMs } = clock.now();
    const at = Float64Array.from({ length: readingsAStep }, (_, i) => (i * stepMs) / readingsAStep);
    engine.append({
      wallMs: at.map((ms) => wallMs + ms),
      monotonicMs: at.map((ms) => monotonicMs + ms),
      counts: new Uint32Array(readingsAStep).fill(1),
      points: new Uint32Array(readingsAStep).fill(2),
      values: at.map((_, i) => Math.sin(step * readingsAStep + i) * 100),
      qualities: new Uint8Array(readingsAStep),
    });
    if (step % stepsADay === 0) {
      engine.raise([alarm(clock.now(), { alarmId: `A${day}` })]);
      raised += 1;
    }
    clock.pass(stepMs);
    expect(engine.commit().ok).toBe(true);
    if (!isOffline) drain();
    most.file = Math.max(most.file, statSync(file).size);
    most.log = Math.max(most.log, statSync(`${file}-wal`).size);
    most.rss = Math.max(most.rss, process.memoryUsage().rss - rssBefore);
  }
  clock.pass(stepMs);
  engine.commit();
  drain();
  const { account, classes } = engine.stats();
  expect(account.made).toBe(90 * stepsADay * readingsAStep);
  expect(account.made).toBe(account.delivered + account.declaredLost);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
  const figures = { ...most, lost: account.declaredLost };
  return {
    figures,
    lost: account.declaredLost,
    alarms: { raised, delivered: classes.alarm.delivered },
  };
}

const mebibyte = 1024 * 1024;

test.each([
  {
    name: "a budget that holds the outage loses nothing",
    maxSizeBytes: 16 * mebibyte,
    isEnough: true,
  },
  {
    name: "a budget that does not is thinned, and no alarm is lost",
    maxSizeBytes: 9 * mebibyte,
    isEnough: false,
  },
])(
  "$name",
  ({ maxSizeBytes, isEnough }) => {
    const { figures, lost, alarms } = ninetyDays(maxSizeBytes);
    process.stdout.write(`90 days in ${maxSizeBytes / mebibyte} MiB: ${JSON.stringify(figures)}\n`);
    expect(lost > 0).toBe(!isEnough);
    expect(alarms.delivered).toBe(alarms.raised);
    expect(figures["file"]).toBeLessThanOrEqual(maxSizeBytes - 8 * mebibyte);
    expect(figures["log"]).toBeLessThan(8 * mebibyte);
    expect(figures["rss"]).toBeLessThan(300 * mebibyte);
  },
  120_000,
);
