/**
 * The running agent's door for programs on the same box: HTTP on a Unix socket in the data folder. Who may open the
 * socket file (mode 0660, the agent's user and group) may look; nothing can be changed through it.
 */

import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { Log } from "../watch/log.ts";

/** Linux keeps the path of a socket in 108 bytes, with a zero at the end. */
const pathBytesMax = 107;
const requestMsMax = 5_000;

export function doorPathOf(dataDir: string): string {
  return join(dataDir, "hazgate.sock");
}

/**
 * Answers `GET` of each path in `answers` with its JSON. A door that cannot be opened is told in the log and missing
 * from then on: nothing else depends on it. The caller holds the journal's lock, so a file that is there is a dead one.
 */
export async function openLocalDoor(options: {
  readonly dataDir: string;
  readonly answers: Readonly<Record<string, () => unknown>>;
  readonly log: Log;
}): Promise<AsyncDisposable> {
  const { answers, log } = options;
  const path = doorPathOf(options.dataDir);
  const server = createServer({ requestTimeout: requestMsMax }, (request, response) => {
    const { url = "", method } = request;
    const answer = Object.hasOwn(answers, url) ? answers[url] : undefined;
    request.resume();
    if (answer === undefined || method !== "GET") {
      response.writeHead(answer === undefined ? 404 : 405).end();
      return;
    }
    response.writeHead(200, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(answer()));
  });
  server.maxConnections = 16;
  try {
    if (Buffer.byteLength(path) > pathBytesMax)
      throw new Error("the path is too long for a socket");
    await rm(path, { force: true });
    server.listen(path);
    await once(server, "listening");
    await chmod(path, 0o660);
  } catch (error) {
    log.warn("no local door: `hazgate status` and `bus stats` cannot ask this agent", {
      path,
      error: error instanceof Error ? error.message : String(error),
    });
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  server.on("error", (error) => log.warn("the local door", { error: error.message }));
  return { [Symbol.asyncDispose]: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const gone = once(server, "close");
  server.close();
  server.closeAllConnections();
  await gone;
}
