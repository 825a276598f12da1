/** The processes of an endurance run, started and killed as a power cut or an operator would. */

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<string>;
  readonly output: () => string;
}

/** Output goes to `<dir>/<name>.log` and, its last 64 KiB, to memory. */
export function start(name: string, dir: string, command: readonly [string, ...string[]]): Running {
  mkdirSync(dir, { recursive: true });
  const log = createWriteStream(join(dir, `${name}.log`), { flags: "a" });
  const [program, ...words] = command;
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(-65_536);
      log.write(chunk);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(signal ?? String(code)));
  });
  void ended.then(() => log.end());
  return { child, ended, output: () => text };
}

export function hazgate(name: string, dir: string, ...words: readonly string[]): Running {
  return start(name, dir, [process.execPath, door, ...words]);
}

export async function stop(running: Running, signal: NodeJS.Signals = "SIGTERM"): Promise<string> {
  running.child.kill(signal);
  return await running.ended;
}

export async function until(
  what: string,
  isTrue: () => boolean,
  timeoutMs = 120_000,
): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(50);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
