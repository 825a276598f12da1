/** What a command is given from outside: two streams, a language, and whether a person is watching. */

import type { Lang } from "../../config/words/bilingual.ts";

export interface CommandIo {
  /** The result. */
  out(text: string): void;
  /** Progress and trouble. */
  err(text: string): void;
  readonly lang: Lang;
  /** A terminal that may be redrawn and coloured. */
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Exit codes, the same for every command. */
export const exitCode = {
  well: 0,
  problems: 1,
  usage: 2,
  deviceUnreachable: 3,
  platformUnreachable: 4,
  journal: 5,
  refused: 6,
  bug: 70,
} as const;

export function say(lang: Lang, text: { readonly zh: string; readonly en: string }): string {
  return text[lang];
}
