/** A list of alarms to choose from and act on, by hand or by key. */

import type { VNode } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { AlarmAct, AlarmView } from "../../protocol/alarms.ts";
import { ask } from "../acts.ts";
import { canDo } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { alarms } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { Table } from "../parts/table.tsx";
import { mayAct } from "../session.ts";
import { onKey } from "../shortcuts.ts";
import { actWords } from "../words/alarm.ts";
import { alarmsWords } from "../words/alarms.ts";
import { AlarmRow } from "./alarmRow.tsx";

interface AlarmTableProps {
  readonly label: string;
  readonly all: readonly AlarmView[];
  readonly acts: readonly AlarmAct[];
  readonly onHelp?: () => void;
}

/** Rows drawn at first; a flood must not slow the page down. */
const stepRows = 200;
const columns = ["type", "source", "value", "raised", "age", "state", "who"] as const;

export function AlarmTable({ label, all, acts, onHelp }: AlarmTableProps): VNode {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [rows, setRows] = useState(stepRows);
  const root = useRef<HTMLDivElement>(null);
  const here = all.filter((one) => chosen.has(one.key));
  // Always the same function: a row whose alarm has not changed is then not drawn again.
  const toggle = useCallback((key: string) => {
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  useKeys({ root, acts, chosen: here, onHelp });
  if (all.length === 0) return <p class="quiet calm-note">{t(alarmsWords.none)}</p>;
  return (
    <div ref={root} class="alarm-list">
      {mayAct.value && <ActBar acts={acts} chosen={here} />}
      <Table label={label} class="alarm-table">
        <thead>
          <tr>
            <th class="pick">
              <label>
                <input
                  type="checkbox"
                  aria-label={t(alarmsWords.selectAll)}
                  checked={here.length === all.length}
                  onChange={() =>
                    setChosen(new Set(here.length === all.length ? [] : all.map((one) => one.key)))
                  }
                />
              </label>
            </th>
            {columns.map((one) => (
              <th key={one}>{t(alarmsWords[one])}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.slice(0, rows).map((one) => (
            <AlarmRow
              key={one.key}
              alarm={one}
              isSelected={chosen.has(one.key)}
              onSelect={toggle}
            />
          ))}
        </tbody>
      </Table>
      {all.length > rows && (
        <Button onPress={() => setRows(rows + stepRows)}>
          {t(alarmsWords.more)} ({all.length - rows})
        </Button>
      )}
    </div>
  );
}

interface ActBarProps {
  readonly acts: readonly AlarmAct[];
  readonly chosen: readonly AlarmView[];
}

const keyOf: Partial<Readonly<Record<AlarmAct, string>>> = { ack: "A", shelve: "S" };

function ActBar({ acts, chosen }: ActBarProps): VNode {
  return (
    <div class="act-bar row no-print">
      <span class="tabular">{t(alarmsWords.selected(chosen.length))}</span>
      {acts.map((act) => {
        const fit = chosen.filter((one) => canDo(act, one));
        return (
          <Button
            key={act}
            kind={act === "ack" ? "strong" : "usual"}
            isDisabled={fit.length === 0}
            onPress={() =>
              ask(
                act,
                fit.map((one) => one.key),
              )
            }
          >
            {t(actWords[act])}
            {keyOf[act] !== undefined && (
              <span class="keycap" aria-hidden="true">
                {keyOf[act]}
              </span>
            )}
          </Button>
        );
      })}
    </div>
  );
}

interface KeysOf {
  readonly root: { readonly current: HTMLDivElement | null };
  readonly acts: readonly AlarmAct[];
  readonly chosen: readonly AlarmView[];
  readonly onHelp: (() => void) | undefined;
}

function useKeys({ root, acts, chosen, onHelp }: KeysOf): void {
  const now = useRef({ acts, chosen, onHelp });
  now.current = { acts, chosen, onHelp };
  useEffect(
    () =>
      onKey((key) => {
        const boxes = [
          ...(root.current?.querySelectorAll<HTMLInputElement>("input[data-key]") ?? []),
        ];
        const at = boxes.findIndex((one) => one.matches(":focus"));
        if (key === "ArrowDown" || key === "ArrowUp") {
          const next =
            boxes[Math.max(0, Math.min(boxes.length - 1, at + (key === "ArrowDown" ? 1 : -1)))];
          next?.focus();
          return next !== undefined;
        }
        if (key === "?") {
          now.current.onHelp?.();
          return true;
        }
        return act(key.toLowerCase(), boxes[at]?.dataset["key"], now.current);
      }),
    [root],
  );
}

function act(
  key: string,
  focused: string | undefined,
  { acts, chosen }: Pick<KeysOf, "acts" | "chosen">,
): boolean {
  const wanted: AlarmAct | null = key === "a" ? "ack" : key === "s" ? "shelve" : null;
  if (wanted === null || !acts.includes(wanted) || !mayAct.peek()) return false;
  const under = focused === undefined ? undefined : alarms.peek().get(focused);
  const targets = chosen.length > 0 ? chosen : under === undefined ? [] : [under];
  ask(
    wanted,
    targets.filter((one) => canDo(wanted, one)).map((one) => one.key),
  );
  return true;
}
