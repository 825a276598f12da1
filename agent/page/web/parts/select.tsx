/** One choice of several, with its name above it. The empty value is "all". */

import type { VNode } from "preact";
import type { Word } from "../../../../config/words/bilingual.ts";
import { t } from "../lang.ts";
import { alarmsWords } from "../words/alarms.ts";

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, word: Word])[];
  readonly onPick: (value: string) => void;
}

export function Select({ label, value, choices, onPick }: SelectProps): VNode {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        <option value="">{t(alarmsWords.all)}</option>
        {choices.map(([one, word]) => (
          <option key={one} value={one}>
            {t(word)}
          </option>
        ))}
      </select>
    </label>
  );
}
