/** Questions to the person at the terminal. They go to stderr: stdout is for results. */

import { createInterface } from "node:readline/promises";
import type { Shell } from "./shell.ts";

/** Null without a terminal: nobody is asked then. */
export function asker({ stdin, io }: Shell): ((question: string) => Promise<string>) | null {
  if (stdin.isTTY !== true) return null;
  return async (question) => {
    const lines = createInterface({ input: stdin, output: process.stderr });
    // Ctrl-C and Ctrl-D at a question: nothing has been written, so just end.
    const closed = new Promise<never>((_, reject) => {
      lines.once("close", () => reject(new Error("closed")));
    });
    try {
      return (await Promise.race([lines.question(question), closed])).trim();
    } catch {
      io.err("\n");
      return process.exit(130);
    } finally {
      lines.removeAllListeners("close");
      lines.close();
    }
  };
}
