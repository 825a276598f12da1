/** What became of a request: the box's refusal, or that it is done. Read out when it appears. */

import type { VNode } from "preact";
import type { Word } from "../../../../config/words/bilingual.ts";
import { t } from "../lang.ts";

interface SaidProps {
  /** Null: nothing to say. */
  readonly trouble: Word | null;
  readonly done?: Word | null;
}

export function Said({ trouble, done = null }: SaidProps): VNode | null {
  if (trouble !== null) {
    return (
      <p class="message" role="alert">
        {t(trouble)}
      </p>
    );
  }
  if (done === null) return null;
  return (
    <p class="message" role="status">
      {t(done)}
    </p>
  );
}
