/** Chooses what a user may do. */

import type { VNode } from "preact";
import type { Role } from "../../protocol/access.ts";
import { t } from "../lang.ts";
import { roleWords } from "../words/shell.ts";

interface RoleSelectProps {
  readonly label: string;
  readonly role: Role;
  readonly onRole: (role: Role) => void;
}

const choices: readonly Role[] = ["viewer", "officer", "admin"];

export function RoleSelect({ label, role, onRole }: RoleSelectProps): VNode {
  return (
    <label class="field">
      {label}
      <select
        value={role}
        onChange={(event) => {
          const { value } = event.currentTarget;
          onRole(choices.find((one) => one === value) ?? role);
        }}
      >
        {choices.map((one) => (
          <option key={one} value={one}>
            {t(roleWords[one])}
          </option>
        ))}
      </select>
    </label>
  );
}
