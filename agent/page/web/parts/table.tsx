/** The frame of a table: scrolls sideways inside itself, also by keyboard, so that the page never does. */

import "./parts.css";
import type { ComponentChildren, VNode } from "preact";

interface TableProps {
  /** Spoken name. */
  readonly label: string;
  /** `thead` and `tbody`. */
  readonly children: ComponentChildren;
  readonly class?: string;
}

export function Table({ label, children, class: extra = "" }: TableProps): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class={`scroll ${extra}`.trim()} aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
