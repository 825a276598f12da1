/** Users, for the admin. */

import { z } from "zod";
import { roles, type UserView } from "../protocol/access.ts";
import { passwordFault } from "./passwords.ts";
import { type Answer, type Ask, audited, type Desk, json, no, type Route } from "./route.ts";
import type { User } from "./users.ts";

const word = z.string().max(1_024);
const addBody = z.strictObject({ name: word, role: z.enum(roles), password: word });
const changeBody = z.strictObject({
  role: z.enum(roles).optional(),
  password: word.optional(),
  unlock: z.literal(true).optional(),
});

export const userRoutes: readonly Route[] = [
  { method: "GET", path: "/api/users", access: "admin", handle: list },
  { method: "POST", path: "/api/users", access: "admin", handle: add },
  { method: "POST", path: "/api/users/:name", access: "admin", handle: change },
  { method: "DELETE", path: "/api/users/:name", access: "admin", handle: remove },
];

async function list(_ask: Ask, desk: Desk): Promise<Answer> {
  await desk.users.refresh();
  return json(desk.users.all.map((user) => viewOf(user, desk)));
}

async function add(ask: Ask, desk: Desk): Promise<Answer> {
  const body = addBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  const { name, role, password } = body.data;
  if (desk.users.find(name) !== null) return no("name-taken");
  const hashed = await hashedOrNo(desk, password, name);
  if (typeof hashed !== "string") return hashed;
  if (!(await audited(desk, ask, { did: "user.add", note: name, details: { role } }))) {
    return no("audit-trouble");
  }
  const nowMs = desk.clock.now().wallMs;
  const made = await desk.users.add({ name, role, password: hashed, nowMs });
  return made.ok ? json(viewOf(made.value, desk)) : { kind: "refused", refused: made.error };
}

async function change(ask: Ask, desk: Desk): Promise<Answer> {
  const body = changeBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  const { role, password, unlock } = body.data;
  const user = desk.users.find(ask.params["name"] ?? "");
  if (user === null) return no("no-such-user");
  const hashed = password === undefined ? undefined : await hashedOrNo(desk, password, user.name);
  if (typeof hashed === "object") return hashed;
  const details = {
    ...(role === undefined ? {} : { role }),
    ...(password === undefined ? {} : { password: "new" }),
    ...(unlock === undefined ? {} : { unlock }),
  };
  if (!(await audited(desk, ask, { did: "user.change", note: user.name, details }))) {
    return no("audit-trouble");
  }
  const changed = await desk.users.change(user.name, {
    ...(role === undefined ? {} : { role }),
    ...(hashed === undefined ? {} : { password: hashed }),
    ...(unlock === undefined ? {} : { unlockedMs: desk.clock.now().wallMs }),
  });
  if (!changed.ok) return { kind: "refused", refused: changed.error };
  if (unlock !== undefined) desk.lockout.unlock(user.name);
  desk.hub.review();
  return json(viewOf(changed.value, desk));
}

async function remove(ask: Ask, desk: Desk): Promise<Answer> {
  const user = desk.users.find(ask.params["name"] ?? "");
  if (user === null) return no("no-such-user");
  if (!(await audited(desk, ask, { did: "user.remove", note: user.name }))) {
    return no("audit-trouble");
  }
  const removed = await desk.users.remove(user.name);
  if (!removed.ok) return { kind: "refused", refused: removed.error };
  await desk.sessions.endAllOf(user.name);
  desk.hub.review();
  return json({});
}

async function hashedOrNo(desk: Desk, password: string, name: string): Promise<string | Answer> {
  const fault = passwordFault(password, name);
  if (fault !== null) return { kind: "refused", refused: fault };
  return (await desk.passwords.hash(password)) ?? no("busy");
}

function viewOf({ name, role, createdMs, lastLoginMs }: User, desk: Desk): UserView {
  const isLocked = desk.lockout.isLocked(name, desk.clock.monotonicMs());
  return { name, role, createdMs, lastLoginMs, isLocked };
}
