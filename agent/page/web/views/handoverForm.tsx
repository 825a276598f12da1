/** Hands the shift over to the next person; shown to those who may. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { HandoverRequest } from "../../protocol/history.ts";
import { post, type Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/textField.tsx";
import { reportWords } from "../words/report.ts";

/** As the box takes them. */
const nameLengthMax = 40;
const noteLengthMax = 4_000;

export function HandoverForm({ onDone }: { readonly onDone: () => void }): VNode {
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const handOver = async () => {
    const request: HandoverRequest = { to: to.trim(), note: note.trim() };
    setBusy(true);
    const answer = await post<unknown>("/api/handover", request);
    setBusy(false);
    setTrouble(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    setTo("");
    setNote("");
    onDone();
  };
  return (
    <form
      class="paper-form no-print"
      onSubmit={(event) => {
        event.preventDefault();
        void handOver();
      }}
    >
      <TextField
        label={t(reportWords.handoverTo)}
        value={to}
        onText={setTo}
        maxLength={nameLengthMax}
        isRequired
      />
      <label class="field">
        {t(reportWords.handoverNote)}
        <textarea
          rows={4}
          maxLength={noteLengthMax}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      {trouble !== null && (
        <p class="message" role="alert">
          {t(trouble)}
        </p>
      )}
      <div class="row">
        <Button kind="strong" type="submit" isDisabled={isBusy || to.trim() === ""}>
          {t(isBusy ? reportWords.sending : reportWords.handOver)}
        </Button>
      </div>
    </form>
  );
}
