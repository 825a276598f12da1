/** Lets the disk of a working journal hang for some time, and says how the program beside it fared. */

import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createStalledDisk } from "./stalledDisk.ts";
import type { StallOutcome } from "./stallProgram.ts";

const program = fileURLToPath(new URL("./stallProgram.ts", import.meta.url));
const stepMs = 20;

/** `work`: real path of an empty folder. The journal is left in `disk/journal.db` below it. */
export async function stallDisk(options: {
  readonly work: string;
  readonly stallMs: number;
}): Promise<StallOutcome> {
  const { work, stallMs } = options;
  const folder = join(work, "disk");
  mkdirSync(folder, { recursive: true });
  using disk = createStalledDisk({ folder, tools: work });
  const child = spawn(process.execPath, [program, join(folder, "journal.db")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...disk.environment },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  const opened = await line();
  if (opened !== "opened") throw new Error(`the program did not open its journal: ${opened}`);
  disk.stall();
  while (disk.waiting() === 0) await pause(stepMs);
  child.stdin.write("stalled\n");
  await pause(stallMs);
  if (disk.waiting() === 0) throw new Error("the disk did not hang");
  child.stdin.write("released\n");
  // What was told is heard before the disk goes on.
  await pause(5 * stepMs);
  disk.release();
  await pause(1_500);
  child.stdin.write("end\n");
  return JSON.parse(await line()) as StallOutcome;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
