/**
 * The list of all bundles that ever were, `chain.jsonl`: one line for each closed bundle with the hash of its manifest
 * and of the one before, one for each that was dropped for space. What is on this list and neither there nor dropped
 * was taken away.
 */

import { readFile, truncate } from "node:fs/promises";
import { z } from "zod";
import { appendDurably } from "./durable.ts";
import { firstPrevious } from "./manifest.ts";

const closedLine = z.object({
  n: z.int().min(1),
  id: z.string(),
  day: z.string(),
  sha256: z.string(),
  previous: z.string(),
});
export type ClosedLine = z.output<typeof closedLine>;

const droppedLine = z.object({ dropped: z.string(), atWallMs: z.number(), why: z.string() });
export type DroppedLine = z.output<typeof droppedLine>;

export interface ChainRead {
  readonly closed: readonly ClosedLine[];
  readonly dropped: ReadonlyMap<string, DroppedLine>;
  /** Lines that are none, and breaks between them. */
  readonly faults: readonly string[];
  /** Length of the file up to the end of its last whole line. */
  readonly wholeBytes: number;
}

/** A missing file is an empty chain. Rejects when it cannot be read. */
export async function readChain(path: string): Promise<ChainRead> {
  const text = await textOf(path);
  const end = text.lastIndexOf("\n") + 1;
  const closed: ClosedLine[] = [];
  const dropped = new Map<string, DroppedLine>();
  const faults: string[] = [];
  for (const [i, line] of text.slice(0, end).split("\n").slice(0, -1).entries()) {
    const json = parsed(line);
    const one = closedLine.safeParse(json);
    const gone = droppedLine.safeParse(json);
    if (gone.success) dropped.set(gone.data.dropped, gone.data);
    else if (!one.success) faults.push(`line ${i + 1} of the chain is none`);
    else {
      const before = closed.at(-1);
      if (one.data.n !== (before?.n ?? 0) + 1) faults.push(`line ${i + 1}: wrong number`);
      if (one.data.previous !== (before?.sha256 ?? firstPrevious)) {
        faults.push(`line ${i + 1}: does not name the manifest before it`);
      }
      closed.push(one.data);
    }
  }
  return { closed, dropped, faults, wholeBytes: Buffer.byteLength(text.slice(0, end)) };
}

/** Cuts off a last line that a power cut tore. */
export async function mendChain(path: string, read: ChainRead): Promise<void> {
  if (Buffer.byteLength(await textOf(path)) > read.wholeBytes)
    await truncate(path, read.wholeBytes);
}

export async function appendToChain(path: string, line: ClosedLine | DroppedLine): Promise<void> {
  await appendDurably(path, JSON.stringify(line));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
