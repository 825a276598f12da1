/** Random histories against a model that knows only what must be true. */

import { copyFileSync, existsSync, rmSync } from "node:fs";
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
import { canMount, fill, smallVolume } from "./smallVolume.ts";

/** 64 pages: evictions begin after some 240 kB, two or three of the larger appends. */
const settings = {
  maxSizeBytes: 1,
  keepReadingsMs: 3_600_000,
  pendingReadingsMax: 9_000,
  openReadingsMax: 4_000,
};

/** What the histories really met: a run without evictions would prove nothing about them. */
const met = { evicted: 0, thinned: 0, dropped: 0, refused: 0, kills: 0, sentAgain: 0, full: 0 };

interface Model {
  /** Readings appended since the last commit. */
  pending: number;
  /** Readings of which the journal said: committed. */
  committed: number;
  alarmsRaised: number;
  eventsNoted: number;
  /** Raised and noted since the last commit. */
  alarmsPending: number;
  eventsPending: number;
}

class Real {
  readonly folder = smallVolume(32) ?? scratchFolder();
  readonly clock = new HandClock();
  /** The platform: every record it ever saw, by number. */
  readonly seen = new Map<number, SealedRecord>();
  readonly acknowledged = new Set<number>();
  /** What fills the volume during a spell. */
  filler: string | null = null;
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
    this.endSpell();
    met.kills += 1;
    this.#lives += 1;
    const image = join(this.folder, `${this.#lives}.db`);
    copyFileSync(this.file, image);
    copyFileSync(`${this.file}.mark`, `${image}.mark`);
    if (existsSync(`${this.file}-wal`)) copyFileSync(`${this.file}-wal`, `${image}-wal`);
    close(this.opened);
    for (const end of ["", "-wal", "-shm", ".mark", ".ballast"])
      rmSync(this.file + end, { force: true });
    this.file = image;
    this.clock.pass(2_000);
    this.opened = open(this.file, this.clock, settings);
  }

  beginSpell(): void {
    if (this.filler !== null) return;
    this.filler = fill(this.folder);
    if (this.filler !== null) met.full += 1;
  }

  endSpell(): void {
    if (this.filler !== null) rmSync(this.filler);
    this.filler = null;
  }

  restart(model: Model): void {
    this.endSpell();
    close(this.opened);
    took(model);
    this.opened = open(this.file, this.clock, settings);
  }

  commit(model: Model): void {
    const committed = this.opened.engine.commit();
    if (committed.ok) {
      took(model);
    } else {
      // Full of what must not be evicted: nothing is lost by it, the next commit takes it along.
      expect(["full", "io"]).toContain(committed.error.kind);
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

function took(model: Model): void {
  model.committed += model.pending;
  model.alarmsRaised += model.alarmsPending;
  model.eventsNoted += model.eventsPending;
  model.pending = 0;
  model.alarmsPending = 0;
  model.eventsPending = 0;
}

function check(model: Model, real: Real): void {
  const { account, classes } = real.opened.engine.stats();
  expect(account.made).toBe(model.committed);
  expect(classes.alarm.made).toBe(model.alarmsRaised);
  expect(classes.event.made).toBe(model.eventsNoted);
  const { alarm: alarms, gap, event } = classes;
  expect(alarms.declaredLost + gap.declaredLost + event.declaredLost).toBe(0);
  const seen = look(real.file);
  expect(seen.holes).toEqual([]);
  expect(seen.faults).toEqual([]);
  expect(isInOrder(seen)).toBe(true);
  expect(seen.account).toEqual(classes);
}

/** Delivers everything and lets the platform prove the account from the records alone. */
function proveFromOutside(model: Model, real: Real): void {
  const { engine } = real.opened;
  real.endSpell();
  engine.uplinkIs("live");
  real.commit(model);
  // What the last tidying took is told by the commit after it.
  for (let settled = 0; settled < 30; settled += 1) {
    real.clock.pass(120_000);
    real.commit(model);
  }
  expect(model.pending).toBe(0);
  real.fetch(100_000);
  engine.delivered([{ from: 1, to: 1e9 }]);
  check(model, real);
  const { account } = engine.stats();
  expect(account.stored).toBe(0);
  const covered = new Set<number>();
  let lost = 0;
  for (const record of real.seen.values()) {
    if (record.kind !== "gap") continue;
    const gap = gapBodySchema.parse(bodyOf(record.bytes));
    lost += gap.lost;
    if (gap.reason === "eviction") met.evicted += gap.lost;
    if (gap.reason === "thinned") met.thinned += gap.lost;
    if (gap.reason === "journal-overload") met.dropped += gap.lost;
    const perPoint = Object.values(gap.points ?? {}).reduce((sum, one) => sum + one, 0);
    expect(perPoint).toBe(gap.points === null ? 0 : gap.lost);
    for (const [from, to] of gap.seqs) for (let seq = from; seq <= to; seq += 1) covered.add(seq);
  }
  const { lastSeq } = look(real.file);
  for (let seq = 1; seq <= lastSeq; seq += 1) {
    expect(real.seen.has(seq) || covered.has(seq)).toBe(true);
  }
  expect(lost).toBe(account.declaredLost);
  // What a gap takes back counts no more, even if the platform has seen it; all else is there once.
  const standing = [...real.seen.values()].filter(({ seq }) => !covered.has(seq));
  const values = standing.flatMap((one) => (one.kind === "readings" ? valuesOf(one.bytes) : []));
  expect(new Set(values).size).toBe(values.length);
  expect(values.length + lost).toBe(model.committed);
  expect(standing.filter(({ kind }) => kind === "alarm")).toHaveLength(model.alarmsRaised);
  expect(standing.filter(({ kind }) => kind === "event")).toHaveLength(model.eventsNoted);
}

/** The receiver confirms what it has seen of these numbers. */
function acknowledge(real: Real, from: number, length: number): void {
  const ranges = [...real.seen.keys()]
    .filter((seq) => seq >= from && seq <= from + length)
    .map((seq) => ({ from: seq, to: seq }));
  const marked = real.opened.engine.delivered([...ranges, { from: 1e6, to: 2e6 }]);
  if (!marked.ok) {
    expect(real.filler).not.toBeNull();
    return;
  }
  for (const range of ranges) real.acknowledged.add(range.from);
  expect(real.opened.engine.delivered(ranges)).toEqual({ ok: true, value: 0 });
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
  ...[false, true, true].map((isRestless) =>
    fc.integer({ min: 2_000, max: 6_000 }).map((count) =>
      step(`append ${count} of one ${isRestless ? "restless" : "quiet"} point`, (model, real) => {
        model.pending += count;
        const { wallMs, monotonicMs } = real.clock.now();
        real.opened.engine.append({
          wallMs: Float64Array.from({ length: count }, (_, i) => wallMs + i * 10),
          monotonicMs: Float64Array.from({ length: count }, (_, i) => monotonicMs + i * 10),
          counts: new Uint32Array(count).fill(1),
          points: new Uint32Array(count).fill(2),
          values: Float64Array.from(real.values(count)),
          // Of a restless point every reading is one that tells: there is nothing to thin.
          qualities: Uint8Array.from({ length: count }, (_, i) => (isRestless ? i % 2 : 0)),
        });
        real.clock.pass(count * 10);
      }),
    ),
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
      const stateAfter = isRaise ? "unacked" : "normal";
      real.opened.engine.raise([alarm(real.clock.now(), { event, stateAfter })]);
      model.alarmsPending += 1;
      real.commit(model);
      // The ballast keeps alarms, also while the volume is full.
      expect(model.alarmsPending).toBe(0);
      expect(real.opened.engine.standing()).toHaveLength(isRaise ? 1 : 0);
    }),
  ),
  fc.constant(
    step("event", (model, real) => {
      const { engine } = real.opened;
      const what = { by: "box", note: "a command was done", details: {} };
      engine.note({ type: "command", at: real.clock.now(), ...what });
      model.eventsPending += 1;
      real.commit(model);
    }),
  ),
  fc.boolean().map((isBeginning) =>
    step(`the volume is ${isBeginning ? "full" : "no longer full"}`, (_, real) => {
      if (isBeginning) real.beginSpell();
      else real.endSpell();
    }),
  ),
  fc.nat(20).map((length) =>
    step(`send ${length + 1} again`, (_, real) => {
      if (real.acknowledged.size === 0) {
        real.fetch(20);
        acknowledge(real, 1, 60);
      }
      const from = Math.min(...real.acknowledged, 1e6);
      const before = real.opened.engine.stats().account;
      const done = real.opened.engine.sendAgain([{ from, to: from + length }]);
      if (!done.ok) return;
      const { delivered, stored } = real.opened.engine.stats().account;
      expect(delivered + stored).toBe(before.delivered + before.stored);
      met.sentAgain += done.value.again;
      for (let seq = from; seq <= from + length; seq += 1) {
        const isAbsent = done.value.absent.some((range) => seq >= range.from && seq <= range.to);
        if (!isAbsent) real.acknowledged.delete(seq);
      }
    }),
  ),
  fc
    .constantFrom("live" as const, "down" as const)
    .map((state) => step(`uplink ${state}`, (_, real) => real.opened.engine.uplinkIs(state))),
  fc
    .integer({ min: 1, max: 20 })
    .map((count) => step(`fetch ${count}`, (_, real) => real.fetch(count))),
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(20))
    .map(([from, length]) =>
      step(`acknowledge ${from}..${from + length}`, (_, real) => acknowledge(real, from, length)),
    ),
  fc
    .integer({ min: -1e11, max: 1e11 })
    .map((ms) => step(`wall clock steps ${ms} ms`, (_, real) => real.clock.stepWall(ms))),
  fc.constant(
    step("kill", (model, real) => {
      real.crash();
      model.pending = 0;
      model.alarmsPending = 0;
      model.eventsPending = 0;
    }),
  ),
  fc.constant(step("stop and start", (model, real) => real.restart(model))),
];

test("made = delivered + stored + declared lost after every step of any history", () => {
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 60, size: "max" }), (history) => {
      const model: Model = {
        ...{ pending: 0, committed: 0 },
        ...{ alarmsRaised: 0, eventsNoted: 0, alarmsPending: 0, eventsPending: 0 },
      };
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
    // A shorter history of the same fault may take longer to find than anybody waits.
    {
      numRuns: Number(process.env["HAZGATE_HISTORIES"] ?? 40),
      interruptAfterTimeLimit: 90_000,
      endOnFailure: true,
    },
  );
  for (const [what, times] of Object.entries(met)) {
    if (what === "refused" || (what === "full" && !canMount())) continue;
    expect(times, what).toBeGreaterThan(0);
  }
});
