/** What every section of the bench is given, and gives back. */

import type { Verdict } from "./goals.ts";

export interface SectionOptions {
  readonly isQuick: boolean;
  readonly withPeers: boolean;
  /** An empty folder for the section's files. */
  readonly dir: string;
  /** Progress for the person waiting. */
  readonly say: (line: string) => void;
}

export interface SectionReport {
  /** Tables and sentences, ready to print. */
  readonly text: string;
  readonly verdicts: readonly Verdict[];
  /** Things found wrong by the checks at the far end: the bench fails when there are any. */
  readonly wrong: readonly string[];
  /** Baselines that could not be run, and why. */
  readonly missing: readonly string[];
  /** Everything measured, for the file. */
  readonly figures: unknown;
}

export type Section = (options: SectionOptions) => Promise<SectionReport>;
