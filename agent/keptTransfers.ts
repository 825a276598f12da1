/**
 * Declared transfers over a restart: transfers.json of the data folder, replaced as a whole. A power cut before the
 * disk has it, or a file that cannot be read, costs an alarm too many, never one too few.
 */

import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../config/words/time.ts";
import { readWhole, writeWhole } from "./page/server/durableFile.ts";
import { createTransfers, type KeptTransfer, type Transfers } from "./transfers.ts";
import type { Log } from "./watch/log.ts";

export interface KeptTransfers extends Transfers {
  /** Resolves when all that was declared so far is on the disk, or refused by it. */
  settled(): Promise<void>;
}

const moment = z.object({ wallMs: z.number(), monotonicMs: z.number() });
const fileShape = z.object({
  v: z.literal(1),
  transfers: z.array(
    z.object({
      ...{ tank: z.string(), by: z.string(), note: z.string() },
      ...{ fromMs: z.number(), untilMs: z.number(), declaredAt: moment, forMs: z.number() },
    }),
  ),
});

export async function openTransfers(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<KeptTransfers> {
  const { dataDir, clock, log } = options;
  const file = join(dataDir, "transfers.json");
  let writing: Promise<void> = Promise.resolve();
  const transfers = createTransfers(clock, {
    kept: await readKept(file, log),
    keep(all) {
      const text = `${JSON.stringify({ v: 1, transfers: all })}\n`;
      writing = writing.then(async () => await write(file, text, log));
    },
  });
  return { ...transfers, settled: async () => await writing };
}

async function readKept(file: string, log: Log): Promise<readonly KeptTransfer[]> {
  try {
    const text = await readWhole(file);
    return text === null ? [] : fileShape.parse(JSON.parse(text)).transfers;
  } catch (error) {
    log.warn("declared transfers of the last run cannot be read: there are none now", {
      file,
      error: String(error),
    });
    return [];
  }
}

async function write(file: string, text: string, log: Log): Promise<void> {
  try {
    await writeWhole(file, text);
  } catch (error) {
    log.warn("a declared transfer cannot be kept over a restart", { file, error: String(error) });
  }
}
