/** Changes one user: role, password, lock; or removes it, when its name is typed. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Result } from "../../../../config/words/result.ts";
import type { UserChange, UserView } from "../../protocol/access.ts";
import { del, post, type Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { RoleSelect } from "../parts/roleSelect.tsx";
import { Said } from "../parts/said.tsx";
import { TextField } from "../parts/textField.tsx";
import { usersWords } from "../words/users.ts";

interface UserDialogProps {
  readonly user: UserView;
  readonly onClose: () => void;
  /** The box has changed or removed the user. */
  readonly onDone: () => void;
}

export function UserDialog({ user, onClose, onDone }: UserDialogProps): VNode {
  const [role, setRole] = useState(user.role);
  const [password, setPassword] = useState("");
  const [typed, setTyped] = useState("");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const path = `/api/users/${encodeURIComponent(user.name)}`;
  const run = async (asked: Promise<Result<unknown, Trouble>>) => {
    setBusy(true);
    const answer = await asked;
    setBusy(false);
    if (answer.ok) onDone();
    else setTrouble(answer.error);
  };
  const change = (what: UserChange) => void run(post<UserView>(path, what));
  return (
    <Dialog title={t(usersWords.changeOf(user.name))} onClose={onClose}>
      <Said trouble={trouble} />
      {user.isLocked && (
        <Button isDisabled={isBusy} onPress={() => change({ unlock: true })}>
          {t(usersWords.unlock)}
        </Button>
      )}
      <p class="quiet">{t(usersWords.sessionsEnd)}</p>
      <div class="user-line">
        <RoleSelect label={t(usersWords.roleOf(user.name))} role={role} onRole={setRole} />
        <Button isDisabled={isBusy || role === user.role} onPress={() => change({ role })}>
          {t(usersWords.saveRole)}
        </Button>
      </div>
      <div class="user-line">
        <TextField
          label={t(usersWords.newPassword)}
          type="password"
          value={password}
          onText={setPassword}
          autocomplete="new-password"
        />
        <Button isDisabled={isBusy || password === ""} onPress={() => change({ password })}>
          {t(usersWords.reset)}
        </Button>
      </div>
      <div class="user-line">
        <TextField label={t(usersWords.removeHint(user.name))} value={typed} onText={setTyped} />
        <Button isDisabled={isBusy || typed !== user.name} onPress={() => void run(del(path))}>
          {t(usersWords.remove)}
        </Button>
      </div>
    </Dialog>
  );
}
