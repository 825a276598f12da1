/** Which shift, and what to do with its report. Not on paper. */

import type { VNode } from "preact";
import { lang, t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/textField.tsx";
import { reportWords } from "../words/report.ts";
import type { Span } from "./reportSpan.ts";

/** `free`: from and to as typed. */
export type Choice = "now" | "before" | "earlier" | "free";

export interface Typed {
  readonly from: string;
  readonly to: string;
}

interface ReportBarProps {
  readonly choice: Choice;
  readonly onChoice: (choice: Choice) => void;
  readonly typed: Typed;
  readonly onTyped: (typed: Typed) => void;
  /** Null: what is typed is no span. */
  readonly span: Span | null;
  readonly onRefresh: () => void;
}

export function ReportBar(props: ReportBarProps): VNode {
  const { choice, typed, onTyped, span } = props;
  return (
    <div class="paper-bar no-print">
      <fieldset class="row">
        <legend class="hidden-text">{t(reportWords.shift)}</legend>
        {(["now", "before", "earlier", "free"] as const).map((one) => (
          <Button key={one} isPressed={choice === one} onPress={() => props.onChoice(one)}>
            {t(reportWords[one])}
          </Button>
        ))}
      </fieldset>
      {choice === "free" && (
        <>
          <TextField
            label={t(reportWords.from)}
            type="datetime-local"
            value={typed.from}
            onText={(from) => onTyped({ ...typed, from })}
          />
          <TextField
            label={t(reportWords.to)}
            type="datetime-local"
            value={typed.to}
            onText={(to) => onTyped({ ...typed, to })}
          />
        </>
      )}
      {span === null ? (
        <p class="message" role="status">
          {t(reportWords.badSpan)}
        </p>
      ) : (
        <div class="row paper-acts">
          <Button onPress={props.onRefresh}>{t(reportWords.refresh)}</Button>
          <Button kind="strong" onPress={() => print()}>
            {t(reportWords.print)}
          </Button>
          <a
            class="button"
            download
            href={`/api/report/shift.pdf?from=${span.fromMs}&to=${span.toMs}&lang=${lang.value}`}
          >
            {t(reportWords.pdf)}
          </a>
        </div>
      )}
    </div>
  );
}
