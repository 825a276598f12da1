/** A real process whose clock is really set, by libfaketime (Debian package `faketime`): it leaves the machine's alone. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { faketimeEnvironment, libfaketime } from "../fakes/faketime.ts";

interface Line {
  readonly type?: string;
  readonly stepMs?: number;
  readonly wallMs?: number;
}

test.skipIf(libfaketime() === null)(
  "a process that begins in 1972 sees its clock set to today, an hour on, and a second back",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "hazgate-faketime-"));
    const file = join(folder, "offset");
    const set = (offset: string): void => {
      // At once: a file half written would be another step.
      writeFileSync(`${file}.new`, `${offset}\n`);
      renameSync(`${file}.new`, file);
    };
    set("-20000d");
    const script = new URL("./steppedProcess.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...faketimeEnvironment({ offsetFile: file }) },
    });
    const ended = once(child, "exit");
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<Line> =>
      JSON.parse((await lines.next()).value as string) as Line;
    try {
      const { wallMs } = await next();
      expect(new Date(wallMs!).getUTCFullYear()).toBeLessThan(1980);
      const day = 86_400_000;
      for (const [offset, stepMs] of [
        ["+0", 20_000 * day],
        ["+3600", 3_600_000],
        ["+3599", -1_000],
      ] as const) {
        set(offset);
        const told = await next();
        expect(told.type).toBe("clock-step");
        expect(Math.abs(told.stepMs! - stepMs)).toBeLessThan(100);
      }
    } finally {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
    expect(child.exitCode).toBe(0);
  },
  60_000,
);
