/** Memory that the start took and nobody needs any more. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects once, thoroughly, and gives the room back to the system: reading and judging a site file takes many times
 * what is kept of it, and without need the engine would hold on to that for good. Takes a moment: before the first poll.
 */
export function giveBackMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect({ execution: "sync", flavor: "last-resort" });
}
