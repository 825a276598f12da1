/** Six lamps of the box, grey when well: can what is shown be trusted, and does the city get it. */

import type { VNode } from "preact";
import type { BoxView, LampView } from "../../protocol/live.ts";
import { t } from "../lang.ts";
import { box } from "../live.ts";
import { hrefOf } from "../router.ts";
import { foldedWords, lampWords, shellWords } from "../words/shell.ts";

type LampName = keyof BoxView["lamps"];
const names: readonly LampName[] = ["sensors", "cameras", "upload", "clock", "disk", "self"];
const signs: Readonly<Record<LampView["state"], string>> = {
  well: "",
  caution: "▲",
  bad: "✕",
  off: "–",
};

export function Lamps(): VNode | null {
  const lamps = box.value?.lamps;
  if (lamps === undefined) return null;
  return (
    <ul class="lamps" aria-label={t(shellWords.lampsTitle)}>
      {names.map((name) => {
        const lamp = lamps[name];
        return (
          <li key={name} class={`lamp ${lamp.state}`}>
            <a href={hrefOf("system")}>
              <span class="lamp-name">
                {t(lampWords[name])} {signs[lamp.state]}
              </span>
              <span class="lamp-word">{t(lamp)}</span>
            </a>
          </li>
        );
      })}
      <li class="lamp folded">
        <a href={hrefOf("system")}>
          <Folded lamps={lamps} state="well" />
          <Folded lamps={lamps} state="off" />
        </a>
      </li>
    </ul>
  );
}

interface FoldedProps {
  readonly lamps: BoxView["lamps"];
  readonly state: "well" | "off";
}

/** On a phone one cell names all lamps that want nothing of anybody; those that do keep a cell each. */
function Folded({ lamps, state }: FoldedProps): VNode | null {
  const some = names.filter((name) => lamps[name].state === state);
  if (some.length === 0) return null;
  return (
    <span>
      <span class="lamp-name">{t(foldedWords[state])}</span>{" "}
      {some.map((name) => t(lampWords[name])).join(" · ")}
    </span>
  );
}
