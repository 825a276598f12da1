/** A disk that hangs on command, for any child process: its reads go on, its changes and syncs wait. */

import { join } from "node:path";
import { buildShim } from "./buildShim.ts";
import { DiskControl, diskEnvironment } from "./diskControl.ts";

export interface StalledDisk extends Disposable {
  /** To be added to the environment of the child. */
  readonly environment: Readonly<Record<string, string>>;
  /** From now on every change and every sync below the folder waits. */
  stall(): void;
  /** All that waits goes on. */
  release(): void;
  /** Calls that wait now. */
  waiting(): number;
}

/**
 * `folder`: real path of what is on that disk, which may not be there yet; `tools`: where the library and its
 * control file may lie, outside of `folder`.
 */
export function createStalledDisk(options: {
  readonly folder: string;
  readonly tools: string;
}): StalledDisk {
  const { folder, tools } = options;
  const control = new DiskControl(join(tools, "disk.control"));
  const library = buildShim(tools);
  return {
    environment: diskEnvironment({ library, folder, control }),
    stall: () => control.set({ isStalled: 1 }),
    release: () => control.set({ isStalled: 0 }),
    waiting: () => control.get("waiting"),
    [Symbol.dispose]() {
      control.set({ isStalled: 0 });
      control[Symbol.dispose]();
    },
  };
}
