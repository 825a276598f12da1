import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openDatabase, readNumber } from "../../agent/store/database.ts";
import { storageTrouble } from "../../agent/store/journalError.ts";
import { markDamaged } from "../../agent/store/moveAside.ts";
import { openEngine } from "../../agent/store/openEngine.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block, heads, settings } from "./samples.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder } from "./scratchJournal.ts";

function opened(file: string): Database.Database {
  const result = openDatabase({ file, maxSizeBytes: 1e8, newEpoch: "e", nowWallMs: 5 });
  if (!result.ok) throw new Error(result.error.message);
  return result.value.db;
}

function refusal(file: string): string {
  const result = openEngine({
    file,
    site: "demo",
    box: "box1",
    heads,
    settings,
    clock: new HandClock(),
    newEpoch: "e",
  });
  if (!result.ok) return result.error.kind;
  close(result.value);
  return "opened";
}

test("the bare library reopens a WAL database below FULL; the journal stays at EXTRA", () => {
  const bare = join(scratchFolder(), "bare.db");
  const first = new Database(bare);
  first.pragma("journal_mode = WAL");
  first.exec("CREATE TABLE t (a)");
  first.close();
  const again = new Database(bare);
  expect(readNumber(again, "synchronous")).toBe(1);
  again.close();

  const file = join(scratchFolder(), "journal.db");
  for (let life = 0; life < 2; life += 1) {
    const db = opened(file);
    expect(readNumber(db, "synchronous")).toBe(3);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(readNumber(db, "auto_vacuum")).toBe(2);
    db.close();
  }
});

test("the bare library hides a failing commit behind .get(); within a transaction it throws", () => {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = ON");
  db.exec(
    `CREATE TABLE parent (id INTEGER PRIMARY KEY);
     CREATE TABLE child (id INTEGER PRIMARY KEY,
       parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`,
  );
  // A deferred constraint fails at the commit, as a full or broken disk does.
  const insert = db.prepare("INSERT INTO child (parent) VALUES (99) RETURNING id");
  expect(insert.get()).toEqual({ id: 1 });
  expect(db.prepare("SELECT count(*) FROM child").pluck().get()).toBe(0);
  expect(() => insert.all()).toThrow("FOREIGN KEY");
  expect(() => db.transaction(() => insert.get()).immediate()).toThrow("FOREIGN KEY");
  db.close();
});

test("a second agent on the same journal is refused, and may come when the first has gone", () => {
  const file = join(scratchFolder(), "journal.db");
  const first = open(file, new HandClock());
  expect(refusal(file)).toBe("locked");
  close(first);
  expect(refusal(file)).toBe("opened");
});

test("somebody else's database and a newer journal are refused and left as they are", () => {
  const folder = scratchFolder();
  const foreign = join(folder, "foreign.db");
  const db = new Database(foreign);
  db.exec("CREATE TABLE customers (name)");
  db.close();
  expect(refusal(foreign)).toBe("foreign");

  const newer = join(folder, "newer.db");
  close(open(newer, new HandClock()));
  const ahead = new Database(newer);
  ahead.pragma("user_version = 99");
  ahead.close();
  // A newer program keeps a mark of its own; one of this program's would say that the number is wrong.
  rmSync(`${newer}.mark`);
  expect(refusal(newer)).toBe("newer");
  expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([]);
});

test("a folder that cannot be made is a readable error", () => {
  const file = join(scratchFolder(), "plain");
  writeFileSync(file, "");
  expect(refusal(join(file, "journal.db"))).toBe("unwritable");
});

test("a damaged file is moved aside whole; a new epoch starts and says so", () => {
  const clock = new HandClock();
  const folder = scratchFolder();
  const file = join(folder, "journal.db");
  const first = open(file, clock);
  const epoch = first.engine.epoch;
  first.engine.append(columnsOfBlock(block(clock.now(), [1, 2, 3, 4])));
  close(first);
  const bytes = readFileSync(file);
  bytes.fill(0x55, 0, 8192);
  writeFileSync(file, bytes);

  const second = open(file, clock);
  expect(second.engine.epoch).not.toBe(epoch);
  const gaps = second.engine.next({ lane: "gap", afterSeq: 0, maxRecords: 9, maxBytes: 1e6 });
  const [gap] = gaps.ok ? gaps.value : [];
  const body = gapBodySchema.parse(bodyOf(gap?.bytes ?? new Uint8Array()));
  expect(body).toMatchObject({ reason: "damaged", lost: 0 });
  const [aside] = readdirSync(folder).filter((name) => /damaged-\d+$/.test(name));
  expect(body.note).toContain(aside);
  expect(readFileSync(join(folder, aside ?? ""))).toEqual(bytes);
  close(second);
});

test("a file found damaged while in use is moved aside at the next start, once", () => {
  const clock = new HandClock();
  const folder = scratchFolder();
  const file = join(folder, "journal.db");
  close(open(file, clock));
  markDamaged(file);
  close(open(file, clock));
  close(open(file, clock));
  expect(readdirSync(folder).filter((name) => /damaged-\d+$/.test(name))).toHaveLength(1);
});

test("what one life left open is sealed by the next, also under a changed point list", () => {
  const clock = new HandClock();
  const folder = scratchFolder();
  const first = open(join(folder, "a.db"), clock);
  first.engine.append(columnsOfBlock(block(clock.now(), [1.25, 2.5, 3, 4])));
  first.engine.commit();
  expect(first.engine.stats().account).toMatchObject({ made: 4, stored: 4 });
  for (const end of ["", "-wal"]) {
    copyFileSync(join(folder, `a.db${end}`), join(folder, `b.db${end}`));
  }
  close(first);

  const fewer = [heads[3]!, { ...heads[0]!, unit: "mm" }];
  const second = open(join(folder, "b.db"), clock, { heads: fewer });
  const next = second.engine.next({ lane: "backlog", afterSeq: 0, maxRecords: 9, maxBytes: 1e6 });
  const [record] = next.ok ? next.value : [];
  expect(record?.readings).toBe(4);
  expect(bodyOf(record?.bytes ?? new Uint8Array())).toMatchObject({
    points: {
      p: ["LT-101", "PT-101", "TT-101", "气体-1"],
      u: ["m", "kPa", "°C", "%LEL"],
      d: [2, 1, 0, 1],
      b: [125, 25, 3, 40],
      v: [[0], [0], [0], [0]],
    },
  });
  close(second);
});

test("a start says how long nobody watched, and whether the stop was clean", () => {
  const clock = new HandClock();
  const folder = scratchFolder();
  const file = join(folder, "journal.db");
  const gapsOf = (name: string): unknown[] => {
    const life = open(join(folder, name), clock);
    const next = life.engine.next({ lane: "gap", afterSeq: 0, maxRecords: 9, maxBytes: 1e6 });
    close(life);
    return next.ok ? next.value.map(({ bytes }) => bodyOf(bytes)) : [];
  };
  expect(gapsOf("journal.db")).toEqual([]);
  const stoppedAt = clock.now();
  clock.pass(60_000);
  expect(gapsOf("journal.db")).toEqual([
    expect.objectContaining({
      reason: "agent-stopped",
      from: stoppedAt,
      to: clock.now(),
      lost: 0,
      note: expect.stringContaining("stopped and started"),
    }),
  ]);
  const killed = open(file, clock);
  killed.engine.raise([alarm(clock.now())]);
  killed.engine.commit();
  for (const end of ["", "-wal", ".mark"]) {
    copyFileSync(file + end, join(folder, `killed.db${end}`));
  }
  close(killed);
  expect(gapsOf("killed.db").at(-1)).toMatchObject({
    reason: "agent-stopped",
    note: expect.stringContaining("without saying goodbye"),
  });
  const seen = look(join(folder, "killed.db"));
  expect(seen.holes).toEqual([]);
});

test("alarms stand over a restart until they return", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const first = open(file, clock);
  const raised = clock.now();
  first.engine.raise([alarm(raised), alarm(raised, { type: "H", alarmId: "B", priority: 2 })]);
  first.engine.commit();
  clock.pass(5_000);
  first.engine.raise([
    alarm(clock.now(), { priority: 2 }),
    alarm(clock.now(), { type: "H", alarmId: "B", event: "return", stateAfter: "normal" }),
  ]);
  close(first);
  const second = open(file, clock);
  expect(second.engine.standing()).toEqual([
    { alarmId: alarm(raised).alarmId, source: "LT-101", type: "HH", priority: 2, since: raised },
  ]);
  close(second);
});

test("what the operating system refuses is trouble of the disk; a bug stays a bug", () => {
  const refused = (): unknown => {
    try {
      return readdirSync(join(scratchFolder(), "none"));
    } catch (error) {
      return error;
    }
  };
  expect(storageTrouble(refused())).toMatchObject({ kind: "io" });
  const full = Object.assign(new Error("no space left"), { syscall: "write", code: "ENOSPC" });
  expect(storageTrouble(full)).toEqual({ kind: "full", message: "no space left" });
  const bug = new TypeError("x is not a function");
  expect(() => storageTrouble(bug)).toThrow(bug);
});
