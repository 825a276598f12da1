/** One named fact of a list of facts, marked where it is not well. */

import "./fact.css";
import type { ComponentChildren, VNode } from "preact";

interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
  /** Absent: well, and grey. */
  readonly state?: "well" | "caution" | "bad";
}

/** Stands inside a `<dl class="facts">`. */
export function Fact({ name, children, state = "well" }: FactProps): VNode {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <Standing state={state}>{children}</Standing>
      </dd>
    </div>
  );
}

interface StandingProps {
  readonly state: "well" | "caution" | "bad";
  readonly children: ComponentChildren;
}

const signs = { well: "", caution: "▲ ", bad: "✕ " } as const;

/** Words with a sign and a colour when not well; plain grey when well. */
export function Standing({ state, children }: StandingProps): VNode {
  return (
    <span class={`standing ${state}`}>
      {signs[state]}
      {children}
    </span>
  );
}
