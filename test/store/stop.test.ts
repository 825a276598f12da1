/** The first thing that the next agent tells is who stopped the one before, or that nobody knows. */

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { Engine } from "../../agent/store/engine.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { newestVersion } from "../../agent/store/migrations.ts";
import { damageIn } from "../../agent/store/soundness.ts";
import { type GapBody, gapBodySchema } from "../../agent/wire/envelope.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder } from "./scratchJournal.ts";

const unknown = "unknown (killed, power cut or crash)";

function stops(engine: Engine): readonly GapBody[] {
  const next = engine.next({ lane: "gap", afterSeq: 0, maxRecords: 100, maxBytes: 1e9 });
  if (!next.ok) throw new Error(next.error.message);
  return next.value.map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes)));
}

test("a clean stop is told with its cause, once; the next stop has its own", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const first = open(file, clock);
  first.engine.stoppedBy("SIGTERM");
  first.engine.stoppedBy("operator 张三");
  close(first);
  clock.pass(60_000);
  const second = open(file, clock);
  expect(stops(second.engine)).toEqual([
    expect.objectContaining({ reason: "agent-stopped", lost: 0, by: "operator 张三" }),
  ]);
  const [told] = stops(second.engine);
  expect((told?.to.wallMs ?? 0) - (told?.from.wallMs ?? 0)).toBe(60_000);
  close(second);
  // Stopped cleanly, but nobody said by whom: the name before must not be told again.
  const third = open(file, clock);
  const [, untold] = stops(third.engine);
  expect(untold).toMatchObject({ reason: "agent-stopped", lost: 0 });
  expect(untold).not.toHaveProperty("by");
  expect(isInOrder(look(file))).toBe(true);
  close(third);
});

test("killed, even after somebody asked it to stop, it is told as unknown", () => {
  const clock = new HandClock();
  const folder = scratchFolder();
  const file = join(folder, "journal.db");
  const before = open(file, clock);
  before.engine.stoppedBy("SIGTERM");
  close(before);
  const life = open(file, clock);
  life.engine.stoppedBy("the watchdog");
  clock.pass(20_000);
  expect(life.engine.commit().ok).toBe(true);
  const image = join(scratchFolder(), "journal.db");
  for (const end of ["", "-wal", ".mark"]) copyFileSync(file + end, image + end);
  close(life);

  const next = open(image, clock);
  expect(stops(next.engine).map(({ by }) => by)).toEqual(["SIGTERM", unknown]);
  close(next);
});

test("a name that no longer fits its checksum is not told", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock);
  life.engine.stoppedBy("the operator");
  close(life);
  const vandal = new Database(file);
  vandal.exec("UPDATE stop SET by = 'the operatos'");
  vandal.close();
  const next = open(file, clock);
  const [told] = stops(next.engine);
  expect(told).toMatchObject({ reason: "agent-stopped" });
  expect(told).not.toHaveProperty("by");
  close(next);
});

test.each(["stop", "salvage"])(
  "a damaged page of table %s is seen without reading every page",
  (table) => {
    const file = join(scratchFolder(), "journal.db");
    close(open(file, new HandClock()));
    const damage = (): string | null => {
      const db = new Database(file, { readonly: true });
      try {
        return damageIn(db, { version: newestVersion, mark: null, isWhole: false });
      } finally {
        db.close();
      }
    };
    expect(damage()).toBeNull();
    const db = new Database(file, { readonly: true });
    const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(table);
    db.close();
    const bytes = readFileSync(file);
    // A free block past the end of the page: nothing that a query would meet.
    bytes.writeUInt16BE(4_095, (Number(root) - 1) * 4_096 + 1);
    writeFileSync(file, bytes);
    expect(damage()).toContain(`table ${table}`);
  },
);
