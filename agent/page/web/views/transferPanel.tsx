/** Loading and unloading of a tank, as people have declared it. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { TransferRequest, TransferView } from "../../protocol/scenes.ts";
import { del, post, type Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { TextField } from "../parts/textField.tsx";
import { dateMinute } from "../parts/zonedTime.ts";
import { mayAct } from "../session.ts";
import { span } from "../words/measures.ts";
import { transferWords } from "../words/transfer.ts";

interface TransferPanelProps {
  readonly tank: string;
}

const hourMs = 3_600_000;
const choices: readonly number[] = [hourMs, 2 * hourMs, 4 * hourMs, 8 * hourMs];
const refreshMs = 30_000;

export function TransferPanel({ tank }: TransferPanelProps): VNode | null {
  const loaded = useLoaded<readonly TransferView[]>("/api/transfers", refreshMs);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const now = loaded.value?.find((one) => one.tank === tank);
  const after = (answer: { readonly ok: boolean; readonly error?: Trouble }) => {
    setTrouble(answer.error ?? null);
    loaded.reload();
  };
  return (
    <section class="panel transfer" aria-labelledby="transfer-title">
      <h2 id="transfer-title">{t(transferWords.title)}</h2>
      <p class="quiet">{t(transferWords.hint)}</p>
      {now !== undefined && <UnderWay now={now} onEnd={() => void endOf(tank).then(after)} />}
      {now === undefined && mayAct.value && (
        <Declare onDeclare={(note, forMs) => void begin({ tank, note, forMs }).then(after)} />
      )}
      {trouble !== null && (
        <p class="message" role="alert">
          {t(trouble)}
        </p>
      )}
    </section>
  );
}

function begin(request: TransferRequest) {
  return post<TransferView>("/api/transfers", request);
}

function endOf(tank: string) {
  return del<unknown>(`/api/transfers/${encodeURIComponent(tank)}`);
}

function UnderWay({
  now,
  onEnd,
}: {
  readonly now: TransferView;
  readonly onEnd: () => void;
}): VNode {
  return (
    <div class="row">
      <p>
        <b>
          {t(transferWords.until)} {dateMinute(now.untilMs, site.value?.timezone ?? "UTC")}
        </b>{" "}
        {now.by}: {now.note}
      </p>
      {mayAct.value && <Button onPress={onEnd}>{t(transferWords.end)}</Button>}
    </div>
  );
}

interface DeclareProps {
  readonly onDeclare: (note: string, forMs: number) => void;
}

function Declare({ onDeclare }: DeclareProps): VNode {
  const [note, setNote] = useState("");
  const [forMs, setForMs] = useState(2 * hourMs);
  return (
    <form
      class="transfer-form"
      onSubmit={(event) => {
        event.preventDefault();
        onDeclare(note.trim(), forMs);
      }}
    >
      <TextField label={t(transferWords.note)} value={note} onText={setNote} isRequired />
      <fieldset>
        <legend class="legend">{t(transferWords.forLong)}</legend>
        <div class="chips">
          {choices.map((ms) => (
            <Button key={ms} isPressed={forMs === ms} onPress={() => setForMs(ms)}>
              {t(span(ms))}
            </Button>
          ))}
        </div>
      </fieldset>
      <Button type="submit">{t(transferWords.declare)}</Button>
    </form>
  );
}
