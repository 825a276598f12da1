/** Why a person does something: one tap on a usual reason, or words of their own. */

import "./parts.css";
import type { VNode } from "preact";
import { t } from "../lang.ts";
import { Button } from "./button.tsx";

interface ReasonPickerProps {
  readonly reasons: readonly string[];
  readonly reason: string;
  readonly note: string;
  /** A usual reason was tapped. */
  readonly onReason: (reason: string) => void;
  readonly onNote: (note: string) => void;
}

const words = {
  legend: { zh: "原因", en: "Reason" },
  note: { zh: "说明 (可不填)", en: "Note (may be left empty)" },
};
const noteLengthMax = 500;

export function ReasonPicker(props: ReasonPickerProps): VNode {
  return (
    <fieldset>
      <legend class="legend">{t(words.legend)}</legend>
      <div class="chips">
        {props.reasons.map((reason) => (
          <Button
            key={reason}
            isPressed={props.reason === reason}
            onPress={() => props.onReason(reason)}
          >
            {reason}
          </Button>
        ))}
      </div>
      <label class="field">
        {t(words.note)}
        <textarea
          rows={2}
          maxLength={noteLengthMax}
          value={props.note}
          onInput={(event) => props.onNote(event.currentTarget.value)}
        />
      </label>
    </fieldset>
  );
}
