/** Who may use the page, for the admin; and one's own password, for everybody. */

import "./users.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { UserView } from "../../protocol/access.ts";
import { t } from "../lang.ts";
import { useLoaded } from "../parts/loaded.ts";
import { Said } from "../parts/said.tsx";
import { me } from "../session.ts";
import { shellWords } from "../words/shell.ts";
import { usersWords } from "../words/users.ts";
import { OwnPassword } from "./ownPassword.tsx";
import { UserAdd } from "./userAdd.tsx";
import { UserDialog } from "./userDialog.tsx";
import { UserTable } from "./userTable.tsx";

export function Users(): VNode {
  const who = me.value;
  return (
    <div class="view users">
      <h1>{t(usersWords.title)}</h1>
      {who === null && <p>{t(usersWords.nobody)}</p>}
      {who?.role === "admin" && <AllUsers />}
      {who !== null && who.role !== "admin" && <p>{t(usersWords.adminOnly)}</p>}
      {who !== null && <OwnPassword />}
    </div>
  );
}

function AllUsers(): VNode {
  const { value, trouble, reload } = useLoaded<readonly UserView[]>("/api/users", 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const user = value?.find(({ name }) => name === chosen);
  return (
    <>
      <Said trouble={trouble} />
      {value === null && trouble === null && <p class="quiet">{t(shellWords.loading)}</p>}
      {value !== null && <UserTable users={value} onChange={setChosen} />}
      {user !== undefined && (
        <UserDialog
          key={user.name}
          user={user}
          onClose={() => setChosen(null)}
          onDone={() => {
            setChosen(null);
            reload();
          }}
        />
      )}
      <UserAdd onDone={reload} />
    </>
  );
}
