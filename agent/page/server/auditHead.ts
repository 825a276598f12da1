/** The newest line of the audit log, for what is to be anchored to it. Reads only. */

import { join } from "node:path";
import { type AuditHead, readLine } from "./auditChain.ts";
import { linesBackwards } from "./auditFile.ts";

/** Null: there is no log yet, or its end cannot be read. Never rejects. */
export async function auditHeadIn(dataDir: string): Promise<AuditHead | null> {
  try {
    for await (const text of linesBackwards(join(dataDir, "audit.jsonl"), 1)) {
      const line = readLine(text);
      return line === null ? null : { n: line.n, hash: line.hash };
    }
  } catch {
    // Whoever writes the log tells of its trouble.
  }
  return null;
}
