/** A volume that is really full: alarms are stored all the same, and all is well again when there is room. */

import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ballastBytes, ballastPathOf } from "../../agent/store/ballast.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import { bodyOf, close, HandClock, look, open } from "./scratchJournal.ts";
import { canMount, fill, smallVolume } from "./smallVolume.ts";

const mebibyte = 1024 * 1024;

test("the ballast is two hundredths of the journal, within 1 and 64 MiB", () => {
  expect(ballastBytes(1)).toBe(mebibyte);
  expect(ballastBytes(500 * mebibyte)).toBe(10 * mebibyte);
  expect(ballastBytes(1024 ** 4)).toBe(64 * mebibyte);
});

// Mounting needs root, as the tests in CI have it.
test.skipIf(!canMount())(
  "on a full volume alarms become durable, and it recovers by itself",
  () => {
    const folder = smallVolume(16) ?? "";
    const clock = new HandClock();
    const file = join(folder, "journal.db");
    const life = open(file, clock, { pendingReadingsMax: 500_000 });
    const ballast = ballastPathOf(file);
    for (let second = 0; second < 5; second += 1) {
      clock.pass(1_000);
      expect(life.engine.commit().ok).toBe(true);
    }
    const { size, blocks } = statSync(ballast);
    expect(size).toBe(ballastBytes(64 * mebibyte));
    expect(blocks * 512).toBeGreaterThanOrEqual(size);

    const filler = fill(folder);
    let alarms = 0;
    let made = 0;
    for (let second = 0; second < 900; second += 1) {
      const values = Array.from({ length: 4 }, (_, i) => Math.sin(second * 4 + i));
      life.engine.append(columnsOfBlock(block(clock.now(), values)));
      made += 4;
      if (second % 10 === 0) {
        life.engine.raise([alarm(clock.now(), { alarmId: `A${second}` })]);
        alarms += 1;
      }
      clock.pass(1_000);
      expect(life.engine.commit().ok, `second ${second}`).toBe(true);
      expect(life.engine.stats().classes.alarm.made).toBe(alarms);
    }
    expect(existsSync(ballast)).toBe(false);

    rmSync(filler ?? "");
    for (let second = 0; second < 5; second += 1) {
      clock.pass(1_000);
      expect(life.engine.commit().ok).toBe(true);
    }
    expect(statSync(ballast).size).toBe(ballastBytes(64 * mebibyte));
    const { account, classes } = life.engine.stats();
    expect(account.made).toBe(made);
    expect(classes.alarm).toMatchObject({ made: alarms, stored: alarms, declaredLost: 0 });
    expect(isInOrder(look(file))).toBe(true);
    close(life);
  },
);

test.skipIf(!canMount())(
  "what does not fit in memory while the disk is full is told as disk-full",
  () => {
    const folder = smallVolume(4) ?? "";
    const clock = new HandClock();
    const file = join(folder, "journal.db");
    const life = open(file, clock, { pendingReadingsMax: 1_000 });
    rmSync(ballastPathOf(file), { force: true });
    const filler = fill(folder);
    let dropped = 0;
    for (let second = 0; second < 500; second += 1) {
      const count = 800;
      life.engine.append({
        ...columnsOfBlock(block(clock.now(), [])),
        wallMs: Float64Array.of(clock.now().wallMs),
        monotonicMs: Float64Array.of(clock.now().monotonicMs),
        counts: Uint32Array.of(count),
        points: new Uint32Array(count).fill(2),
        values: Float64Array.from({ length: count }, (_, i) => Math.sin(second * count + i)),
        qualities: new Uint8Array(count),
      });
      clock.pass(1_000);
      if (!life.engine.commit().ok) dropped += 1;
    }
    expect(dropped).toBeGreaterThan(2);
    rmSync(filler ?? "");
    life.engine.uplinkIs("live");
    expect(life.engine.commit().ok).toBe(true);
    const gaps = life.engine.next({ lane: "gap", afterSeq: 0, maxRecords: 1_000, maxBytes: 1e9 });
    if (!gaps.ok) throw new Error(gaps.error.message);
    const told = gaps.value.map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes)));
    const lost = told.filter(({ reason }) => reason === "disk-full");
    expect(lost.length).toBeGreaterThan(0);
    expect(life.engine.stats().account.made).toBe(500 * 800);
    expect(isInOrder(look(file))).toBe(true);
    close(life);
  },
);
