/** What is said about a place in a sheet. */

import type { Word } from "../words/bilingual.ts";

export interface SheetFinding {
  /** `rejected`: this row is not taken; `error`: nothing can be taken; `note`: good to know. */
  readonly severity: "error" | "rejected" | "note";
  /** `Sheet1!D17`, or the name of the sheet. */
  readonly at: string;
  readonly what: Word;
  readonly cure?: Word;
}
