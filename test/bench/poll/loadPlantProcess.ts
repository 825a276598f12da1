/** Starts the load plant in a child process and asks it how it is. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { LoadPlantSize } from "../../../agent/sim/plant/loadPlant.ts";

const whole = z.int().min(0);
const started = z.object({
  ports: z.array(whole),
  size: z.object({ ports: whole, unitsPerPort: whole, floatsPerUnit: whole, tickMs: z.number() }),
});
const status = z.object({
  ports: z.array(whole),
  requests: whole,
  floats: whole,
  refused: whole,
  badFrames: whole,
  writeAttempts: whole,
  connections: whole,
  sinceResetMs: z.number(),
  worstGap: z.object({ port: whole, unit: whole, ms: z.number() }).nullable(),
  worstGapMs: z.array(z.number()),
  /** What the values tell now. */
  tick: whole,
  /** Of the reads since the last reset. */
  jitter: z.object({ p50: z.number(), p99: z.number(), max: z.number() }).nullable(),
  /** CPU seconds of the child, user and system. */
  cpuS: z.number(),
});

export type LoadPlantReport = z.output<typeof status>;

/** Fits `loadSiteFile`. */
export interface LoadPlantProcess extends AsyncDisposable {
  readonly pid: number;
  readonly size: Required<LoadPlantSize>;
  readonly ports: readonly number[];
  status(): Promise<LoadPlantReport>;
  /** @returns the fresh status. */
  reset(): Promise<LoadPlantReport>;
}

/** @throws when the child cannot start or says something else than expected. One question at a time. */
export async function startLoadPlantProcess(
  size: LoadPlantSize & { readonly periodMs?: number },
): Promise<LoadPlantProcess> {
  const entry = fileURLToPath(new URL("./loadPlantChild.ts", import.meta.url));
  const child = spawn(process.execPath, [entry], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (order: string): Promise<unknown> => {
    child.stdin.write(`${order}\n`);
    const { done, value } = await lines.next();
    if (done === true) throw new Error("the load plant has ended");
    return JSON.parse(value);
  };
  const begun = started.parse(await ask(JSON.stringify(size)));
  return {
    pid: child.pid ?? 0,
    size: begun.size,
    ports: begun.ports,
    status: async () => status.parse(await ask("status")),
    reset: async () => status.parse(await ask("reset")),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
