/**
 * The journal's thread: owns the engine, commits once a second and at once for alarms. A stalled disk
 * stalls only this thread. It has its own real clock, since a clock cannot be passed between threads;
 * both count from the same boot.
 */

import { randomUUID } from "node:crypto";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { invariant, ok, type Result } from "../../config/words/result.ts";
import { createRealClock } from "../realClock.ts";
import { lanes } from "../records.ts";
import type { Engine } from "./engine.ts";
import type { StorageTrouble } from "./journalError.ts";
import type { Ask, FromWorker, ToWorker, WorkerStart } from "./journalProtocol.ts";
import { markDamaged, openEngine } from "./openEngine.ts";

const commitEveryMs = 1_000;
const damagedHint =
  "the next start moves the file aside, begins a fresh journal and salvages what is readable";

interface Waiting {
  readonly id: number;
  /** Null: durable with the next commit. Else tried again after each failure. */
  readonly retry: (() => { readonly value: unknown } | null) | null;
}

function run(port: MessagePort, start: WorkerStart): void {
  const clock = createRealClock();
  const opened = openEngine({ ...start, clock, newEpoch: randomUUID() });
  const say = (message: FromWorker): void => port.postMessage(message);
  if (!opened.ok) {
    say({ kind: "failed", error: opened.error });
    port.close();
    return;
  }
  const { engine, lock } = opened.value;
  let waiting: Waiting[] = [];
  let isOver = false;
  let timer = clock.timer(commitEveryMs, tick);
  say({ kind: "opened", epoch: engine.epoch });

  function tick(): void {
    const begunMs = clock.monotonicMs();
    commit();
    for (const { id, retry } of waiting.splice(0)) {
      const done = retry?.() ?? null;
      if (done === null) waiting.push({ id, retry });
      else say({ kind: "answer", id, value: done.value });
    }
    if (isOver) return;
    timer = clock.timer(Math.max(50, commitEveryMs - (clock.monotonicMs() - begunMs)), tick);
  }

  function commit(): void {
    const committed = engine.commit();
    if (!committed.ok) {
      endIfDamaged(committed.error);
      return;
    }
    for (const { id } of waiting.filter(({ retry }) => retry === null)) {
      say({ kind: "answer", id, value: null });
    }
    waiting = waiting.filter(({ retry }) => retry !== null);
    if (committed.value.lanes.size > 0) say({ kind: "sealed", lanes: committed.value.lanes });
  }

  function answer(id: number, ask: Ask): void {
    switch (ask.kind) {
      case "alarms":
      case "note":
        if (!(ask.kind === "note" ? engine.note(ask.event) : engine.raise(ask.events))) {
          say({ kind: "refused", id, message: "too much waits for a disk that refuses it" });
          return;
        }
        waiting.push({ id, retry: null });
        commit();
        return;
      case "delivered": {
        const retry = (): { readonly value: unknown } | null => {
          const marked = engine.delivered(ask.ranges);
          return marked.ok ? { value: marked.value } : null;
        };
        const done = retry();
        if (done === null) waiting.push({ id, retry });
        else say({ kind: "answer", id, value: done.value });
        return;
      }
      case "seal":
        engine.sealSoon();
        commit();
        say({ kind: "answer", id, value: null });
        return;
      case "close":
        close(id);
        return;
      default:
        tell(id, looked(engine, ask));
        if (ask.kind === "sendAgain") say({ kind: "sealed", lanes: new Set(lanes) });
    }
  }

  function tell(id: number, outcome: Result<unknown, StorageTrouble>): void {
    if (outcome.ok) say({ kind: "answer", id, value: outcome.value });
    else {
      endIfDamaged(outcome.error);
      say({ kind: "refused", id, message: outcome.error.message });
    }
  }

  function close(id: number): void {
    timer.cancel();
    const last = engine.close();
    lock[Symbol.dispose]();
    if (last.ok) say({ kind: "answer", id, value: null });
    else say({ kind: "refused", id, message: last.error.message });
    port.close();
  }

  /** The next start moves the file aside and begins a new epoch; going on here could only lose more. */
  function endIfDamaged({ kind, message }: StorageTrouble): void {
    if (kind !== "damaged" || isOver) return;
    isOver = true;
    timer.cancel();
    markDamaged(start.file);
    lock[Symbol.dispose]();
    say({ kind: "failed", error: { kind, message, hint: damagedHint } });
    port.close();
  }

  port.on("message", (message: ToWorker) => take(engine, message, say, answer));
}

function looked(
  engine: Engine,
  ask: Extract<Ask, { readonly kind: "next" | "sendAgain" | "standing" | "stats" }>,
): Result<unknown, StorageTrouble> {
  switch (ask.kind) {
    case "next":
      return engine.next(ask.request);
    case "sendAgain":
      return engine.sendAgain(ask.ranges);
    case "standing":
      return ok(engine.standing());
    case "stats":
      return ok(engine.stats());
  }
}

function take(
  engine: Engine,
  message: ToWorker,
  say: (message: FromWorker) => void,
  answer: (id: number, ask: Ask) => void,
): void {
  if (message.kind === "readings") {
    if (message.dropped !== null) engine.dropped(message.dropped);
    engine.append(message.columns);
    say({ kind: "taken", readings: message.columns.points.length });
  } else if (message.kind === "uplink") engine.uplinkIs(message.state);
  else if (message.kind === "clock") engine.clockIs(message.state);
  else answer(message.id, message.ask);
}

invariant(parentPort !== null, "the journal worker was started outside a thread");
run(parentPort, workerData as WorkerStart);
