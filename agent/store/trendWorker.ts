/** The history's thread: owns history.db. Its trouble is told once and leaves polling, judging and the journal alone. */

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../config/words/result.ts";
import { createRealClock } from "../realClock.ts";
import { TrendDesk } from "./trendDesk.ts";
import type { FromTrends, ToTrends, TrendStart } from "./trendProtocol.ts";

/** Sealing and copying: one bounded piece, then whatever was asked meanwhile. */
const workEveryMs = 1_000;
const betweenPiecesMs = 5;

function run(port: MessagePort, start: TrendStart): void {
  const clock = createRealClock();
  const say = (message: FromTrends): void => port.postMessage(message);
  let desk: TrendDesk;
  try {
    desk = new TrendDesk(start);
  } catch (error) {
    say({ kind: "failed", why: textOf(error) });
    port.close();
    return;
  }
  say({ kind: "opened", begunAnew: desk.begunAnew });
  let timer = clock.timer(0, work);

  function work(): void {
    let isMore = false;
    try {
      isMore = desk.work(clock.monotonicMs());
    } catch (error) {
      say({ kind: "trouble", why: textOf(error) });
    }
    timer = clock.timer(isMore ? betweenPiecesMs : workEveryMs, work);
  }

  function close(id: number): void {
    timer.cancel();
    try {
      desk.write();
      desk[Symbol.dispose]();
      say({ kind: "answer", id, value: null });
    } catch (error) {
      say({ kind: "refused", id, why: textOf(error) });
    }
    port.close();
  }

  port.on("message", (message: ToTrends) => {
    if (message.kind === "ask" && message.question.kind === "close") {
      close(message.id);
      return;
    }
    try {
      if (message.kind !== "ask") desk.take(message);
      else if (message.question.kind !== "close") {
        say({ kind: "answer", id: message.id, value: desk.answer(message.question) });
      }
    } catch (error) {
      if (message.kind === "ask") say({ kind: "refused", id: message.id, why: textOf(error) });
      else say({ kind: "trouble", why: textOf(error) });
    }
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

invariant(parentPort !== null, "the history worker was started outside a thread");
run(parentPort, workerData as TrendStart);
