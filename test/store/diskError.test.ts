/** A disk that refuses to write: the readings that memory cannot hold are told with that as their reason. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Lane } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { dropReason } from "../../agent/store/gaps.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder, valuesOf } from "./scratchJournal.ts";

/** The kernel refuses every write to a file of this process meanwhile (EFBIG; the runtime ignores the signal). */
function whileWritesFail(work: () => void): void {
  const ask = (...words: string[]): string =>
    execFileSync("prlimit", ["--pid", String(process.pid), ...words], { encoding: "utf8" }).trim();
  const limit = (size: string): string => ask(`--fsize=${size}:`);
  const before = ask("--fsize", "--output", "SOFT", "--noheadings", "--raw");
  limit("1");
  try {
    work();
  } finally {
    limit(before);
  }
}

function bytesIn(engine: Engine, lane: Lane): readonly Uint8Array[] {
  const next = engine.next({ lane, afterSeq: 0, maxRecords: 1_000, maxBytes: 1e9 });
  if (!next.ok) throw new Error(next.error.message);
  return next.value.map(({ bytes }) => bytes);
}

test("the reason of a drop is the trouble that the disk has", () => {
  const reasonOf = (kind: "full" | "io" | "busy") => dropReason({ kind, message: "" });
  expect(reasonOf("full")).toBe("disk-full");
  expect(reasonOf("io")).toBe("disk-error");
  expect(reasonOf("busy")).toBe("journal-overload");
  expect(dropReason(null)).toBe("journal-overload");
});

test("what overflows while the disk refuses is told as disk-error, to the reading; the rest is stored", () => {
  const clock = new HandClock();
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, clock, { pendingReadingsMax: 30 });
  const { engine } = life;
  clock.pass(1_000);
  expect(engine.commit().ok).toBe(true);
  whileWritesFail(() => {
    for (let second = 0; second < 20; second += 1) {
      engine.append(columnsOfBlock(block(clock.now(), [second, second, second])));
      if (second === 10) engine.raise([alarm(clock.now())]);
      clock.pass(1_000);
      expect(engine.commit()).toMatchObject({ ok: false, error: { kind: "io" } });
    }
    // What somebody before the journal could not hold meanwhile.
    engine.dropped({
      from: clock.now(),
      to: clock.now(),
      lost: 2,
      points: new Map([[0, 2]]),
    });
  });
  engine.sealSoon();
  expect(engine.commit().ok).toBe(true);

  const gaps = bytesIn(engine, "gap").map((bytes) => gapBodySchema.parse(bodyOf(bytes)));
  expect(gaps).toEqual([
    expect.objectContaining({
      reason: "disk-error",
      lost: 32,
      seqs: [],
      points: { "LT-101": 12, "PT-101": 10, "TT-101": 10 },
    }),
  ]);
  const stored = bytesIn(engine, "backlog").flatMap(valuesOf);
  expect(stored).toHaveLength(30);
  expect(Math.min(...stored)).toBe(10);
  expect(bytesIn(engine, "alarm")).toHaveLength(1);
  expect(engine.stats()).toMatchObject({
    account: { made: 62, stored: 30, declaredLost: 32 },
    trouble: null,
  });
  expect(isInOrder(look(file))).toBe(true);
  close(life);
  const again = open(file, clock);
  expect(again.engine.epoch).toBe(engine.epoch);
  close(again);
});
