/** Logging in; a refusal says what to do, also when the name is locked for a while. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { Gate } from "../parts/gate.tsx";
import { TextField } from "../parts/textField.tsx";
import { login } from "../sessionActs.ts";
import { loginWords } from "../words/login.ts";

export function Login(): VNode {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    const answer = await login({ name: name.trim(), password });
    setBusy(false);
    if (answer.ok) return;
    setPassword("");
    setTrouble(answer.error);
  };
  return (
    <Gate title={t(loginWords.title)}>
      <form
        class="gate-form"
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <TextField
          label={t(loginWords.name)}
          value={name}
          onText={setName}
          autocomplete="username"
          isRequired
        />
        <TextField
          label={t(loginWords.password)}
          type="password"
          value={password}
          onText={setPassword}
          autocomplete="current-password"
          isRequired
        />
        {trouble !== null && (
          <p class="message" role="alert">
            {t(trouble)}
          </p>
        )}
        <Button kind="strong" type="submit" isDisabled={isBusy}>
          {t(isBusy ? loginWords.busy : loginWords.enter)}
        </Button>
      </form>
    </Gate>
  );
}
