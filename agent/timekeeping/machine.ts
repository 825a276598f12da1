/** The outside that timekeeping looks at: other programs' words and small files. Nothing is written. */

import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";

export interface Machine {
  /** What the program printed; null when it is not there, failed, was too slow or said too much. */
  run(command: {
    readonly program: string;
    readonly args: readonly string[];
    readonly signal: AbortSignal;
  }): Promise<string | null>;
  /** The text of a small file; null when it cannot be read. */
  read(path: string): Promise<string | null>;
  /** When a file was last changed, by the wall clock of then; null: there is none. */
  modifiedMs(path: string): Promise<number | null>;
}

const runMsMax = 3_000;
const outputBytesMax = 65_536;
/** Where distributions keep these programs; independent of how the agent was started. */
const folders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
// Numbers and words as programs read them, not people.
const environment = { PATH: folders, LC_ALL: "C" };

export function createMachine(): Machine {
  return {
    run({ program, args, signal }) {
      return new Promise((resolve) => {
        // Node would leave a listener on `signal` for each program that is not there.
        const ending = new AbortController();
        const end = (): void => ending.abort();
        if (signal.aborted) end();
        signal.addEventListener("abort", end);
        const options = {
          env: environment,
          timeout: runMsMax,
          maxBuffer: outputBytesMax,
          killSignal: "SIGKILL",
          signal: ending.signal,
        } as const;
        execFile(program, args, options, (error, stdout) => {
          signal.removeEventListener("abort", end);
          resolve(error === null ? stdout : null);
        });
      });
    },
    read: (path) => orNull(readFile(path, "utf8")),
    modifiedMs: async (path) => (await orNull(stat(path)))?.mtimeMs ?? null,
  };
}

/** Names this run of the kernel: two monotonic times can be compared only under the same name. */
export async function readBootId(machine: Machine): Promise<string | null> {
  const text = await machine.read("/proc/sys/kernel/random/boot_id");
  const id = text?.trim() ?? "";
  return id === "" ? null : id;
}

/** Time since the boot that, unlike the monotonic clock, goes on while the machine sleeps. */
export async function readUptimeMs(machine: Machine): Promise<number | null> {
  const [seconds] = (await machine.read("/proc/uptime"))?.split(" ") ?? [];
  const uptimeMs = Number(seconds) * 1_000;
  return Number.isFinite(uptimeMs) ? uptimeMs : null;
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch {
    return null;
  }
}
