/** The C floor, built here from source; missing where there is no compiler or no library. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../measure/apt.ts";
import { benchFile } from "../measure/child.ts";

export type Built = { readonly program: string } | { readonly missing: string };

export function buildLibmodbusLoop(dir: string): Built {
  if (!existsSync("/usr/include/modbus/modbus.h")) aptInstall("libmodbus-dev", "gcc", "libc6-dev");
  const program = join(dir, "libmodbusLoop");
  const source = benchFile("baselines/libmodbusLoop.c");
  const words = ["-O2", "-Wall", "-I/usr/include", source, "-lmodbus", "-o", program];
  const built = spawnSync("gcc", words, { encoding: "utf8" });
  if (built.status === 0) return { program };
  const reason = built.error?.message ?? built.stderr.trim().split("\n")[0];
  return { missing: `needs Debian packages libmodbus-dev, gcc and libc6-dev (${reason})` };
}
