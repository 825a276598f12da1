/** Compiles the preload library with the system's C compiler; it is small, so nothing is kept between runs. */

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Parts left out on purpose, so that the self-test can show that it would notice. */
export type Blindness = "BLIND_TO_WRITEV" | "BLIND_TO_SYNC";

/** The library's path in `folder`. @throws Error when there is no working `cc`. */
export function buildShim(folder: string, blindness: readonly Blindness[] = []): string {
  const sources = fileURLToPath(new URL("./shim", import.meta.url));
  const library = join(folder, `shim${blindness.map((part) => `-${part}`).join("")}.so`);
  const files = readdirSync(sources).filter((name) => name.endsWith(".c"));
  const warnings = ["-Wall", "-Wextra", "-Werror"];
  const flags = ["-std=gnu17", ...warnings, "-O2", "-shared", "-fPIC", "-pthread"];
  const broken = blindness.map((part) => `-D${part}`);
  const inputs = files.map((name) => join(sources, name));
  execFileSync("cc", [...flags, ...broken, "-o", library, ...inputs], { stdio: "inherit" });
  return library;
}
