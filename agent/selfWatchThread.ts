/** Starts the watch's own thread, gives it signs of life, and notices when that thread dies or hangs itself. */

import { Worker } from "node:worker_threads";
import type { Clock } from "../config/words/time.ts";
import type { SiteHead, Target } from "./announce/announcement.ts";

/** What the thread is given. */
export interface WatchStart {
  /** Two counters of 32 bits: the main thread's beats, and the watch's. */
  readonly shared: SharedArrayBuffer;
  readonly boundMs: number;
  readonly targets: readonly Target[];
  readonly site: SiteHead;
}

export interface SelfWatchThread {
  /** A sign of life of the main thread, several times within the bound. */
  beat(): void;
  /** Ends the thread; what it is telling is cut off. */
  stop(): Promise<void>;
}

/** How long the main thread may be stuck before its watch tells. */
export const stuckMs = 10_000;
const restartMs = 5_000;
const farewellMs = 2_000;

export function startSelfWatchThread(options: {
  readonly targets: readonly Target[];
  readonly site: SiteHead;
  readonly clock: Clock;
  /** Other than the default only in tests. */
  readonly boundMs?: number;
  /** The thread died or stood still; it is started again. */
  readonly onTrouble: (words: string) => void;
}): SelfWatchThread {
  const { clock, onTrouble, targets, site } = options;
  const shared = new SharedArrayBuffer(8);
  const counters = new Int32Array(shared);
  const start: WatchStart = { shared, boundMs: options.boundMs ?? stuckMs, targets, site };
  const stopping = new AbortController();
  let worker = open();
  let seenBeats = 0;
  let seenMs = clock.monotonicMs();

  function open(): Worker {
    const opened = new Worker(new URL("./selfWatchWorker.ts", import.meta.url), {
      workerData: start,
      name: "self-watch",
      resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 },
    });
    // Its end is told by `exit`.
    opened.on("error", (error) => onTrouble(`the watch failed: ${String(error)}`));
    opened.on("exit", () => {
      if (stopping.signal.aborted || opened !== worker) return;
      onTrouble("the watch's thread ended; it is started again");
      clock.timer(restartMs, () => {
        if (!stopping.signal.aborted) worker = open();
      });
    });
    return opened;
  }

  function lookAtWatch(): void {
    const nowMs = clock.monotonicMs();
    const beats = Atomics.load(counters, 1);
    if (beats !== seenBeats) {
      seenBeats = beats;
      seenMs = nowMs;
    } else if (nowMs - seenMs > 4 * stuckMs) {
      seenMs = nowMs;
      onTrouble("the watch's thread stands still");
      void worker.terminate();
    }
  }

  return {
    beat() {
      Atomics.add(counters, 0, 1);
      lookAtWatch();
    },
    async stop() {
      stopping.abort();
      const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      const late = clock.timer(farewellMs, () => void worker.terminate());
      worker.postMessage("stop");
      if (worker.threadId === -1) late.cancel();
      else await ended;
      late.cancel();
    },
  };
}
