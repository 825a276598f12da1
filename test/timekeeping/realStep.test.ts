/** A real process whose clock is really set, by libfaketime (Debian package `faketime`): it leaves the machine's alone. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

function libfaketime(): string | null {
  for (const folder of existsSync("/usr/lib") ? readdirSync("/usr/lib") : []) {
    const file = join("/usr/lib", folder, "faketime/libfaketimeMT.so.1");
    if (existsSync(file)) return file;
  }
  return null;
}

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
      env: {
        ...process.env,
        LD_PRELOAD: libfaketime() ?? "",
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: "1",
        DONT_FAKE_MONOTONIC: "1",
      },
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
