/** Programs that are measured run as processes of their own, and say at the end what they saw. */

import { type ChildProcess, fork, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Where a process of the bench lives, by its file in test/bench. */
export function benchFile(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

export interface Subject {
  readonly pid: number;
  /** SIGTERM, then the last line of its output, parsed. Throws when it ended otherwise. */
  finish(): Promise<unknown>;
  kill(): void;
}

/** Starts a program that prints one line of JSON on SIGTERM. */
export function startSubject(command: string, words: readonly string[]): Subject {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(child);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    pid: pidOf(child),
    async finish() {
      child.kill("SIGTERM");
      await ended;
      const last = output.out().trim().split("\n").at(-1) ?? "";
      try {
        return JSON.parse(last);
      } catch {
        throw new Error(`${command} ${words.join(" ")} said: ${last}\n${output.err()}`);
      }
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** A Node program of the bench. */
export function startNode(file: string, settings: unknown): Subject {
  return startSubject(process.execPath, [benchFile(file), JSON.stringify(settings)]);
}

export interface Helper extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with the helper's answer; rejects when it ends first. */
  ask<Answer>(question: string): Promise<Answer>;
}

/** A Node program of the bench that answers questions while others are measured: see `answer`. */
export function startHelper(file: string, settings: unknown): Helper {
  const child = fork(benchFile(file), [JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let last: Promise<unknown> = Promise.resolve();
  const askNow = (question: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error(`${file} ended when asked ${question}`));
      child.once("exit", gone);
      child.once("message", (answer) => {
        child.off("exit", gone);
        resolve(answer);
      });
      child.send(question);
    });
  return {
    pid: pidOf(child),
    ask<Answer>(question: string): Promise<Answer> {
      const answer = last.then(() => askNow(question));
      last = answer.catch(() => {});
      return answer as Promise<Answer>;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(patience);
    },
  };
}

/** The other side of `startHelper`, inside the child. */
export function answer(answers: Readonly<Record<string, () => unknown>>): void {
  process.on("message", (question: string) => {
    void Promise.resolve(answers[question]?.()).then((value) => process.send?.(value ?? null));
  });
}

/** What the bench told this process: the first word of its command line. */
export function settingsOf<Settings>(): Settings {
  return JSON.parse(process.argv[2] ?? "{}") as Settings;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error(`cannot start ${child.spawnfile}`);
  return child.pid;
}

function collect(child: ChildProcess): { out(): string; err(): string } {
  const text = { out: "", err: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    text.out = (text.out + chunk.toString()).slice(-20_000);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    text.err = (text.err + chunk.toString()).slice(-4_000);
  });
  child.on("error", (error) => {
    text.err += error.message;
  });
  return { out: () => text.out, err: () => text.err };
}

export interface Program {
  readonly pid: number;
  /** SIGTERM; resolves with its exit code, or the signal that ended it. */
  stop(): Promise<number | string>;
  /** It ended without being told to. */
  readonly hasEnded: boolean;
  /** The end of what it wrote. */
  lastWords(): string;
}

/** A program that speaks for people, not for us. */
export function startProgram(
  command: string,
  words: readonly string[],
  cwd: string = process.cwd(),
): Program {
  const child = spawn(command, words, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(child);
  const ended = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? String(signal)));
    child.once("error", (error) => resolve(error.message));
  });
  return {
    pid: pidOf(child),
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    async stop() {
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 20_000);
      const code = await ended;
      clearTimeout(patience);
      return code;
    },
    lastWords: () => `${output.err()}${output.out()}`.trim().split("\n").slice(-5).join("\n"),
  };
}

/** Runs a Node program of the bench to its end; the last line of its output, parsed. Throws when it fails. */
export async function runToEnd(file: string, settings: unknown): Promise<unknown> {
  const child = spawn(process.execPath, [benchFile(file), JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(child);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${output.err()}`);
  return JSON.parse(output.out().trim().split("\n").at(-1) ?? "");
}
