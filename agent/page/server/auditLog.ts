/**
 * The audit log on disk: audit.jsonl, appended and made durable before what it tells of is done or shown. The command
 * line appends too, beside a running agent: a lock file keeps the two apart, and the head is read again when the file
 * has grown.
 */

import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../config/words/time.ts";
import type { OperatorLine } from "../protocol/history.ts";
import {
  type AuditEntry,
  type AuditHead,
  type AuditLine,
  emptyHead,
  lineAfter,
  readLine,
} from "./auditChain.ts";
import { linesBackwards, tornTail } from "./auditFile.ts";
import { createAuditReserve } from "./auditReserve.ts";
import { giveToOwner } from "./durableFile.ts";
import { createTurns } from "./turns.ts";

export interface AuditLog {
  readonly file: string;
  /** Resolves when the line is durable; rejects when it cannot be: then nothing may be done. */
  append(entry: AuditEntry): Promise<AuditLine>;
  /** Newest first, of the span, at most `linesMax`. */
  read(span: { fromMs: number; toMs: number; linesMax: number }): Promise<readonly AuditLine[]>;
}

/** Most appends waiting for the disk. */
const waitingMax = 1_000;
/** A lock older than this was left by a program that died. */
const lockMsMax = 10_000;
const lockTries = 100;
const lockPauseMs = 50;

export async function openAuditLog(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  /** A last line that a power cut tore was kept aside in this file. */
  readonly onTorn: (keptIn: string) => void;
}): Promise<AuditLog> {
  const { clock } = options;
  const file = join(options.dataDir, "audit.jsonl");
  const turns = createTurns(waitingMax);
  const reserve = createAuditReserve(file);
  let head: AuditHead = emptyHead;
  let size = -1;

  /** Only under the lock. */
  async function catchUp(): Promise<void> {
    const torn = await tornTail(file);
    if (torn !== null) {
      const stamp = new Date(clock.now().wallMs).toISOString().replaceAll(/[:.]/g, "-");
      const keptIn = `${file}.torn-${stamp}`;
      await torn.moveTo(keptIn);
      options.onTorn(keptIn);
    }
    size = await sizeOf(file);
    head = emptyHead;
    for await (const last of linesBackwards(file, 1)) {
      const line = readLine(last);
      if (line === null) throw new Error(`the last line of ${file} is damaged`);
      head = line;
    }
  }

  async function write(entry: AuditEntry): Promise<AuditLine> {
    await using _lock = await locked(`${file}.lock`, clock);
    if ((await sizeOf(file)) !== size) await catchUp();
    const line = lineAfter(head, entry, new Date(clock.now().wallMs).toISOString());
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    const handle = await open(file, "a", 0o600);
    try {
      if (size === 0) await giveToOwner(handle, file);
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (error) {
      // Half a line may be there: the next append looks.
      size = -1;
      throw error;
    } finally {
      await handle.close();
    }
    size += bytes.length;
    head = line;
    return line;
  }

  /** On a full disk once more, in the space kept for that. */
  async function writeInRoom(entry: AuditEntry): Promise<AuditLine> {
    try {
      return await write(entry);
    } catch (trouble) {
      if (!(await reserve.releaseAfter(trouble))) throw trouble;
      return await write(entry);
    } finally {
      await reserve.keep();
    }
  }

  {
    await using _lock = await locked(`${file}.lock`, clock);
    await catchUp();
  }
  return {
    file,
    append: (entry) =>
      turns(() => writeInRoom(entry)) ?? Promise.reject(new Error("too many wait")),
    async read({ fromMs, toMs, linesMax }) {
      const found: AuditLine[] = [];
      for await (const text of linesBackwards(file, Number.POSITIVE_INFINITY)) {
        const line = readLine(text);
        const atMs = line === null ? Number.NaN : Date.parse(line.at);
        // The clock may have been set back once: go on past the span for a day's worth.
        if (atMs < fromMs - 86_400_000 || found.length >= linesMax) break;
        if (line !== null && atMs >= fromMs && atMs <= toMs) found.push(line);
      }
      return found;
    },
  };
}

export function operatorLine({ n, at, by, role, from, did, note }: AuditLine): OperatorLine {
  return { n, atMs: Date.parse(at), by, role, from, did, note };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}

/** @throws when another program holds it for long, or the disk refuses. */
async function locked(path: string, clock: Clock): Promise<AsyncDisposable> {
  const never = new AbortController().signal;
  for (let tries = 0; tries < lockTries; tries += 1) {
    const handle = await claim(path);
    if (handle !== null) {
      await handle.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    }
    const age = await stat(path).then(
      ({ mtimeMs }) => clock.now().wallMs - mtimeMs,
      () => 0,
    );
    if (Math.abs(age) > lockMsMax) await rm(path, { force: true });
    else await clock.sleep(lockPauseMs, never);
  }
  throw new Error(`${path} is held by another program`);
}

async function claim(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return null;
    throw error;
  }
}
