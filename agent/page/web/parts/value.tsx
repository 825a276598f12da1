/** A measured value: never without its unit, never a plain number when its quality is bad. */

import "./parts.css";
import type { VNode } from "preact";
import { qualityWord } from "../../../../config/words/qualityWords.ts";
import { t } from "../lang.ts";
import { figure } from "../words/measures.ts";
import { shellWords } from "../words/shell.ts";

interface ValueProps {
  readonly value: number | null;
  readonly unit: string;
  readonly decimals: number | null;
  /** Code of config/words/quality.ts; null: nothing heard yet. */
  readonly quality: number | null;
}

export function Value({ value, unit, decimals, quality }: ValueProps): VNode {
  if (quality === null) return <span class="value doubt">{t(shellWords.loading)}</span>;
  if (quality !== 0) {
    return (
      <span class="value doubt">
        {t(qualityWord(quality))}
        {value !== null && (
          <b>
            {figure(value, decimals)} {unit}
          </b>
        )}
      </span>
    );
  }
  return (
    <span class="value">
      <b>{value === null ? "–" : figure(value, decimals)}</b>
      <span class="unit">{unit}</span>
    </span>
  );
}
