/** One line of text with its name above it. */

import type { TargetedInputEvent, VNode } from "preact";
import { useId } from "preact/hooks";

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly type?: "text" | "password" | "datetime-local";
  readonly autocomplete?: string;
  readonly isRequired?: boolean;
  readonly maxLength?: number;
}

export function TextField(props: TextFieldProps): VNode {
  const id = useId();
  const rest = {
    id,
    value: props.value,
    required: props.isRequired ?? false,
    maxLength: props.maxLength ?? 200,
    autocomplete: props.autocomplete ?? "off",
    autocapitalize: "none",
    spellcheck: false,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) =>
      props.onText(event.currentTarget.value),
  } as const;
  return (
    <label class="field" for={id}>
      {props.label}
      {props.type === "password" ? (
        <input type="password" {...rest} />
      ) : props.type === "datetime-local" ? (
        <input type="datetime-local" {...rest} />
      ) : (
        <input type="text" {...rest} />
      )}
    </label>
  );
}
