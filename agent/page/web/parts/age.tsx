/** How long ago something was, by the box's clock; it stands still when the box is not heard. */

import type { VNode } from "preact";
import { t } from "../lang.ts";
import { nowMs } from "../live.ts";
import { span } from "../words/measures.ts";

interface AgeProps {
  /** By the box's clock. */
  readonly sinceMs: number;
}

export function Age({ sinceMs }: AgeProps): VNode {
  return <span class="tabular">{t(span(Math.max(0, nowMs.value - sinceMs)))}</span>;
}
