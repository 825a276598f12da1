/** Coming in and going out: who am I, first start, login, logout, one's own password. */

import { z } from "zod";
import type { Me, Welcome } from "../protocol/access.ts";
import { passwordFault } from "./passwords.ts";
import { type Answer, type Ask, audited, type Desk, json, no, type Route } from "./route.ts";
import { csrfOf } from "./sessions.ts";
import type { User } from "./users.ts";

const word = z.string().max(1_024);
const loginBody = z.strictObject({ name: word, password: word });
const setupBody = z.strictObject({ code: word, name: word, password: word });
const passwordBody = z.strictObject({ old: word, password: word });

export const loginRoutes: readonly Route[] = [
  { method: "GET", path: "/api/me", access: "anyone", handle: welcome },
  { method: "POST", path: "/api/login", access: "anyone", handle: login },
  { method: "POST", path: "/api/setup", access: "anyone", handle: setup },
  { method: "POST", path: "/api/logout", access: "viewer", handle: logout },
  { method: "POST", path: "/api/me/password", access: "viewer", handle: changePassword },
];

function welcome({ who }: Ask, desk: Desk): Promise<Answer> {
  const answer: Welcome = {
    ...desk.sources.about,
    me: who === null ? null : meOf(who.user, who.id),
    isFirstStart: desk.users.all.length === 0,
    isOpenView: desk.isOpenView,
  };
  return Promise.resolve(json(answer));
}

async function login(ask: Ask, desk: Desk): Promise<Answer> {
  const body = loginBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  const { name, password } = body.data;
  const attempt = { name, address: ask.address };
  await desk.users.refresh();
  // Nothing waits between this look and the count below: many at once must not be as good as one after another.
  const waitMs = desk.lockout.waitMs(attempt, desk.clock.monotonicMs());
  if (waitMs > 0) return no("login-locked", Math.ceil(waitMs / 1_000));
  const user = desk.users.find(name);
  const checked = desk.passwords.verify(password, user?.password ?? null);
  if (checked === null) return no("busy");
  // A right password takes it back.
  desk.lockout.failed(attempt, desk.clock.monotonicMs());
  const isRight = await checked;
  if (!isRight || user === null) {
    // People type a password, or the one-time code, into the wrong field: an unknown name is not kept.
    const tried = user === null ? { by: "?", note: "unknown name" } : { by: name, note: "" };
    await audited(desk, ask, { did: "login.failed", ...tried });
    return no("login-failed");
  }
  desk.lockout.succeeded(attempt);
  return enter(desk, ask, { user, did: "login" });
}

async function enter(
  desk: Desk,
  ask: Ask,
  { user, did }: { readonly user: User; readonly did: string },
): Promise<Answer> {
  const { name, role } = user;
  if (!(await audited(desk, ask, { did, note: "", by: name, role }))) return no("audit-trouble");
  await desk.users.change(name, { lastLoginMs: desk.clock.now().wallMs });
  const id = await desk.sessions.begin(user);
  const maxAgeMs = role === "viewer" ? desk.sessionMs.viewer : desk.sessionMs.officer;
  return json(meOf(user, id), { id, maxAgeMs });
}

async function setup(ask: Ask, desk: Desk): Promise<Answer> {
  const body = setupBody.safeParse(ask.body);
  if (!body.success) return no("bad-request");
  await desk.users.refresh();
  if (desk.firstStart === null || desk.users.all.length > 0) return no("setup-over");
  const { code, name, password } = body.data;
  const attempt = { name: "", address: ask.address };
  const nowMs = desk.clock.monotonicMs();
  const waitMs = desk.lockout.waitMs(attempt, nowMs);
  if (waitMs > 0) return no("login-locked", Math.ceil(waitMs / 1_000));
  const tried = desk.firstStart.tryCode(code, nowMs);
  if (tried !== "right") {
    desk.lockout.failed(attempt, nowMs);
    await audited(desk, ask, { did: "setup.failed", note: "" });
    return no(tried === "expired" ? "code-expired" : "code-wrong");
  }
  const fault = passwordFault(password, name);
  if (fault !== null) return { kind: "refused", refused: fault };
  const hashed = await desk.passwords.hash(password);
  if (hashed === null) return no("busy");
  if (desk.users.all.length > 0) return no("setup-over");
  if (!(await audited(desk, ask, { did: "setup", note: "", by: name, role: "admin" }))) {
    return no("audit-trouble");
  }
  const nowWallMs = desk.clock.now().wallMs;
  const made = await desk.users.add({ name, role: "admin", password: hashed, nowMs: nowWallMs });
  if (!made.ok) return { kind: "refused", refused: made.error };
  return enter(desk, ask, { user: made.value, did: "login" });
}

async function logout(ask: Ask, desk: Desk): Promise<Answer> {
  if (ask.who !== null) {
    await audited(desk, ask, { did: "logout", note: "" });
    await desk.sessions.end(ask.who.session);
    desk.hub.review();
  }
  return json({}, null);
}

async function changePassword(ask: Ask, desk: Desk): Promise<Answer> {
  const body = passwordBody.safeParse(ask.body);
  if (!body.success || ask.who === null) return no("bad-request");
  const { user } = ask.who;
  const attempt = { name: user.name, address: ask.address };
  const waitMs = desk.lockout.waitMs(attempt, desk.clock.monotonicMs());
  if (waitMs > 0) return no("login-locked", Math.ceil(waitMs / 1_000));
  const checked = desk.passwords.verify(body.data.old, user.password);
  if (checked === null) return no("busy");
  desk.lockout.failed(attempt, desk.clock.monotonicMs());
  if (!(await checked)) {
    await audited(desk, ask, { did: "password.failed", note: "" });
    return no("login-failed");
  }
  desk.lockout.succeeded(attempt);
  const fault = passwordFault(body.data.password, user.name);
  if (fault !== null) return { kind: "refused", refused: fault };
  const hashed = await desk.passwords.hash(body.data.password);
  if (hashed === null) return no("busy");
  if (!(await audited(desk, ask, { did: "password", note: "" }))) return no("audit-trouble");
  const changed = await desk.users.change(user.name, { password: hashed });
  if (!changed.ok) return { kind: "refused", refused: changed.error };
  await desk.sessions.endAllOf(user.name);
  desk.hub.review();
  return enter(desk, ask, { user: changed.value, did: "login" });
}

function meOf({ name, role }: User, id: string): Me {
  return { name, role, csrf: csrfOf(id) };
}
