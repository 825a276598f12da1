/** A button that a thumb in a glove hits: 44 px, and says why when it cannot be pressed. */

import "./parts.css";
import type { ComponentChildren, VNode } from "preact";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onPress?: () => void;
  readonly kind?: "usual" | "strong" | "plain";
  readonly type?: "button" | "submit";
  readonly isDisabled?: boolean;
  /** For choices: whether this one is chosen. */
  readonly isPressed?: boolean;
  readonly title?: string;
  /** Spoken name, where the content is a sign only. */
  readonly label?: string;
  readonly class?: string;
}

export function Button(props: ButtonProps): VNode {
  const kind = props.kind ?? "usual";
  return (
    <button
      type={props.type ?? "button"}
      class={`button ${kind === "usual" ? "" : kind} ${props.class ?? ""}`.trim()}
      disabled={props.isDisabled ?? false}
      onClick={() => props.onPress?.()}
      {...(props.isPressed === undefined ? {} : { "aria-pressed": props.isPressed })}
      {...(props.title === undefined ? {} : { title: props.title })}
      {...(props.label === undefined ? {} : { "aria-label": props.label })}
    >
      {props.children}
    </button>
  );
}
