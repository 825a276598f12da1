/** A real server over a fake plant, and clients with a cookie of their own. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Me, Role } from "../../agent/page/protocol/access.ts";
import { type PageServer, startPage } from "../../agent/page/server/page.ts";
import { createPasswords } from "../../agent/page/server/passwords.ts";
import { openUsers } from "../../agent/page/server/users.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { page } from "../../config/shape/page.ts";
import { createFakePageSources, type FakePageSources } from "../fakes/fakePageSources.ts";

export const password = "tank-farm-7411";
export const clock = createRealClock();
const passwords = createPasswords();

export interface Bench extends AsyncDisposable {
  readonly dataDir: string;
  readonly sources: FakePageSources;
  readonly server: PageServer;
  readonly warnings: string[];
  client(role?: Role): Promise<Client>;
  /** The same folder, a new server. */
  restart(): Promise<void>;
}

export interface Client {
  readonly me: Me | null;
  readonly headers: Readonly<Record<string, string>>;
  get(path: string): Promise<Response>;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

export async function bench(
  options: { users?: readonly Role[]; settings?: Record<string, unknown>; tanks?: number } = {},
): Promise<Bench> {
  const dataDir = await mkdtemp(join(tmpdir(), "hazgate-page-"));
  const sources = createFakePageSources({ now: () => clock.now(), tanks: options.tanks ?? 8 });
  const warnings: string[] = [];
  const users = await openUsers(dataDir);
  if (!users.ok) throw new Error(users.error);
  const hashed = await passwords.hash(password);
  for (const role of options.users ?? ["viewer", "officer", "admin"]) {
    await users.value.add({ name: role, role, password: hashed ?? "", nowMs: clock.now().wallMs });
  }
  const start = async (): Promise<PageServer> => {
    const started = await startPage({
      settings: page.parse({ listen: "127.0.0.1:0", ...options.settings }),
      ...{ dataDir, sources, clock },
      log: { info: () => {}, warn: (what) => void warnings.push(what) },
    });
    if (!started.ok) throw new Error(started.error);
    return started.value;
  };
  let server = await start();
  return {
    dataDir,
    sources,
    warnings,
    get server() {
      return server;
    },
    async client(role) {
      const nobody = clientOf(() => server.address, { me: null, cookie: "" });
      if (role === undefined) return nobody;
      const answer = await nobody.send("POST", "/api/login", { name: role, password });
      return await loggedIn(() => server.address, answer);
    },
    async restart() {
      await server[Symbol.asyncDispose]();
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function loggedIn(address: () => string, answer: Response): Promise<Client> {
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${await answer.text()}`);
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return clientOf(address, { me: (await answer.json()) as Me, cookie });
}

function clientOf(
  address: () => string,
  { me, cookie }: { me: Me | null; cookie: string },
): Client {
  const origin = (): string => new URL(address()).origin;
  const headers: Record<string, string> = {
    ...(cookie === "" ? {} : { cookie }),
    ...(me === null ? {} : { "x-hazgate-csrf": me.csrf }),
  };
  return {
    me,
    headers,
    get: (path) => fetch(new URL(path, address()), { headers }),
    send: (method, path, body, more = {}) =>
      fetch(new URL(path, address()), {
        method,
        headers: {
          ...headers,
          origin: origin(),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...more,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

/** The code of a refusal. */
export async function codeOf(answer: Response): Promise<string> {
  const body = (await answer.json()) as { error?: { code?: string; zh?: string; en?: string } };
  const { code, zh, en } = body.error ?? {};
  return zh && en ? (code ?? "") : `not a refusal: ${JSON.stringify(body)}`;
}

export async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_400; tries += 1) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it never came to be");
}
