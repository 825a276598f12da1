/** Adds a user. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Role, UserRequest, UserView } from "../../protocol/access.ts";
import { post, type Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { RoleSelect } from "../parts/roleSelect.tsx";
import { Said } from "../parts/said.tsx";
import { TextField } from "../parts/textField.tsx";
import { usersWords } from "../words/users.ts";

export function UserAdd({ onDone }: { readonly onDone: () => void }): VNode {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("officer");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isAdded, setAdded] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const add = async () => {
    const request: UserRequest = { name: name.trim(), role, password };
    setBusy(true);
    const answer = await post<UserView>("/api/users", request);
    setBusy(false);
    setTrouble(answer.ok ? null : answer.error);
    setAdded(answer.ok);
    if (!answer.ok) return;
    setName("");
    setPassword("");
    onDone();
  };
  return (
    <form
      class="panel pad user-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <h2>{t(usersWords.add)}</h2>
      <TextField label={t(usersWords.name)} value={name} onText={setName} isRequired />
      <RoleSelect label={t(usersWords.role)} role={role} onRole={setRole} />
      <TextField
        label={t(usersWords.password)}
        type="password"
        value={password}
        onText={setPassword}
        autocomplete="new-password"
        isRequired
      />
      <Said trouble={trouble} done={isAdded ? usersWords.added : null} />
      <div class="row">
        <Button kind="strong" type="submit" isDisabled={isBusy}>
          {t(usersWords.add)}
        </Button>
      </div>
    </form>
  );
}
