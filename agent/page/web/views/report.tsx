/** The shift report: choose a shift, read it, hand over, print it. */

import "../parts/paper.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ShiftReport } from "../../protocol/history.ts";
import { t } from "../lang.ts";
import { nowMs, site } from "../live.ts";
import { useLoaded } from "../parts/loaded.ts";
import { fromInput, toInput } from "../parts/zonedTime.ts";
import { mayAct } from "../session.ts";
import { reportWords } from "../words/report.ts";
import { shellWords } from "../words/shell.ts";
import { HandoverForm } from "./handoverForm.tsx";
import { type Choice, ReportBar, type Typed } from "./reportBar.tsx";
import { ReportSheet } from "./reportSheet.tsx";
import { isSpan, type Span, shiftAt } from "./reportSpan.ts";

const shiftsBefore = { now: 0, before: 1, earlier: 2 } as const;

export function Report(): VNode {
  const zone = site.value?.timezone ?? "UTC";
  const [choice, setChoice] = useState<Choice>("now");
  // The shift of this moment stays chosen until asked anew, also when the next one begins.
  const [atMs, setAtMs] = useState(nowMs.peek());
  const [typed, setTyped] = useState<Typed>(() => {
    const { fromMs, toMs } = shiftAt(atMs, { zone, before: 0 });
    return { from: toInput(fromMs, zone), to: toInput(toMs, zone) };
  });
  const span = choice === "free" ? typedSpan(typed, zone) : shiftOf(choice, { atMs, zone });
  const path = span === null ? null : `/api/report/shift?from=${span.fromMs}&to=${span.toMs}`;
  const { value, trouble, reload } = useLoaded<ShiftReport>(path, 0);
  const isThis = value !== null && value.fromMs === span?.fromMs && value.toMs === span.toMs;
  const refresh = () => {
    setAtMs(nowMs.peek());
    reload();
  };
  return (
    <div class="view paper">
      <h1>{t(reportWords.title)}</h1>
      <ReportBar
        {...{ choice, typed, span }}
        onChoice={(one) => {
          setAtMs(nowMs.peek());
          setChoice(one);
        }}
        onTyped={setTyped}
        onRefresh={refresh}
      />
      {trouble !== null && (
        <p class="message" role="alert">
          {t(trouble)}
        </p>
      )}
      {!isThis && span !== null && trouble === null && <p class="quiet">{t(shellWords.loading)}</p>}
      {isThis && (
        <ReportSheet report={value} zone={zone}>
          {mayAct.value && choice === "now" && <HandoverForm onDone={reload} />}
        </ReportSheet>
      )}
    </div>
  );
}

function shiftOf(
  choice: keyof typeof shiftsBefore,
  { atMs, zone }: { readonly atMs: number; readonly zone: string },
): Span {
  return shiftAt(atMs, { zone, before: shiftsBefore[choice] });
}

function typedSpan(typed: Typed, zone: string): Span | null {
  const fromMs = fromInput(typed.from, zone);
  const toMs = fromInput(typed.to, zone);
  if (fromMs === undefined || toMs === undefined) return null;
  return isSpan({ fromMs, toMs }) ? { fromMs, toMs } : null;
}
