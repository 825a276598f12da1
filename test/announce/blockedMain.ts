/** A program whose main thread beats for a moment, then runs in a circle. Argument: the start as JSON. */

import { createRealClock } from "../../agent/realClock.ts";
import { startSelfWatchThread } from "../../agent/selfWatchThread.ts";

const { targets, site } = JSON.parse(process.argv[2] ?? "");
const thread = startSelfWatchThread({
  ...{ targets, site, clock: createRealClock(), boundMs: 1_000 },
  onTrouble: (words) => process.stderr.write(`${words}\n`),
});
const beat = setInterval(() => thread.beat(), 100);
setTimeout(() => {
  clearInterval(beat);
  for (;;);
}, 1_500);
