/** Keeps the days of the cameras over a restart. What is lost with it are a few minutes of a percentage. */

import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

const day = z.object({
  dayMs: z.number(),
  watchedS: z.number(),
  onS: z.number(),
  goodS: z.number(),
});
const content = z.object({ v: z.literal(1), cameras: z.record(z.string(), z.array(day)) });

export type OnlineDays = Readonly<Record<string, readonly z.output<typeof day>[]>>;

/** A file that is missing or damaged: none. */
export async function readOnlineDays(file: string): Promise<OnlineDays> {
  try {
    return content.parse(JSON.parse(await readFile(file, "utf8"))).cameras;
  } catch {
    return {};
  }
}

/** @returns one sentence when it could not be written. */
export async function writeOnlineDays(file: string, cameras: OnlineDays): Promise<string | null> {
  try {
    await writeFile(`${file}.new`, JSON.stringify({ v: 1, cameras }));
    await rename(`${file}.new`, file);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
