/** Where an export goes: standard output, at the pace of whoever reads it, or a file that appears when it is whole. */

import { existsSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { fail, ok, type Result } from "../../config/words/result.ts";

/** `closed`: nobody reads any more. */
export type SinkTrouble =
  | { readonly kind: "closed" | "aborted" }
  | { readonly kind: "failed"; readonly message: string };

export interface ExportSink {
  /** Resolves when more may come. */
  write(text: string): Promise<Result<null, SinkTrouble>>;
  /** All was written. */
  finish(): Promise<Result<null, SinkTrouble>>;
  /** Nothing of it shall stay, as far as that is possible. */
  abandon(): Promise<void>;
}

export function streamSink(stream: Writable, signal: AbortSignal): ExportSink {
  let trouble: SinkTrouble | null = null;
  let wake = (): void => {};
  stream.on("error", (error: NodeJS.ErrnoException) => {
    trouble ??=
      error.code === "EPIPE" ? { kind: "closed" } : { kind: "failed", message: error.message };
    wake();
  });
  stream.on("drain", () => wake());
  signal.addEventListener("abort", () => wake());
  const state = (): Result<null, SinkTrouble> => {
    if (signal.aborted) return fail({ kind: "aborted" });
    return trouble === null ? ok(null) : fail(trouble);
  };
  const write = async (text: string): Promise<Result<null, SinkTrouble>> => {
    if (state().ok && !stream.write(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return state();
  };
  return { write, finish: () => Promise.resolve(state()), abandon: () => Promise.resolve() };
}

/** Writes to `FILE.part` and gives it its name at the end. Fails when the file is there and may not be replaced. */
export async function fileSink(
  file: string,
  { mayReplace, signal }: { readonly mayReplace: boolean; readonly signal: AbortSignal },
): Promise<Result<ExportSink, "exists" | { readonly message: string }>> {
  if (!mayReplace && existsSync(file)) return fail("exists");
  const part = `${file}.part`;
  try {
    return ok(partSink(await open(part, "w", 0o640), { file, part, signal }));
  } catch (error) {
    return fail({ message: messageOf(error) });
  }
}

function partSink(
  handle: FileHandle,
  { file, part, signal }: { readonly file: string; readonly part: string; signal: AbortSignal },
): ExportSink {
  const attempt = async (work: () => Promise<void>): Promise<Result<null, SinkTrouble>> => {
    if (signal.aborted) return fail({ kind: "aborted" });
    try {
      await work();
      return ok(null);
    } catch (error) {
      return fail({ kind: "failed", message: messageOf(error) });
    }
  };
  return {
    write: (text) => attempt(() => handle.appendFile(text)),
    finish: () =>
      attempt(async () => {
        await handle.sync();
        await handle.close();
        await rename(part, file);
      }),
    async abandon() {
      await handle.close().catch(() => {});
      await rm(part, { force: true });
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
