/** Random histories against a model that knows only what must be true. */

import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lanes, type SealedRecord } from "../../agent/records.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { gapBodySchema } from "../../agent/wire/envelope.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, block } from "./samples.ts";
import {
  bodyOf,
  close,
  HandClock,
  look,
  type Opened,
  open,
  scratchFolder,
  valuesOf,
} from "./scratchJournal.ts";

/** 64 pages: evictions begin after some 240 kB, two or three of the larger appends. */
const settings = {
  maxSizeBytes: 1,
  keepReadingsMs: 3_600_000,
  pendingReadingsMax: 9_000,
  openReadingsMax: 4_000,
};

/** What the histories really met: a run without evictions would prove nothing about them. */
const met = { evicted: 0, dropped: 0, refused: 0, kills: 0 };

interface Model {
  /** Readings appended since the last commit. */
  pending: number;
  /** Readings of which the journal said: committed. */
  committed: number;
  alarmsRaised: number;
}

class Real {
  readonly folder = scratchFolder();
  readonly clock = new HandClock();
  /** The platform: every record it ever saw, by number. */
  readonly seen = new Map<number, SealedRecord>();
  readonly acknowledged = new Set<number>();
  #lives = 0;
  file = "";
  opened: Opened;
  #nextValue = 0;

  constructor() {
    this.file = join(this.folder, "0.db");
    this.opened = open(this.file, this.clock, settings);
  }

  /** Values are all different and hard to compress. */
  values(count: number): number[] {
    return Array.from({ length: count }, () => {
      this.#nextValue += 1;
      return this.#nextValue + Math.fround(Math.sin(this.#nextValue)) / 3;
    });
  }

  /** What a kill leaves on the disk is what is there at this moment. */
  crash(): void {
    met.kills += 1;
    this.#lives += 1;
    const image = join(this.folder, `${this.#lives}.db`);
    copyFileSync(this.file, image);
    copyFileSync(`${this.file}.mark`, `${image}.mark`);
    if (existsSync(`${this.file}-wal`)) copyFileSync(`${this.file}-wal`, `${image}-wal`);
    close(this.opened);
    this.file = image;
    this.clock.pass(2_000);
    this.opened = open(this.file, this.clock, settings);
  }

  commit(model: Model): void {
    const committed = this.opened.engine.commit();
    if (committed.ok) {
      model.committed += model.pending;
      model.pending = 0;
    } else {
      // Full of what must not be evicted: nothing is lost by it, the next commit takes it along.
      expect(committed.error.kind).toBe("full");
      met.refused += 1;
    }
  }

  fetch(maxRecords: number): void {
    for (const lane of lanes) {
      const next = this.opened.engine.next({ lane, afterSeq: 0, maxRecords, maxBytes: 1e9 });
      if (!next.ok) throw new Error(next.error.message);
      let last = 0;
      for (const record of next.value) {
        expect(record.seq).toBeGreaterThan(last);
        last = record.seq;
        expect(record.lane).toBe(lane);
        expect(this.acknowledged.has(record.seq)).toBe(false);
        const before = this.seen.get(record.seq);
        // A resend is the same bytes, in whatever life.
        if (before !== undefined) expect(record.bytes).toEqual(before.bytes);
        this.seen.set(record.seq, record);
      }
    }
  }
}

function check(model: Model, real: Real): void {
  const { account, classes } = real.opened.engine.stats();
  expect(account.made).toBe(model.committed);
  expect(classes.alarm.made).toBe(model.alarmsRaised);
  expect(classes.alarm.declaredLost + classes.gap.declaredLost).toBe(0);
  const seen = look(real.file);
  expect(seen.holes).toEqual([]);
  expect(seen.faults).toEqual([]);
  expect(isInOrder(seen)).toBe(true);
  expect(seen.account).toEqual(classes);
}

/** Delivers everything and lets the platform prove the account from the records alone. */
function proveFromOutside(model: Model, real: Real): void {
  const { engine } = real.opened;
  engine.uplinkIs("live");
  real.commit(model);
  real.clock.pass(120_000);
  real.commit(model);
  expect(model.pending).toBe(0);
  real.fetch(100_000);
  engine.delivered([{ from: 1, to: 1e9 }]);
  check(model, real);
  const { account } = engine.stats();
  expect(account.stored).toBe(0);
  const values: number[] = [];
  const covered = new Set<number>();
  let lost = 0;
  let alarms = 0;
  const told = new Set<number>();
  for (const record of real.seen.values()) {
    if (record.kind === "readings") values.push(...valuesOf(record.bytes));
    if (record.kind === "alarm") alarms += 1;
    if (record.kind !== "gap") continue;
    const gap = gapBodySchema.parse(bodyOf(record.bytes));
    lost += gap.lost;
    if (gap.reason === "eviction") met.evicted += gap.lost;
    if (gap.reason === "journal-overload") met.dropped += gap.lost;
    const perPoint = Object.values(gap.points ?? {}).reduce((sum, one) => sum + one, 0);
    expect(perPoint).toBe(gap.points === null ? 0 : gap.lost);
    for (const [from, to] of gap.seqs) for (let seq = from; seq <= to; seq += 1) covered.add(seq);
  }
  for (const seq of real.seen.keys()) told.add(seq);
  const { lastSeq } = look(real.file);
  for (let seq = 1; seq <= lastSeq; seq += 1) {
    expect(told.has(seq) || covered.has(seq)).toBe(true);
  }
  expect(new Set(values).size).toBe(values.length);
  expect(alarms).toBe(model.alarmsRaised);
  expect(lost).toBe(account.declaredLost);
  // What the platform saw of an evicted record it has twice: as readings and as a loss told.
  const evictedButSeen = [...covered]
    .map((seq) => real.seen.get(seq)?.readings ?? 0)
    .reduce((sum, one) => sum + one, 0);
  expect(values.length - evictedButSeen + lost).toBe(model.committed);
}

type Step = fc.Command<Model, Real>;

function step(name: string, run: (model: Model, real: Real) => void): Step {
  return {
    check: () => true,
    run(model, real) {
      run(model, real);
      check(model, real);
    },
    toString: () => name,
  };
}

const steps = [
  fc.nat(3).map((extra) =>
    step(`append ${extra + 1}`, (model, real) => {
      const values = real.values(extra + 1);
      model.pending += values.length;
      real.opened.engine.append(columnsOfBlock(block(real.clock.now(), values)));
    }),
  ),
  fc.integer({ min: 2_000, max: 6_000 }).map((count) =>
    step(`append ${count} of one point`, (model, real) => {
      const values = real.values(count);
      model.pending += count;
      const { takenAt } = block(real.clock.now(), []);
      real.opened.engine.append(
        columnsOfBlock({
          takenAt,
          points: new Uint32Array(count).fill(2),
          values: Float64Array.from(values),
          qualities: new Uint8Array(count),
        }),
      );
    }),
  ),
  fc.integer({ min: 500, max: 70_000 }).map((ms) =>
    step(`commit after ${ms} ms`, (model, real) => {
      real.clock.pass(ms);
      real.commit(model);
    }),
  ),
  fc.boolean().map((isRaise) =>
    step(`alarm ${isRaise ? "raise" : "return"}`, (model, real) => {
      const event = isRaise ? "raise" : "return";
      const stateAfter = isRaise ? "active" : "normal";
      real.opened.engine.raise([alarm(real.clock.now(), { event, stateAfter })]);
      real.commit(model);
      expect(model.pending).toBe(0);
      model.alarmsRaised += 1;
      expect(real.opened.engine.standing()).toHaveLength(isRaise ? 1 : 0);
    }),
  ),
  fc
    .constantFrom("live" as const, "down" as const)
    .map((state) => step(`uplink ${state}`, (_, real) => real.opened.engine.uplinkIs(state))),
  fc
    .integer({ min: 1, max: 20 })
    .map((count) => step(`fetch ${count}`, (_, real) => real.fetch(count))),
  fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(20)).map(([from, length]) =>
    step(`acknowledge ${from}..${from + length}`, (_, real) => {
      const ranges = [...real.seen.keys()]
        .filter((seq) => seq >= from && seq <= from + length)
        .map((seq) => ({ from: seq, to: seq }));
      const marked = real.opened.engine.delivered([...ranges, { from: 1e6, to: 2e6 }]);
      expect(marked.ok).toBe(true);
      for (const range of ranges) real.acknowledged.add(range.from);
      expect(real.opened.engine.delivered(ranges)).toEqual({ ok: true, value: 0 });
    }),
  ),
  fc
    .integer({ min: -1e11, max: 1e11 })
    .map((ms) => step(`wall clock steps ${ms} ms`, (_, real) => real.clock.stepWall(ms))),
  fc.constant(
    step("kill", (model, real) => {
      real.crash();
      model.pending = 0;
    }),
  ),
  fc.constant(
    step("stop and start", (model, real) => {
      close(real.opened);
      model.committed += model.pending;
      model.pending = 0;
      real.opened = open(real.file, real.clock, settings);
    }),
  ),
];

test("made = delivered + stored + declared lost after every step of any history", () => {
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 60, size: "max" }), (history) => {
      const model: Model = { pending: 0, committed: 0, alarmsRaised: 0 };
      const real = new Real();
      try {
        fc.modelRun(() => ({ model, real }), history);
        proveFromOutside(model, real);
        close(real.opened);
      } catch (error) {
        real.opened.lock[Symbol.dispose]();
        throw error;
      }
    }),
    { numRuns: Number(process.env["HAZGATE_HISTORIES"] ?? 40) },
  );
  for (const [what, times] of Object.entries(met)) {
    if (what !== "refused") expect(times, what).toBeGreaterThan(0);
  }
}, 120_000);
