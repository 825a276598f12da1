/** What a route is, and what its handler is given. */

import type { Clock } from "../../../config/words/time.ts";
import type { BoxEvent } from "../../records.ts";
import type { Role } from "../protocol/access.ts";
import type { AuditEntry, AuditLine } from "./auditChain.ts";
import { type AuditLog, operatorLine } from "./auditLog.ts";
import type { FirstStart } from "./firstStart.ts";
import type { LiveHub } from "./liveHub.ts";
import type { Lockout } from "./lockout.ts";
import type { Passwords } from "./passwords.ts";
import type { RefusalCode } from "./refusals.ts";
import { type Refused, refused } from "./refusals.ts";
import type { LoggedIn, Sessions } from "./sessions.ts";
import type { PageSources, StoredFile, TakenPicture } from "./sources.ts";
import type { Users } from "./users.ts";

/** Who may: a role, and all above it. */
export type Access = "anyone" | Role;

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly access: Access;
  readonly handle: (ask: Ask, desk: Desk) => Promise<Answer>;
}

/** One request, after the guard let it through. */
export interface Ask {
  readonly query: unknown;
  readonly body: unknown;
  readonly params: Readonly<Record<string, string>>;
  readonly address: string;
  /** Null: nobody is logged in. */
  readonly who: (LoggedIn & { readonly id: string }) | null;
}

export type Answer =
  | { readonly kind: "json"; readonly value: unknown; readonly login?: Login }
  | { readonly kind: "file"; readonly file: AnswerFile }
  | { readonly kind: "picture"; readonly picture: TakenPicture }
  | { readonly kind: "stored"; readonly stored: StoredFile }
  | { readonly kind: "refused"; readonly refused: Refused };

/** A new session for the cookie; null: the cookie goes. */
export type Login = { readonly id: string; readonly maxAgeMs: number } | null;

export interface AnswerFile {
  readonly type: string;
  readonly name: string;
  readonly content: Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** What the handlers work with. */
export interface Desk {
  readonly clock: Clock;
  readonly sources: PageSources;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly lockout: Lockout;
  readonly audit: AuditLog;
  readonly hub: LiveHub;
  /** Null: there were users when the agent started. */
  readonly firstStart: FirstStart | null;
  readonly isOpenView: boolean;
  readonly sessionMs: { readonly viewer: number; readonly officer: number };
  readonly onTrouble: (what: string, why: unknown) => void;
}

export function json(value: unknown, login?: Login): Answer {
  return login === undefined ? { kind: "json", value } : { kind: "json", value, login };
}

export function no(code: RefusalCode, retryAfterS: number | null = null): Answer {
  return { kind: "refused", refused: refused(code, retryAfterS) };
}

/**
 * Writes down what a person is about to do; false: it could not be, and then it must not be done. The journal's event
 * carries the hash to the platform, so that nobody can rewrite the log on the box unseen.
 */
export async function audited(
  desk: Desk,
  ask: Ask,
  entry: Pick<AuditEntry, "did" | "note"> & Partial<AuditEntry>,
): Promise<boolean> {
  let line: AuditLine;
  try {
    line = await desk.audit.append({
      by: ask.who?.user.name ?? "-",
      role: ask.who?.user.role ?? "box",
      from: ask.address,
      details: {},
      ...entry,
    });
  } catch (error) {
    desk.onTrouble("the audit log cannot be written", error);
    return false;
  }
  desk.sources
    .note(eventOf(line, desk.clock))
    .catch((error: unknown) => desk.onTrouble("the journal took no event", error));
  return true;
}

function eventOf(line: AuditLine, clock: Clock): BoxEvent {
  const { n, hash, details } = line;
  const { by, role, from, did, note } = operatorLine(line);
  return {
    type: "operator",
    at: clock.now(),
    by,
    note: note === "" ? did : `${did}: ${note}`,
    details: { audit: { n, hash }, did, role, from, ...details },
  };
}
