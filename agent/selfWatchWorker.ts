/**
 * The watch's own thread: looks at the main thread's heartbeat in shared memory, and when it stops, runs the siren and
 * posts to the webhooks by itself. Like compose.ts it puts parts of several rooms together, for this one thread; it
 * imports neither the journal nor a bus, and has its own real clock, since a clock cannot be passed between threads.
 */

import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../config/words/result.ts";
import { createAnnounce } from "./announce/announce.ts";
import { post } from "./announce/httpPost.ts";
import { runCommand } from "./announce/runCommand.ts";
import { createRealClock } from "./realClock.ts";
import type { WatchStart } from "./selfWatchThread.ts";
import { createHeartbeatJudge } from "./watch/heartbeatJudge.ts";

const lookEveryMs = 250;

async function watch(start: WatchStart, until: AbortSignal): Promise<void> {
  const clock = createRealClock();
  const beats = new Int32Array(start.shared);
  const judge = createHeartbeatJudge(start.boundMs, clock.monotonicMs());
  const announce = createAnnounce({
    targets: start.targets,
    site: start.site,
    facts: { name: () => null, tankName: () => null, advice: () => null, decimals: () => null },
    clock,
    random: Math.random,
    post,
    runCommand,
    // Its log would be written by the very thread that is stuck.
    log: { info: () => {}, warn: () => {} },
  });
  const telling = announce.run(until);
  while (!until.aborted) {
    Atomics.add(beats, 1, 1);
    const verdict = judge.look(Atomics.load(beats, 0), clock.monotonicMs());
    if (verdict.kind !== "well") {
      const seconds = Math.round(verdict.silentMs / 1_000);
      const isStanding = verdict.kind === "stuck";
      announce.self({
        source: "box/program",
        isStanding,
        zh: isStanding ? `主程序已停滞 ${seconds} 秒` : `主程序已恢复, 曾停滞 ${seconds} 秒`,
        en: isStanding
          ? `the program has stood still for ${seconds} s`
          : `the program runs again, after ${seconds} s`,
        at: clock.now(),
      });
    }
    await clock.sleep(lookEveryMs, until);
  }
  await telling;
}

invariant(parentPort !== null, "the watch is a thread of the agent");
const stopping = new AbortController();
parentPort.once("message", () => {
  parentPort?.close();
  stopping.abort();
});
await watch(workerData as WatchStart, stopping.signal);
