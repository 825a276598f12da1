/**
 * Who is logged in. The browser holds a random id of 256 bits, the box only its hash, in memory and in sessions.json,
 * so that an agent's restart logs nobody out. Ages are taken by the wall clock, because no other outlives a restart.
 */

import { createHash, createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../../../config/words/time.ts";
import { readWhole, writeWhole } from "./durableFile.ts";
import type { User } from "./users.ts";

/** Beyond it the session longest unused goes. */
const sessionsMax = 400;
const perUserMax = 20;
/** However much it is used, a login is renewed after this. */
const absoluteMs = { viewer: 365 * 86_400_000, officer: 7 * 86_400_000 } as const;
/** Use is written to disk no more often than this. */
const writeEveryMs = 5 * 60_000;

const session = z.strictObject({
  hash: z.string(),
  user: z.string(),
  version: z.int(),
  createdMs: z.number(),
  usedMs: z.number(),
});
const sessionsFile = z.strictObject({ sessions: z.array(session) });
export type Session = z.output<typeof session>;

export interface LoggedIn {
  readonly session: Session;
  readonly user: User;
}

export interface Sessions {
  /** The id for the cookie: it exists nowhere else. */
  begin(user: User): Promise<string>;
  /** Null: unknown, too old, or of a user who was changed since. A person's own request renews it. */
  find(id: string): LoggedIn | null;
  used(session: Session): void;
  end(session: Session): Promise<void>;
  endAllOf(user: string, except?: Session): Promise<void>;
  isStanding(session: Session): boolean;
  /** Writes what is not yet written. */
  settled(): Promise<void>;
}

export interface IdleTimes {
  readonly viewer: number;
  readonly officer: number;
}

export async function openSessions(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly idleMs: IdleTimes;
  readonly userOf: (name: string) => User | null;
  readonly onTrouble: (why: string) => void;
}): Promise<Sessions> {
  const { clock, idleMs, userOf } = options;
  const file = join(options.dataDir, "sessions.json");
  const byHash = new Map((await readSessions(file)).map((one) => [one.hash, one]));
  let writing: Promise<void> = Promise.resolve();
  let writtenMs = clock.monotonicMs();
  let isChanged = false;

  /** A lost session file costs a login, no more: trouble is told and the page goes on. */
  function write(): Promise<void> {
    isChanged = false;
    writtenMs = clock.monotonicMs();
    writing = writing.then(async () => {
      try {
        await writeWhole(file, `${JSON.stringify({ sessions: [...byHash.values()] })}\n`);
      } catch (error) {
        options.onTrouble(error instanceof Error ? error.message : String(error));
      }
    });
    return writing;
  }

  function holder(one: Session): User | null {
    const user = userOf(one.user);
    if (user === null || user.version !== one.version) return null;
    const kind = user.role === "viewer" ? "viewer" : "officer";
    const nowMs = clock.now().wallMs;
    const isYoung = nowMs - one.usedMs <= idleMs[kind] && nowMs - one.createdMs <= absoluteMs[kind];
    return isYoung ? user : null;
  }

  function dropWhere(isOver: (one: Session) => boolean): Promise<void> {
    for (const one of byHash.values()) if (isOver(one)) byHash.delete(one.hash);
    return write();
  }

  function makeRoom(user: string): void {
    for (const one of byHash.values()) if (holder(one) === null) byHash.delete(one.hash);
    const oldest = (all: Session[]): Session | undefined =>
      all.sort((a, b) => a.usedMs - b.usedMs)[0];
    const own = [...byHash.values()].filter((one) => one.user === user);
    const goes = own.length >= perUserMax ? oldest(own) : undefined;
    if (goes !== undefined) byHash.delete(goes.hash);
    if (byHash.size < sessionsMax) return;
    const other = oldest([...byHash.values()]);
    if (other !== undefined) byHash.delete(other.hash);
  }

  return {
    async begin(user) {
      makeRoom(user.name);
      const id = randomBytes(32).toString("base64url");
      const nowMs = clock.now().wallMs;
      const { name, version } = user;
      const hash = hashOf(id);
      byHash.set(hash, { hash, user: name, version, createdMs: nowMs, usedMs: nowMs });
      await write();
      return id;
    },
    find(id) {
      const session = byHash.get(hashOf(id));
      const user = session === undefined ? null : holder(session);
      return session === undefined || user === null ? null : { session, user };
    },
    used(one) {
      const now = byHash.get(one.hash);
      if (now === undefined) return;
      byHash.set(one.hash, { ...now, usedMs: clock.now().wallMs });
      isChanged = true;
      if (clock.monotonicMs() - writtenMs > writeEveryMs) void write();
    },
    end: (session) => dropWhere((one) => one.hash === session.hash),
    endAllOf: (user, except) => dropWhere((one) => one.user === user && one.hash !== except?.hash),
    isStanding(session) {
      const now = byHash.get(session.hash);
      return now !== undefined && holder(now) !== null;
    },
    settled: () => (isChanged ? write() : writing),
  };
}

/** Tied to the session, so that it need not be kept. */
export function csrfOf(id: string): string {
  return createHmac("sha256", id).update("csrf").digest("base64url");
}

function hashOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}

/** A damaged file means: everybody logs in again. */
async function readSessions(file: string): Promise<readonly Session[]> {
  try {
    const text = await readWhole(file);
    const parsed = sessionsFile.safeParse(text === null ? { sessions: [] } : JSON.parse(text));
    return parsed.success ? parsed.data.sessions : [];
  } catch {
    return [];
  }
}
