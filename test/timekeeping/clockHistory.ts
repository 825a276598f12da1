/**
 * A box lives through a history of clock trouble with the real journal, timekeeping and evaluation, and everything it
 * sealed is judged from the bytes alone. Free of the test runner, so that a long proof can run it too.
 */

import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { lanes, type PointHead, type SealedRecord } from "../../agent/records.ts";
import type { Engine } from "../../agent/store/engine.ts";
import { openEngine } from "../../agent/store/openEngine.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { pointId } from "../../config/words/names.ts";
import { type Instant, wallMs } from "../../config/words/time.ts";
import { judge, type Truth, type Verdict } from "./clockVerdict.ts";
import { FakeBox, type Kept, keepTime } from "./fakeBox.ts";
import type { Happening, History } from "./happening.ts";
import { type LevelAlarm, levelAlarm, told } from "./levelAlarm.ts";

const trueStartMs = Date.UTC(2026, 10, 24, 8);
const second = 1_000;
const keepReadingsMs = 600_000;
/** Retention looks for old records each 10 s, a few at a time. */
const purgeLateMsMax = 60_000;

const heads: readonly PointHead[] = [
  // Counts up by one: tells which reading it was.
  { id: pointId("SERIAL"), unit: "1", decimals: 0 },
  { id: pointId("LT-101"), unit: "m", decimals: 1 },
];
export async function live(history: History): Promise<Verdict> {
  // Nothing here is about disks: in memory where there is such a folder.
  const memory = "/dev/shm";
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "hazgate-clock-"));
  try {
    const plant = new Plant(folder, history);
    for (const happening of history.happenings) await plant.happens(happening);
    await plant.end();
    return plant.verdict();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Plant {
  readonly #folder: string;
  readonly #faults: string[] = [];
  readonly #truths: Truth[] = [];
  readonly #records: SealedRecord[] = [];
  /** Running time of the agent at which a record was told to be delivered. */
  readonly #deliveredAt = new Map<number, number>();
  readonly #alarmsSeen: string[] = [];
  readonly #alarmsTrue: string[] = [];
  readonly #alarmIds = new Set<string>();
  #box: FakeBox;
  #kept: Kept;
  #file: string;
  #engine: Engine;
  #lock: Disposable;
  #evaluator: LevelAlarm;
  #twin: LevelAlarm;
  #boots = 1;
  #isUplinkUp = true;
  #ranMs = 0;
  #committed = 0;
  #purged = 0;
  #steps = 0;

  constructor(folder: string, { startWallMs, isAlone = false }: History) {
    this.#folder = folder;
    this.#file = join(folder, "1.db");
    this.#box = new FakeBox({ wallMs: startWallMs ?? trueStartMs, trueMs: trueStartMs });
    this.#box.isServerReachable = !isAlone;
    ({ engine: this.#engine, lock: this.#lock } = this.#open());
    this.#evaluator = levelAlarm(this.#engine, this.#box.clock.now());
    this.#twin = levelAlarm(this.#engine, this.#box.clock.now());
    this.#kept = this.#keepTime();
    this.#engine.uplinkIs("live");
  }

  #open(): { readonly engine: Engine; readonly lock: Disposable } {
    const options = {
      ...{ file: this.#file, site: "demo", box: "box1", heads, clock: this.#box.clock },
      newEpoch: "epoch-1",
      boot: this.#box.bootId,
      settings: {
        maxSizeBytes: 64 * 1024 * 1024,
        keepReadingsMs,
        keepAlarmsMs: 1e12,
        liveEveryMs: 5_000,
        backlogEveryMs: 60_000,
      },
    };
    const opened = openEngine(options);
    if (!opened.ok) throw new Error(opened.error.message);
    return opened.value;
  }

  #keepTime(): Kept {
    return keepTime(this.#box, {
      onState: (state) => this.#engine.clockIs(state),
      onEvent: (event) => {
        this.#engine.note(event);
        this.#commit();
      },
    });
  }

  async happens(happening: Happening): Promise<void> {
    const { clock } = this.#box;
    switch (happening.do) {
      case "set":
        // As the kernel does: no time before 1970.
        if (clock.now().wallMs + happening.ms >= 0) clock.stepWall(happening.ms);
        return;
      case "slew":
        for (let i = 0; i < happening.seconds; i += 1) {
          clock.stepWall(happening.msEach);
          await this.#runOneSecond();
        }
        return;
      case "leap":
        clock.stepWall(-second);
        this.#box.drift(-second);
        return;
      case "sleep":
        this.#box.sleep(happening.ms);
        return;
      case "server":
        this.#box.isServerReachable = happening.isReachable;
        return;
      case "chronyd":
        this.#box.isChronydUp = happening.isUp;
        return;
      case "uplink":
        this.#isUplinkUp = happening.isUp;
        this.#engine.uplinkIs(happening.isUp ? "live" : "down");
        return;
      case "boot":
        await this.#boot(happening);
        return;
      case "wait":
        for (let i = 0; i < happening.seconds; i += 1) await this.#runOneSecond();
    }
  }

  /** What the disk holds at this moment is all that the next boot finds. */
  async #boot({ wallMs: startMs, downMs }: Extract<Happening, { do: "boot" }>): Promise<void> {
    const before = this.#file;
    this.#boots += 1;
    this.#file = join(this.#folder, `${this.#boots}.db`);
    for (const end of ["", "-wal", ".mark"]) {
      if (existsSync(before + end)) copyFileSync(before + end, this.#file + end);
    }
    this.#steps += this.#kept.keeper.status.steps;
    await this.#kept[Symbol.asyncDispose]();
    this.#engine.close();
    this.#lock[Symbol.dispose]();
    const trueMs = this.#box.trueMs() + downMs;
    const { isServerReachable, isChronydUp } = this.#box;
    this.#box = new FakeBox({ wallMs: startMs === "right" ? trueMs : startMs, trueMs });
    this.#box.bootId = `boot-${this.#boots}`;
    Object.assign(this.#box, { isServerReachable, isChronydUp });
    ({ engine: this.#engine, lock: this.#lock } = this.#open());
    const { account } = this.#engine.stats();
    // What was in memory only was never made.
    this.#truths.length = account.made / heads.length;
    this.#committed = this.#truths.length;
    this.#evaluator = levelAlarm(this.#engine, this.#box.clock.now());
    this.#twin = levelAlarm(this.#engine, this.#box.clock.now());
    this.#kept = this.#keepTime();
    this.#engine.uplinkIs(this.#isUplinkUp ? "live" : "down");
  }

  async #runOneSecond(): Promise<void> {
    await this.#box.clock.advance(second);
    this.#ranMs += second;
    this.#poll(this.#box.clock.now());
    this.#commit();
    if (this.#isUplinkUp) this.#send(2);
    if (this.#ranMs % (60 * second) === 0) this.#checkRetention();
  }

  #poll(takenAt: Instant): void {
    const serial = this.#truths.length;
    this.#truths.push({
      trueMs: this.#box.trueMs(),
      monotonicMs: takenAt.monotonicMs,
      boot: this.#box.bootId,
    });
    // Above the limit for 20 s of each minute.
    const level = serial % 60 < 20 ? 6 : 4;
    const block = {
      takenAt,
      points: Uint32Array.of(0, 1),
      values: Float64Array.of(serial, level),
      qualities: Uint8Array.of(0, 0),
    };
    const events = this.#evaluator.evaluate(block);
    // The same values on a box whose wall clock was always right.
    const rightAt = { ...takenAt, wallMs: wallMs(this.#box.trueMs()) };
    const expected = this.#twin.evaluate({ ...block, takenAt: rightAt });
    this.#alarmsSeen.push(...events.map(told));
    this.#alarmsTrue.push(...expected.map(told));
    for (const event of events.filter((one) => one.event === "raise")) {
      if (this.#alarmIds.has(event.alarmId)) this.#fault(`alarm id ${event.alarmId} twice`);
      this.#alarmIds.add(event.alarmId);
    }
    this.#engine.append(columnsOfBlock(block));
    if (events.length > 0) this.#engine.raise(events);
  }

  #commit(): void {
    const committed = this.#engine.commit();
    if (!committed.ok) this.#fault(`commit: ${committed.error.message}`);
    this.#committed = this.#truths.length;
  }

  #send(maxRecords: number): void {
    for (const lane of lanes) {
      const next = this.#engine.next({ lane, afterSeq: 0, maxRecords, maxBytes: 1e9 });
      if (!next.ok) {
        this.#fault(`next: ${next.error.message}`);
        continue;
      }
      for (const record of next.value) {
        this.#records.push(record);
        this.#deliveredAt.set(record.seq, this.#ranMs);
        this.#engine.delivered([{ from: record.seq, to: record.seq }]);
      }
    }
  }

  /** Delivered readings are kept for their time, and not much longer. */
  #checkRetention(): void {
    const db = new Database(this.#file, { readonly: true });
    const kept = new Set(db.prepare("SELECT seq FROM record").pluck().all() as number[]);
    db.close();
    this.#purged = 0;
    for (const { seq, kind } of this.#records) {
      const ageMs = this.#ranMs - (this.#deliveredAt.get(seq) ?? 0);
      const isGone = !kept.has(seq);
      if (isGone) this.#purged += 1;
      const mayGo = kind === "readings" && ageMs >= keepReadingsMs;
      if (isGone && !mayGo) this.#fault(`${kind} ${seq} purged at an age of ${ageMs} ms`);
      if (!isGone && kind === "readings" && ageMs > keepReadingsMs + purgeLateMsMax) {
        this.#fault(`readings ${seq} still there at an age of ${ageMs} ms`);
      }
    }
  }

  /** Everything is well again, and all is sent. */
  async end(): Promise<void> {
    this.#box.isChronydUp = true;
    this.#box.isServerReachable = true;
    await this.happens({ do: "uplink", isUp: true });
    // Until the source has been heard after the last step, and a seal of the outage is over.
    await this.happens({ do: "wait", seconds: 150 });
    this.#steps += this.#kept.keeper.status.steps;
    if (this.#kept.keeper.state.state !== "synchronised")
      this.#fault("not synchronised in the end");
    await this.#kept[Symbol.asyncDispose]();
    this.#engine.sealSoon();
    this.#commit();
    this.#send(1_000_000);
    const { account, classes } = this.#engine.stats();
    for (const { made, delivered, stored, declaredLost } of [
      account,
      classes.alarm,
      classes.event,
    ]) {
      if (made !== delivered || stored + declaredLost !== 0)
        this.#fault("something is not delivered");
    }
    this.#engine.close();
    this.#lock[Symbol.dispose]();
  }

  verdict(): Verdict {
    if (this.#alarmsSeen.join("\n") !== this.#alarmsTrue.join("\n")) {
      this.#fault("alarms differ from those of a box with a right clock");
    }
    const judged = judge(this.#records, { truths: this.#truths, committed: this.#committed });
    return {
      ...judged,
      faults: [...this.#faults, ...judged.faults],
      steps: this.#steps,
      alarms: this.#alarmIds.size,
      purged: this.#purged,
    };
  }

  #fault(what: string): void {
    if (this.#faults.length < 20) this.#faults.push(what);
  }
}
