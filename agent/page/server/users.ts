/**
 * Who may log in: users.json, of mode 0600. The command line writes it too, beside a running agent, so it is read
 * again when it has changed.
 */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import { type Role, roles } from "../protocol/access.ts";
import { readWhole, writeWhole } from "./durableFile.ts";
import { type Refused, refused } from "./refusals.ts";

export const usersMax = 200;

const user = z.strictObject({
  name: z.string(),
  role: z.enum(roles),
  password: z.string(),
  createdMs: z.number(),
  lastLoginMs: z.number().nullable(),
  /** Rises with each new role or password: sessions of an earlier one are over. */
  version: z.int(),
  /** When a person unlocked the name last; a newer one clears the lock of a running agent. */
  unlockedMs: z.number().nullable(),
});
const usersFile = z.strictObject({ users: z.array(user) });
export type User = z.output<typeof user>;

/** Letters of any script: people log in by the name that the shift knows. */
const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}._-])?$/u;

export interface Users {
  readonly all: readonly User[];
  find(name: string): User | null;
  add(user: {
    name: string;
    role: Role;
    password: string;
    nowMs: number;
  }): Promise<Result<User, Refused>>;
  change(
    name: string,
    change: Partial<Pick<User, "role" | "password" | "lastLoginMs" | "unlockedMs">>,
  ): Promise<Result<User, Refused>>;
  remove(name: string): Promise<Result<User, Refused>>;
  /** Reads the file again when another program has written it. True: it had. */
  refresh(): Promise<boolean>;
}

/** `file` damaged: fails with one sentence. It is never taken for a box without users. */
export async function openUsers(dataDir: string): Promise<Result<Users, string>> {
  const file = join(dataDir, "users.json");
  const read = await readUsers(file);
  if (!read.ok) return read;
  let all = read.value;
  let seen = await stampOf(file);
  let writing: Promise<unknown> = Promise.resolve();

  /** One change after the other, each from the newest file. */
  function changed(
    work: (
      now: readonly User[],
    ) => Result<{ readonly users: readonly User[]; readonly user: User }, Refused>,
  ): Promise<Result<User, Refused>> {
    const mine = writing.then(async () => {
      await refresh();
      const result = work(all);
      if (!result.ok) return result;
      const { users, user } = result.value;
      await writeWhole(file, `${JSON.stringify({ users }, null, 2)}\n`);
      all = users;
      seen = await stampOf(file);
      return ok(user);
    });
    writing = mine.catch(() => {});
    return mine;
  }

  async function refresh(): Promise<boolean> {
    const stamp = await stampOf(file);
    if (stamp === seen) return false;
    const again = await readUsers(file);
    // Damaged while we run: what is known stays in force.
    if (again.ok) all = again.value;
    seen = stamp;
    return again.ok;
  }

  return ok({
    get all() {
      return all;
    },
    find: (name) => findIn(all, name),
    add({ name, role, password, nowMs }) {
      return changed((now) => {
        if (!namePattern.test(name)) return fail(refused("name-wrong"));
        if (findIn(now, name) !== null) return fail(refused("name-taken"));
        if (now.length >= usersMax) return fail(refused("users-full"));
        const user: User = {
          ...{ name, role, password, createdMs: nowMs },
          ...{ lastLoginMs: null, version: 1, unlockedMs: null },
        };
        return ok({ users: [...now, user], user });
      });
    },
    change(name, change) {
      return changed((now) => {
        const before = findIn(now, name);
        if (before === null) return fail(refused("no-such-user"));
        const isOther = change.role !== undefined || change.password !== undefined;
        const user: User = { ...before, ...change, version: before.version + Number(isOther) };
        const users = now.map((one) => (one === before ? user : one));
        return hasAdmin(users) || !hasAdmin(now)
          ? ok({ users, user })
          : fail(refused("last-admin"));
      });
    },
    remove(name) {
      return changed((now) => {
        const user = findIn(now, name);
        if (user === null) return fail(refused("no-such-user"));
        const users = now.filter((one) => one !== user);
        return hasAdmin(users) || !hasAdmin(now)
          ? ok({ users, user })
          : fail(refused("last-admin"));
      });
    },
    refresh,
  });
}

function hasAdmin(users: readonly User[]): boolean {
  return users.some((user) => user.role === "admin");
}

/** Names differ by more than the case of their letters. */
function findIn(users: readonly User[], name: string): User | null {
  const lower = name.normalize("NFC").toLowerCase();
  return users.find((user) => user.name.normalize("NFC").toLowerCase() === lower) ?? null;
}

async function readUsers(file: string): Promise<Result<readonly User[], string>> {
  try {
    const text = await readWhole(file);
    if (text === null) return ok([]);
    const parsed = usersFile.safeParse(JSON.parse(text));
    if (parsed.success) return ok(parsed.data.users);
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      return fail(`cannot read ${file}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return fail(
    `${file} is damaged: put back a copy, or move it away; the box then prints a one-time code as on its first start`,
  );
}

async function stampOf(file: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return "none";
  }
}
