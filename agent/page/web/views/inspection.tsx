/** To be filled. */

import type { VNode } from "preact";
import { t } from "../lang.ts";
import { shellWords } from "../words/shell.ts";

export function Inspection(): VNode {
  return <p class="quiet pad">{t(shellWords.loading)}</p>;
}
