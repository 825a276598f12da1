/** What an act of the audit log was about, in words. */

import type { Word } from "../../../../config/words/bilingual.ts";
import { scenarioName } from "./scenarios.ts";

/** Where the log keeps a short name that has words. */
export function auditNote(did: string, note: string): Word {
  return did.startsWith("scenario.") ? scenarioName(note) : { zh: note, en: note };
}
