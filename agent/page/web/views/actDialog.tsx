/** Asks a person for the reason, and for how long, before anything is done to an alarm. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { AlarmAct, AlarmView } from "../../protocol/alarms.ts";
import { type Asking, asking, refusals, send, stopAsking } from "../acts.ts";
import type { Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { alarms, site } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { LevelMark } from "../parts/levelMark.tsx";
import { ReasonPicker } from "../parts/reasonPicker.tsx";
import { actHints, dialogWords } from "../words/act.ts";
import { actWords, typeWords } from "../words/alarm.ts";
import { span } from "../words/measures.ts";
import { shellWords } from "../words/shell.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const shelveForMs: readonly number[] = [
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  4 * hourMs,
  8 * hourMs,
];
const outForMs: readonly number[] = [
  hourMs,
  4 * hourMs,
  8 * hourMs,
  24 * hourMs,
  72 * hourMs,
  168 * hourMs,
];
const namedMax = 4;

/** The dialog, when an act is being asked for; and what was refused, until closed. */
export function ActDialog(): VNode | null {
  const now = asking.value;
  if (now !== null) return <Ask key={`${now.act} ${now.keys.join()}`} now={now} />;
  if (refusals.value.length === 0) return null;
  const close = () => {
    refusals.value = [];
  };
  return (
    <Dialog title={t(dialogWords.refused)} onClose={close}>
      <ul>
        {refusals.value.map((one) => (
          <li key={one.en}>{t(one)}</li>
        ))}
      </ul>
      <div class="dialog-feet">
        <Button kind="strong" onPress={close}>
          {t(shellWords.close)}
        </Button>
      </div>
    </Dialog>
  );
}

function Ask({ now }: { readonly now: Asking }): VNode {
  const { act, keys } = now;
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const targets = keys.flatMap((key) => alarms.value.get(key) ?? []);
  const choices = durations(act, targets);
  const [forMs, setForMs] = useState<number | null>(choices[1] ?? choices[0] ?? null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (why: string) => {
    setBusy(true);
    const refused = await send({ act, keys, reason: why, note: note.trim(), forMs });
    setBusy(false);
    if (refused === null) stopAsking();
    else setTrouble(refused);
  };
  const isReady = reason !== "" || note.trim() !== "";
  return (
    <Dialog
      title={`${t(actWords[act])} · ${t(dialogWords.subject(targets.length))}`}
      onClose={stopAsking}
    >
      <Targets targets={targets} />
      <p class="quiet">{t(actHints[act])}</p>
      {choices.length > 0 && <ForHowLong choices={choices} forMs={forMs} onPick={setForMs} />}
      {act === "shelve" && targets.some((one) => !one.isShelvable) && (
        <p class="message">{t(dialogWords.notShelvable)}</p>
      )}
      <ReasonPicker
        reasons={site.value?.reasons ?? []}
        reason={reason}
        note={note}
        onNote={setNote}
        onReason={(why) => {
          setReason(why);
          if (act === "ack" && !isBusy) void submit(why);
        }}
      />
      {trouble !== null && (
        <p class="message" role="alert">
          {t(trouble)}
        </p>
      )}
      <div class="dialog-feet">
        {!isReady && <span class="quiet">{t(dialogWords.needReason)}</span>}
        <Button onPress={stopAsking}>{t(shellWords.cancel)}</Button>
        <Button
          kind="strong"
          isDisabled={!isReady || isBusy}
          onPress={() => void submit(reason === "" ? note.trim() : reason)}
        >
          {t(isBusy ? dialogWords.sending : actWords[act])}
        </Button>
      </div>
    </Dialog>
  );
}

function Targets({ targets }: { readonly targets: readonly AlarmView[] }): VNode {
  return (
    <ul class="targets">
      {targets.slice(0, namedMax).map((one) => (
        <li key={one.key} class="row">
          <LevelMark priority={one.priority} />
          <span>
            {t(typeWords[one.type].name)} <b>{one.source}</b> {one.name}
          </span>
        </li>
      ))}
      {targets.length > namedMax && <li class="quiet">… +{targets.length - namedMax}</li>}
    </ul>
  );
}

interface ForHowLongProps {
  readonly choices: readonly number[];
  readonly forMs: number | null;
  readonly onPick: (forMs: number) => void;
}

function ForHowLong({ choices, forMs, onPick }: ForHowLongProps): VNode {
  return (
    <fieldset>
      <legend class="legend">{t(dialogWords.duration)}</legend>
      <div class="chips">
        {choices.map((ms) => (
          <Button key={ms} isPressed={forMs === ms} onPress={() => onPick(ms)}>
            {t(span(ms))}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}

/** What may be chosen: shelving no longer than the site allows for the strictest of the chosen. */
function durations(act: AlarmAct, targets: readonly AlarmView[]): readonly number[] {
  if (act === "out-of-service") return outForMs;
  if (act !== "shelve") return [];
  const bounds = site.value?.shelveMsMax;
  const max = Math.min(...targets.map((one) => bounds?.[one.priority] ?? 0));
  const within = shelveForMs.filter((ms) => ms <= max);
  return within.length > 0 || !Number.isFinite(max) || max <= 0 ? within : [max];
}
