/** A new box has no user and no default password: whoever reads its one-time code makes the first admin. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { Gate } from "../parts/gate.tsx";
import { TextField } from "../parts/textField.tsx";
import { setUp } from "../sessionActs.ts";
import { loginWords } from "../words/login.ts";

const empty = { code: "", name: "", password: "", again: "" };
const fields = [
  { key: "code", type: "text", autocomplete: "one-time-code" },
  { key: "name", type: "text", autocomplete: "username" },
  { key: "password", type: "password", autocomplete: "new-password" },
  { key: "again", type: "password", autocomplete: "new-password" },
] as const;

export function FirstStart(): VNode {
  const [typed, setTyped] = useState(empty);
  const [trouble, setTrouble] = useState<{ readonly zh: string; readonly en: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const create = async () => {
    if (typed.password !== typed.again) {
      setTrouble(loginWords.differ);
      return;
    }
    setBusy(true);
    const { code, name, password } = typed;
    const answer = await setUp({ code: code.trim(), name: name.trim(), password });
    setBusy(false);
    if (!answer.ok) setTrouble(answer.error);
  };
  return (
    <Gate title={t(loginWords.setUpTitle)}>
      <p class="quiet">{t(loginWords.setUpHint)}</p>
      <form
        class="gate-form"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        {fields.map(({ key, type, autocomplete }) => (
          <TextField
            key={key}
            label={t(loginWords[key])}
            type={type}
            autocomplete={autocomplete}
            value={typed[key]}
            onText={(text) => setTyped((before) => ({ ...before, [key]: text }))}
            isRequired
          />
        ))}
        {trouble !== null && (
          <p class="message" role="alert">
            {t(trouble)}
          </p>
        )}
        <Button kind="strong" type="submit" isDisabled={isBusy}>
          {t(isBusy ? loginWords.busy : loginWords.create)}
        </Button>
      </form>
    </Gate>
  );
}
