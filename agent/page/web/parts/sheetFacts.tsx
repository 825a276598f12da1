/** Named facts at the head of a printed sheet. */

import "./paper.css";
import type { ComponentChildren, VNode } from "preact";

interface SheetFactsProps {
  readonly facts: readonly (readonly [name: string, what: ComponentChildren])[];
}

export function SheetFacts({ facts }: SheetFactsProps): VNode {
  return (
    <dl class="sheet-facts">
      {facts.map(([name, what]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
