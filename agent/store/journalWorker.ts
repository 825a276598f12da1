/**
 * The journal's thread: owns the engine, commits once a second and at once for alarms. A stalled disk
 * stalls only this thread. It has its own real clock, since a clock cannot be passed between threads;
 * both count from the same boot.
 */

import { randomUUID } from "node:crypto";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { invariant, ok, type Result } from "../../config/words/result.ts";
import type { Clock, Timer } from "../../config/words/time.ts";
import { createRealClock } from "../realClock.ts";
import { lanes, type SeqRange } from "../records.ts";
import type { Engine } from "./engine.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { Ask, FromWorker, ToWorker, WorkerStart } from "./journalProtocol.ts";
import { markDamaged } from "./moveAside.ts";
import { type OpenedEngine, openEngine } from "./openEngine.ts";

const commitEveryMs = 1_000;
/** Salvage and the background check: so long at a stretch, and so often. */
const backgroundMs = 5;
const backgroundEveryMs = 50;
const damagedHint =
  "the next start moves the file aside, begins a fresh journal and salvages what is readable";

interface Waiting {
  readonly id: number;
  /** Null: durable with the next commit. Else tried again after each failure. */
  readonly retry: (() => { readonly value: unknown } | null) | null;
}

class JournalThread {
  readonly #port: MessagePort;
  readonly #file: string;
  readonly #clock: Clock;
  readonly #engine: Engine;
  readonly #lock: Disposable;
  #waiting: Waiting[] = [];
  #timer: Timer;
  #backgroundTimer: Timer;
  #isOver = false;

  constructor(parts: {
    readonly port: MessagePort;
    readonly file: string;
    readonly clock: Clock;
    readonly opened: OpenedEngine;
  }) {
    this.#port = parts.port;
    this.#file = parts.file;
    this.#clock = parts.clock;
    this.#engine = parts.opened.engine;
    this.#lock = parts.opened.lock;
    this.#timer = this.#clock.timer(commitEveryMs, () => this.#tick());
    this.#backgroundTimer = this.#clock.timer(commitEveryMs, () => this.#background());
    this.#say({ kind: "opened", epoch: this.#engine.epoch });
    this.#port.on("message", (message: ToWorker) => this.#take(message));
  }

  #say(message: FromWorker): void {
    this.#port.postMessage(message);
  }

  #tick(): void {
    const begunMs = this.#clock.monotonicMs();
    this.#commit();
    for (const { id, retry } of this.#waiting.splice(0)) {
      const done = retry?.() ?? null;
      if (done === null) this.#waiting.push({ id, retry });
      else this.#say({ kind: "answer", id, value: done.value });
    }
    if (this.#isOver) return;
    const restMs = commitEveryMs - (this.#clock.monotonicMs() - begunMs);
    this.#timer = this.#clock.timer(Math.max(50, restMs), () => this.#tick());
  }

  /** In short stretches: what comes for the engine meanwhile waits no longer than one of them. */
  #background(): void {
    const endMs = this.#clock.monotonicMs() + backgroundMs;
    let done = this.#engine.background();
    const hasCarried = done.ok && done.value;
    while (done.ok && done.value && this.#clock.monotonicMs() < endMs) {
      done = this.#engine.background();
    }
    if (!done.ok) this.#endIfDamaged(done.error);
    if (this.#isOver) return;
    if (hasCarried) this.#say({ kind: "sealed", lanes: new Set(lanes) });
    const everyMs = done.ok && done.value ? backgroundEveryMs : commitEveryMs;
    this.#backgroundTimer = this.#clock.timer(everyMs, () => this.#background());
  }

  #commit(): void {
    const committed = this.#engine.commit();
    if (!committed.ok) {
      this.#endIfDamaged(committed.error);
      return;
    }
    for (const { id } of this.#waiting.filter(({ retry }) => retry === null)) {
      this.#say({ kind: "answer", id, value: null });
    }
    this.#waiting = this.#waiting.filter(({ retry }) => retry !== null);
    if (committed.value.lanes.size > 0) {
      this.#say({ kind: "sealed", lanes: committed.value.lanes });
    }
  }

  #take(message: ToWorker): void {
    if (this.#isOver) return;
    switch (message.kind) {
      case "readings":
        if (message.dropped !== null) this.#engine.dropped(message.dropped);
        this.#engine.append(message.columns);
        this.#say({ kind: "taken", readings: message.columns.points.length });
        return;
      case "uplink":
        this.#engine.uplinkIs(message.state);
        return;
      case "clock":
        this.#engine.clockIs(message.state);
        return;
      case "stoppedBy":
        this.#engine.stoppedBy(message.who);
        return;
      case "ask":
        this.#answer(message.id, message.ask);
    }
  }

  #answer(id: number, ask: Ask): void {
    switch (ask.kind) {
      case "alarms":
      case "note":
        if (
          !(ask.kind === "note" ? this.#engine.note(ask.event) : this.#engine.raise(ask.events))
        ) {
          const message = "too much waits for a disk that refuses it";
          this.#say({ kind: "refused", id, message });
          return;
        }
        this.#waiting.push({ id, retry: null });
        this.#commit();
        return;
      case "delivered":
        this.#deliver(id, ask.ranges);
        return;
      case "seal":
        this.#engine.sealSoon();
        this.#commit();
        this.#say({ kind: "answer", id, value: null });
        return;
      case "close":
        this.#close(id);
        return;
      default:
        this.#tell(id, looked(this.#engine, ask));
        if (ask.kind === "sendAgain") this.#say({ kind: "sealed", lanes: new Set(lanes) });
        // Only its own lanes: each lane told of is read, and alarms wait behind those reads.
        if (ask.kind === "keepEvidence") {
          this.#say({ kind: "sealed", lanes: new Set(["evidence", "piece"]) });
        }
    }
  }

  #deliver(id: number, ranges: readonly SeqRange[]): void {
    const retry = (): { readonly value: unknown } | null => {
      const marked = this.#engine.delivered(ranges);
      return marked.ok ? { value: marked.value } : null;
    };
    const done = retry();
    if (done === null) this.#waiting.push({ id, retry });
    else this.#say({ kind: "answer", id, value: done.value });
  }

  #tell(id: number, outcome: Result<unknown, StorageTrouble>): void {
    if (outcome.ok) this.#say({ kind: "answer", id, value: outcome.value });
    else {
      this.#endIfDamaged(outcome.error);
      this.#say({ kind: "refused", id, message: outcome.error.message });
    }
  }

  #close(id: number): void {
    this.#isOver = true;
    this.#timer.cancel();
    this.#backgroundTimer.cancel();
    const last = this.#engine.close();
    this.#lock[Symbol.dispose]();
    if (last.ok) this.#say({ kind: "answer", id, value: null });
    else this.#say({ kind: "refused", id, message: last.error.message });
    this.#port.close();
  }

  /** The next start moves the file aside and begins a new epoch; going on here could only lose more. */
  #endIfDamaged({ kind, message }: StorageTrouble): void {
    if (kind !== "damaged" || this.#isOver) return;
    this.#isOver = true;
    this.#timer.cancel();
    this.#backgroundTimer.cancel();
    markDamaged(this.#file);
    this.#lock[Symbol.dispose]();
    const what = `the journal ${this.#file} is damaged: ${message}`;
    this.#say({ kind: "failed", error: { kind, message: what, hint: damagedHint } });
    this.#port.close();
  }
}

function looked(
  engine: Engine,
  ask: Exclude<Ask, { readonly kind: "alarms" | "note" | "delivered" | "seal" | "close" }>,
): Result<unknown, StorageTrouble> {
  switch (ask.kind) {
    case "next":
      return engine.next(ask.request);
    case "sendAgain":
      return engine.sendAgain(ask.ranges);
    case "keepEvidence":
      return engine.evidence.keep(ask.bodies);
    case "fates":
      return engine.evidence.fates(ask.ranges);
    case "standing":
      return ok(engine.standing());
    case "stats":
      return ok(engine.stats());
  }
}

function run(port: MessagePort, start: WorkerStart): void {
  const clock = createRealClock();
  const opened = openEngine({ ...start, clock, newEpoch: randomUUID() });
  if (opened.ok) {
    new JournalThread({ port, file: start.file, clock, opened: opened.value });
    return;
  }
  port.postMessage({ kind: "failed", error: opened.error } satisfies FromWorker);
  port.close();
}

invariant(parentPort !== null, "the journal worker was started outside a thread");
run(parentPort, workerData as WorkerStart);
