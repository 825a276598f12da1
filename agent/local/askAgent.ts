/** Asks the agent that runs on this box, by the door in its data folder. */

import { request } from "node:http";
import { fail, ok, type Result } from "../../config/words/result.ts";
import { doorPathOf } from "./localDoor.ts";

export interface NoAgent {
  /** `absent`: no agent works in this folder; `denied`: this user may not ask it; `silent`: it does not answer. */
  readonly kind: "absent" | "denied" | "silent";
  readonly message: string;
}

const answerMsMax = 5_000;
const answerBytesMax = 64 * 1024 ** 2;

/** `path`: one of the door's, e.g. "/status". */
export function askAgent(dataDir: string, path: string): Promise<Result<unknown, NoAgent>> {
  return new Promise((resolve) => {
    const asked = request(
      { socketPath: doorPathOf(dataDir), path, timeout: answerMsMax },
      (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on("data", (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > answerBytesMax) asked.destroy(new Error("its answer is too long"));
          else pieces.push(piece);
        });
        response.on("end", () => resolve(read(response.statusCode ?? 0, Buffer.concat(pieces))));
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`no answer within ${answerMsMax / 1000} s`)));
    asked.on("error", (error: NodeJS.ErrnoException) => {
      const { code, message } = error;
      if (code === "ENOENT" || code === "ECONNREFUSED") resolve(fail({ kind: "absent", message }));
      else if (code === "EACCES") resolve(fail({ kind: "denied", message }));
      else resolve(fail({ kind: "silent", message }));
    });
    asked.end();
  });
}

function read(statusCode: number, body: Buffer): Result<unknown, NoAgent> {
  if (statusCode !== 200) return fail({ kind: "silent", message: `it answers ${statusCode}` });
  try {
    return ok(JSON.parse(body.toString("utf8")));
  } catch {
    return fail({ kind: "silent", message: "its answer is no JSON" });
  }
}
