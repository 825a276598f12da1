/** The small example site and ways to spoil it: each test changes one thing and looks at what is said. */

import { readFileSync } from "node:fs";
import { type CheckIo, checkSite } from "../../config/check.ts";
import type { Fault } from "../../config/faults/fault.ts";
import { loadSite } from "../../config/load.ts";

export function exampleText(name: "smallSite" | "tankFarm"): string {
  return readFileSync(new URL(`../../config/examples/${name}.yaml`, import.meta.url), "utf8");
}

/** A box on which every named file is there and for the owner only. */
export const tidyBox: CheckIo = { fileMode: () => 0o100600 };

/** @throws when `from` is not in the text exactly once: an edit that does nothing would prove nothing. */
export function edited(text: string, from: string, to: string): string {
  const pieces = text.split(from);
  if (pieces.length !== 2)
    throw new Error(`"${from}" stands ${pieces.length - 1} times in the text`);
  return pieces.join(to);
}

/** Both stages. */
export function faultsOf(text: string, io: CheckIo = tidyBox): readonly Fault[] {
  const loaded = loadSite({ file: "site.yaml", text });
  return loaded.ok ? checkSite(loaded.value, io) : loaded.error;
}

export function codes(faults: readonly Fault[]): readonly string[] {
  return faults.map((fault) => fault.code);
}

/** The source text that a fault marks. */
export function marked(text: string, { line, column, length }: Fault): string {
  return (text.split("\n")[line - 1] ?? "").slice(column - 1, column - 1 + length);
}
