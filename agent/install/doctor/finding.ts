/** What the doctor of a box finds: what was looked at, what was seen, and what mends it. */

import { type Word, word } from "../../../config/words/bilingual.ts";

export type DoctorArea =
  | "program"
  | "site"
  | "data"
  | "clock"
  | "serial"
  | "page"
  | "certificates"
  | "uplink";

export interface Finding {
  readonly area: DoctorArea;
  /** `bad` keeps the box from its work; `doubtful` will, or hides a fault. */
  readonly state: "well" | "doubtful" | "bad";
  readonly seen: Word;
  /** A command where one mends it, else one sentence; null when nothing is to be done. */
  readonly cure: Word | null;
}

/** Each look tells its findings as it makes them. */
export type Tell = (finding: Finding) => void;

/** Two for an area, so that a look names its area once. */
export function findingsOf(
  area: DoctorArea,
  tell: Tell,
): {
  well(zh: string, en: string): void;
  doubtful(seen: Word, cure: Word): void;
  bad(seen: Word, cure: Word): void;
} {
  return {
    well: (zh, en) => tell({ area, state: "well", seen: word(zh, en), cure: null }),
    doubtful: (seen, cure) => tell({ area, state: "doubtful", seen, cure }),
    bad: (seen, cure) => tell({ area, state: "bad", seen, cure }),
  };
}

/** A command is the same in both languages. */
export function command(text: string): Word {
  return word(text, text);
}
