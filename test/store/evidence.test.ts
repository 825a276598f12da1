/** Evidence in the journal: numbered and confirmed like all else, the first to go when space is short. */

import { join } from "node:path";
import { expect, test } from "vitest";
import type { Lane, SealedRecord } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { evidenceBodySchema, pieceBytes } from "../../agent/wire/evidence.ts";
import { recordBytesMax } from "../../agent/wire/payload.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block, manifestBody, pieceBody } from "./samples.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder } from "./scratchJournal.ts";

function waiting(engine: Engine, lane: Lane): readonly SealedRecord[] {
  const next = engine.next({ lane, afterSeq: 0, maxRecords: 10_000, maxBytes: 1e9 });
  if (!next.ok) throw new Error(next.error.message);
  return next.value;
}

function kept(
  engine: Engine,
  bodies: Parameters<Engine["evidence"]["keep"]>[0],
): readonly number[] {
  const done = engine.evidence.keep(bodies);
  if (!done.ok) throw new Error(done.error.message);
  return done.value;
}

test("manifest and pieces are records of one kind in two lanes; a piece costs 3 % more than its bytes", () => {
  const file = join(scratchFolder(), "journal.db");
  const life = open(file, new HandClock());
  const { engine } = life;
  const seqs = kept(engine, [manifestBody("b1"), pieceBody("b1", 0), pieceBody("b1", 1)]);
  expect(seqs).toHaveLength(3);
  const [manifest] = waiting(engine, "evidence");
  expect(manifest).toMatchObject({ seq: seqs[0], kind: "evidence", readings: 0 });
  const pieces = waiting(engine, "piece");
  expect(pieces.map(({ seq }) => seq)).toEqual(seqs.slice(1));
  for (const { bytes } of pieces) {
    expect(bytes.length).toBeLessThan(pieceBytes * 1.03);
    expect(bytes.length).toBeLessThan(recordBytesMax);
  }
  const bodies = pieces.map(({ bytes }) => evidenceBodySchema.parse(bodyOf(bytes)));
  expect(bodies).toEqual([pieceBody("b1", 0), pieceBody("b1", 1)]);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("what became of evidence can be asked: waiting, delivered, lost, never given", () => {
  const life = open(join(scratchFolder(), "journal.db"), new HandClock());
  const { engine } = life;
  const [from = 0] = kept(
    engine,
    [0, 1, 2].map((piece) => pieceBody("b1", piece)),
  );
  const range = { from, to: from + 5 };
  const fates = (): unknown => engine.evidence.fates([range]);
  const never = { from: from + 3, to: from + 5 };
  expect(fates()).toEqual({
    ok: true,
    value: { waiting: [{ from, to: from + 2 }], lost: [never] },
  });
  expect(engine.delivered([{ from: from + 1, to: from + 1 }])).toEqual({ ok: true, value: 1 });
  const others = [from, from + 2].map((seq) => ({ from: seq, to: seq }));
  expect(fates()).toEqual({ ok: true, value: { waiting: others, lost: [never] } });
  close(life);
});

test("a confirmed piece can be asked for again for a day, then it goes; its number is explained", () => {
  const file = join(scratchFolder(), "journal.db");
  const clock = new HandClock();
  const life = open(file, clock);
  const { engine } = life;
  const [seq = 0] = kept(engine, [pieceBody("b1", 0)]);
  const range = { from: seq, to: seq };
  expect(engine.delivered([range])).toEqual({ ok: true, value: 1 });
  clock.pass(23 * 3_600_000);
  expect(engine.commit().ok).toBe(true);
  expect(engine.sendAgain([range])).toEqual({ ok: true, value: { again: 1, absent: [] } });
  expect(engine.delivered([range])).toEqual({ ok: true, value: 1 });
  clock.pass(25 * 3_600_000);
  for (let step = 0; step < 3; step += 1) {
    expect(engine.commit().ok).toBe(true);
    clock.pass(10_000);
  }
  expect(engine.sendAgain([range])).toEqual({ ok: true, value: { again: 0, absent: [range] } });
  expect(engine.evidence.fates([range])).toEqual({ ok: true, value: { waiting: [], lost: [] } });
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});

test("at the size limit unsent pieces go before any reading is thinned; the index, alarms and gaps stay", () => {
  const file = join(scratchFolder(), "journal.db");
  const clock = new HandClock();
  const maxSizeBytes = 12 * 1024 * 1024;
  const life = open(file, clock, { maxSizeBytes });
  const { engine } = life;
  engine.raise([alarm(clock.now())]);
  for (let i = 0; i < 50; i += 1) {
    engine.append(columnsOfBlock(block(clock.now(), [i, i, i, i])));
    clock.pass(1_000);
    expect(engine.commit().ok).toBe(true);
  }
  // More than the whole budget; a batch fits into what is kept free for such moments.
  const bundles = 60;
  for (let bundle = 0; bundle < bundles; bundle += 1) {
    const id = `b${bundle}`;
    const bodies = [manifestBody(id), ...[0, 1, 2, 3, 4, 5].map((piece) => pieceBody(id, piece))];
    expect(kept(engine, bodies)).toHaveLength(7);
    clock.pass(1_000);
    expect(engine.commit().ok).toBe(true);
  }
  const { classes, account } = engine.stats();
  expect(classes.evidence.made).toBe(7 * bundles);
  expect(classes.evidence.declaredLost).toBeGreaterThan(0);
  expect(account).toMatchObject({ made: 200, stored: 200, declaredLost: 0 });
  expect(waiting(engine, "evidence")).toHaveLength(bundles);
  expect(waiting(engine, "alarm")).toHaveLength(1);
  // The oldest went; what is left is what was offered last.
  const left = waiting(engine, "piece").map(({ seq }) => seq);
  expect(left).toHaveLength(6 * bundles - classes.evidence.declaredLost);
  expect(left[0]).toBeGreaterThan(100);

  engine.uplinkIs("live");
  clock.pass(5_000);
  expect(engine.commit().ok).toBe(true);
  const gaps = waiting(engine, "gap").map(({ bytes }) => gapBodySchema.parse(bodyOf(bytes)));
  const told = gaps.filter(({ reason }) => reason === "eviction");
  const seqs = told.flatMap((gap) => gap.seqs);
  expect(seqs.reduce((sum, [from, to]) => sum + to - from + 1, 0)).toBe(
    classes.evidence.declaredLost,
  );
  expect(told.every(({ lost }) => lost === 0)).toBe(true);
  expect(isInOrder(look(file))).toBe(true);
  close(life);
});
