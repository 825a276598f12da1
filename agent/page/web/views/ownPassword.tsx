/** Changes the password of who is logged in. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Word } from "../../../../config/words/bilingual.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { Said } from "../parts/said.tsx";
import { TextField } from "../parts/textField.tsx";
import { changeOwnPassword } from "../sessionActs.ts";
import { usersWords } from "../words/users.ts";

const nothing = { old: "", password: "", again: "" };

export function OwnPassword(): VNode {
  const [typed, setTyped] = useState(nothing);
  const [trouble, setTrouble] = useState<Word | null>(null);
  const [isSaved, setSaved] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setSaved(false);
    if (typed.password !== typed.again) return setTrouble(usersWords.differ);
    setBusy(true);
    const answer = await changeOwnPassword({ old: typed.old, password: typed.password });
    setBusy(false);
    setTrouble(answer.ok ? null : answer.error);
    setSaved(answer.ok);
    if (answer.ok) setTyped(nothing);
  };
  const field = (name: keyof typeof nothing, label: Word) => (
    <TextField
      label={t(label)}
      type="password"
      value={typed[name]}
      onText={(text) => setTyped({ ...typed, [name]: text })}
      autocomplete={name === "old" ? "current-password" : "new-password"}
      isRequired
    />
  );
  return (
    <form
      class="panel pad user-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2>{t(usersWords.own)}</h2>
      {field("old", usersWords.old)}
      {field("password", usersWords.newPassword)}
      {field("again", usersWords.again)}
      <Said trouble={trouble} done={isSaved ? usersWords.saved : null} />
      <div class="row">
        <Button kind="strong" type="submit" isDisabled={isBusy}>
          {t(usersWords.save)}
        </Button>
      </div>
    </form>
  );
}
