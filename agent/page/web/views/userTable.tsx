/** Every user of the page. */

import type { VNode } from "preact";
import type { UserView } from "../../protocol/access.ts";
import { t } from "../lang.ts";
import { site } from "../live.ts";
import { Button } from "../parts/button.tsx";
import { Table } from "../parts/table.tsx";
import { dateMinute } from "../parts/zonedTime.ts";
import { me } from "../session.ts";
import { roleWords } from "../words/shell.ts";
import { usersWords } from "../words/users.ts";

interface UserTableProps {
  readonly users: readonly UserView[];
  readonly onChange: (name: string) => void;
}

const columns = ["name", "role", "state", "acts", "lastLogin", "created"] as const;

export function UserTable({ users, onChange }: UserTableProps): VNode {
  const zone = site.value?.timezone ?? "UTC";
  return (
    <Table label={t(usersWords.list)}>
      <thead>
        <tr>
          {columns.map((one) => (
            <th key={one}>{t(usersWords[one])}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.name}>
            <td>
              <b>{user.name}</b>
              {user.name === me.value?.name && ` (${t(usersWords.you)})`}
            </td>
            <td class="nowrap">{t(roleWords[user.role])}</td>
            <td class="nowrap">
              {user.isLocked ? <b>✕ {t(usersWords.locked)}</b> : t(usersWords.usual)}
            </td>
            <td>
              <Button onPress={() => onChange(user.name)} label={t(usersWords.changeOf(user.name))}>
                {t(usersWords.change)}
              </Button>
            </td>
            <td class="tabular nowrap">
              {user.lastLoginMs === null ? t(usersWords.never) : dateMinute(user.lastLoginMs, zone)}
            </td>
            <td class="tabular nowrap">{dateMinute(user.createdMs, zone)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
