/** What was delivered stays on the box as long as the rules for major hazard sources want it, and no longer. */

import { join } from "node:path";
import { expect, test } from "vitest";
import type { RecordKind } from "../../agent/records.ts";
import { openHistory } from "../../agent/store/historyReader.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { loadSite } from "../../config/load.ts";
import { exampleText } from "../config/exampleSite.ts";
import { alarm, block } from "./samples.ts";
import { close, HandClock, look, open, scratchFolder } from "./scratchJournal.ts";

const dayMs = 86_400_000;
/** Old records are looked for at least so often, in steps of a bounded number. */
const graceMs = 20_000;

/** A site that says nothing about it. */
function defaults(): { readonly keepReadingsMs: number; readonly keepAlarmsMs: number } {
  const [text = ""] = exampleText("smallSite").split(/^journal:/m);
  const loaded = loadSite({ file: "site.yaml", text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const { keepReadings, keepAlarms } = loaded.value.site.journal;
  return { keepReadingsMs: keepReadings, keepAlarmsMs: keepAlarms };
}

/** Numbers of records that a person who asks for this kind, of any time, is shown. */
function shown(file: string, kind: RecordKind): readonly number[] {
  const history = openHistory(file);
  if (!history.ok) throw new Error(history.error.message);
  using opened = history.value;
  const selected = opened.select({
    kind,
    fromWallMs: Number.NEGATIVE_INFINITY,
    toWallMs: Number.POSITIVE_INFINITY,
  });
  if (!selected.ok) throw new Error(selected.error);
  return [...selected.value.pieces()].flatMap((piece) =>
    piece.kind === "record" || piece.kind === "readings" ? [piece.envelope.seq] : [],
  );
}

test("by default readings stay for at least 30 days and alarms for at least 3 years", () => {
  const { keepReadingsMs, keepAlarmsMs } = defaults();
  expect(keepReadingsMs).toBeGreaterThanOrEqual(30 * dayMs);
  expect(keepAlarmsMs).toBeGreaterThanOrEqual(3 * 365 * dayMs);
});

test("an alarm delivered on day 0 is shown until day 1,095, an event too, and then goes by its age alone", () => {
  const keeps = { keepReadingsMs: 30 * dayMs, keepAlarmsMs: 1_095 * dayMs };
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock, keeps);
  const { engine } = life;
  engine.raise([alarm(clock.now())]);
  engine.note({ type: "clock-step", at: clock.now(), by: "box", note: "a step", details: {} });
  engine.append(columnsOfBlock(block(clock.now(), [1])));
  engine.sealSoon();
  expect(engine.commit().ok).toBe(true);
  expect(engine.delivered([{ from: 1, to: 3 }])).toEqual({ ok: true, value: 3 });
  const deliveredMs = clock.monotonicMs();
  /** The wall clock says nonsense on the way there. */
  const liveUntil = (ageMs: number): void => {
    clock.stepWall(40 * 365 * dayMs);
    clock.pass(deliveredMs + ageMs - clock.monotonicMs());
    for (let step = 0; step < 3; step += 1) {
      expect(engine.commit().ok).toBe(true);
      clock.pass(graceMs / 4);
    }
    clock.stepWall(-40 * 365 * dayMs);
  };
  const held = (): Readonly<Record<string, number>> => ({
    alarm: shown(file, "alarm").length,
    event: shown(file, "event").length,
    readings: shown(file, "readings").length,
  });

  liveUntil(29 * dayMs);
  expect(held()).toEqual({ alarm: 1, event: 1, readings: 1 });
  liveUntil(30 * dayMs);
  expect(held()).toEqual({ alarm: 1, event: 1, readings: 0 });
  // An alarm that nobody confirmed stays, whatever its age.
  engine.raise([alarm(clock.now(), { alarmId: "01J0000000000000000000000B" })]);
  expect(engine.commit().ok).toBe(true);
  liveUntil(1_094 * dayMs);
  expect(held()).toEqual({ alarm: 2, event: 1, readings: 0 });
  liveUntil(1_095 * dayMs - graceMs);
  expect(held()).toEqual({ alarm: 2, event: 1, readings: 0 });
  liveUntil(1_095 * dayMs + graceMs);
  expect(held()).toEqual({ alarm: 1, event: 0, readings: 0 });
  liveUntil(3_000 * dayMs);
  expect(held()).toEqual({ alarm: 1, event: 0, readings: 0 });

  const { classes } = engine.stats();
  expect(classes.alarm).toMatchObject({ made: 2, delivered: 1, stored: 1, declaredLost: 0 });
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});
