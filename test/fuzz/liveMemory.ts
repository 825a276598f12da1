/** What is alive after a collection: what is only not collected yet is no leak. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Asked for through a flag, so that no start of Node needs one. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
}

/** Heap and buffers after a collection, in MB. */
export function liveMb(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
