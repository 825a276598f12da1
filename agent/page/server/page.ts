/** Starts the page's server from its settings and sources; stops it in reverse. */

import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { Server as TlsServer } from "node:tls";
import type { FastifyReply } from "fastify";
import { listenOf, type PageSettings } from "../../../config/shape/page.ts";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Clock } from "../../../config/words/time.ts";
import { pictureTimeHeader } from "../protocol/cameras.ts";
import { openAuditLog } from "./auditLog.ts";
import { type CertificateOptions, followCertificate, readCertificate } from "./certificate.ts";
import { createFirstStart } from "./firstStart.ts";
import { cookieName, createGuard, type Guard } from "./guard.ts";
import { createHostCheck, ownAddresses } from "./hosts.ts";
import { createHttpServer, type PageHttp, refuse, serveBuilt } from "./httpServer.ts";
import { createLiveHub } from "./liveHub.ts";
import { createLockout } from "./lockout.ts";
import { type Certificate, fingerprint } from "./ownCertificate.ts";
import { createPasswords } from "./passwords.ts";
import { refused } from "./refusals.ts";
import type { Answer, Desk, Route } from "./route.ts";
import { liveAccess, livePath, routeTable } from "./routeTable.ts";
import { openSessions } from "./sessions.ts";
import type { PageSources } from "./sources.ts";
import { openUsers, type Users } from "./users.ts";

export interface PageServer extends AsyncDisposable {
  /** For a browser: with the address of the box where it listens on all. */
  readonly address: string;
  readonly port: number;
  /** Of the box's own certificate, SHA-256; null: the plant's certificate, or none. */
  readonly fingerprint: string | null;
  /** Null: there are users. Valid for an hour. */
  readonly oneTimeCode: string | null;
  readonly clients: number;
}

interface PageLog {
  info(what: string, detail?: Readonly<Record<string, unknown>>): void;
  warn(what: string, detail?: Readonly<Record<string, unknown>>): void;
}

export interface PageOptions {
  readonly settings: PageSettings;
  readonly dataDir: string;
  readonly sources: PageSources;
  readonly clock: Clock;
  readonly log: PageLog;
  /** Where a file named in the site file is; as given by default. */
  readonly pathOf?: (name: string) => string;
}

/** How often users.json is looked at: the command line may have changed it. */
const usersEveryMs = 2_000;

/** Fails with one sentence; the box watches the plant without the page. */
export async function startPage(options: PageOptions): Promise<Result<PageServer, string>> {
  const { settings, clock, log } = options;
  const listen = listenOf(settings.listen);
  if (listen === null) return fail(`page.listen "${settings.listen}" is not host:port`);
  const place: CertificateOptions = { ...options, listen, pathOf: options.pathOf ?? asWritten };
  const tls = await readCertificate(place);
  if (!tls.ok) return tls;
  const opened = await openDesk(options);
  if (!opened.ok) return opened;
  const desk = opened.value;
  const proxies = settings.proxy?.trust ?? [];
  const app = await createHttpServer({ tls: tls.value, proxies, onTrouble: desk.onTrouble });
  const guard = createGuard({
    sessions: desk.sessions,
    isOwnHost: createHostCheck(listen, settings.names),
    names: settings.names,
    isOpenView: settings.openView,
  });
  serve({ app, guard, desk, clientsMax: settings.maxClients });
  await serveBuilt(app);
  try {
    await app.listen({ host: listen.host, port: listen.port });
  } catch (error) {
    desk.hub[Symbol.dispose]();
    return fail(`the page cannot listen on ${settings.listen}: ${words(error)}`);
  }
  const ending = new AbortController();
  const { signal } = ending;
  const watching = [watchUsers({ desk, clock, signal })];
  if (tls.value !== null) watching.push(followTls(tls.value, { app, place, log, signal }));
  const { port } = app.server.address() as AddressInfo;
  const address = addressOf({ host: listen.host, port, isTls: tls.value !== null });
  const print = settings.tls === "own" && tls.value !== null ? fingerprint(tls.value.cert) : null;
  log.info("the page is served", print === null ? { address } : { address, fingerprint: print });
  return ok({
    address,
    port,
    fingerprint: print,
    oneTimeCode: desk.firstStart?.code ?? null,
    get clients() {
      return desk.hub.size;
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(watching);
      desk.hub[Symbol.dispose]();
      await app.close();
      await desk.sessions.settled();
    },
  });
}

async function openDesk(options: PageOptions): Promise<Result<Desk, string>> {
  const { settings, dataDir, sources, clock, log } = options;
  const users = await openUsers(dataDir);
  if (!users.ok) return users;
  const onTrouble = (what: string, why: unknown): void => log.warn(what, { error: words(why) });
  const sessions = await openSessions({
    ...{ dataDir, clock, idleMs: settings.sessions },
    userOf: (name) => users.value.find(name),
    onTrouble: (why) => onTrouble("the sessions cannot be written", why),
  });
  try {
    const audit = await openAuditLog({
      ...{ dataDir, clock },
      onTorn: (keptIn) => log.warn("the audit log's last line was torn; kept aside", { keptIn }),
    });
    const isFirst = users.value.all.length === 0;
    return ok({
      ...{ clock, sources, sessions, audit, onTrouble, users: users.value },
      passwords: createPasswords(),
      lockout: createLockout(),
      hub: createLiveHub({ sources, clock }),
      firstStart: isFirst ? createFirstStart(clock.monotonicMs()) : null,
      isOpenView: settings.openView,
      sessionMs: settings.sessions,
    });
  } catch (error) {
    return fail(`the audit log cannot be opened: ${words(error)}`);
  }
}

function serve(parts: {
  readonly app: PageHttp;
  readonly guard: Guard;
  readonly desk: Desk;
  readonly clientsMax: number;
}): void {
  const { app, guard, desk, clientsMax } = parts;
  app.decorateRequest("who", null);
  app.addHook("onRequest", async (request, reply) => {
    request.who = guard.whoOf(request);
    const refusal = guard.refusal(request, request.who);
    if (refusal !== null) return await refuse(reply, refusal);
    const isFull = request.ws && desk.hub.size >= clientsMax;
    if (isFull) return await refuse(reply, refused("busy"));
    // A page left open is no use by a person; what a person asks for is.
    if (request.who !== null && !request.ws) desk.sessions.used(request.who.session);
    return undefined;
  });
  for (const route of routeTable) addRoute(app, route, desk);
  app.route({
    ...{ method: "GET", url: livePath, config: { access: liveAccess } },
    handler: async (_request, reply) => await refuse(reply, refused("not-found")),
    wsHandler: (socket, { who, query }) => {
      const { life, after } = placeOf(query);
      desk.hub.add({
        ...{ socket, life, after },
        isWelcome: () => (who === null ? desk.isOpenView : desk.sessions.isStanding(who.session)),
        onAlive: () => {
          if (who?.user.role === "viewer") desk.sessions.used(who.session);
        },
      });
    },
  });
}

function addRoute(app: PageHttp, { method, path, access, handle }: Route, desk: Desk): void {
  app.route({
    ...{ method, url: path, config: { access } },
    handler: async (request, reply) => {
      const { query, body, ip: address, who } = request;
      const params = request.params as Readonly<Record<string, string>>;
      const answer = await handle({ query, body, params, address, who }, desk);
      const isSecure = request.protocol === "https";
      reply.header("cache-control", "no-store");
      if (answer.kind === "refused") return await refuse(reply, answer.refused);
      if (answer.kind === "file") {
        const { type, name, content } = answer.file;
        reply.type(type).header("content-disposition", `attachment; filename="${name}"`);
        return await reply.send(
          content instanceof Uint8Array ? Buffer.from(content) : Readable.from(content),
        );
      }
      if (answer.kind === "picture") {
        const { mediaType, bytes, takenMs } = answer.picture;
        reply.type(mediaType).header(pictureTimeHeader, takenMs);
        return await reply.send(Buffer.from(bytes));
      }
      if (answer.kind === "stored") {
        const { folder, name, mediaType } = answer.stored;
        return await reply.type(mediaType).sendFile(name, folder);
      }
      if (answer.login !== undefined) setCookie(reply, { login: answer.login, isSecure });
      return await reply.send(answer.value);
    },
  });
}

function setCookie(
  reply: FastifyReply,
  {
    login,
    isSecure,
  }: { readonly login: Extract<Answer, { kind: "json" }>["login"]; readonly isSecure: boolean },
): void {
  const name = cookieName(isSecure);
  const shared = { path: "/", httpOnly: true, sameSite: "strict", secure: isSecure } as const;
  if (login === null || login === undefined) reply.clearCookie(name, shared);
  else reply.setCookie(name, login.id, { ...shared, maxAge: Math.floor(login.maxAgeMs / 1_000) });
}

/** Where a client was that comes back. */
function placeOf(query: unknown): { readonly life: string; readonly after: number } {
  const { life, after } = query as Readonly<Record<string, unknown>>;
  return {
    life: typeof life === "string" ? life : "",
    after: typeof after === "string" && /^\d{1,15}$/.test(after) ? Number(after) : -1,
  };
}

async function watchUsers(parts: {
  readonly desk: Desk;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { desk, clock, signal } = parts;
  const unlocked = (users: Users): ReadonlyMap<string, number | null> =>
    new Map(users.all.map((user) => [user.name, user.unlockedMs]));
  let before = unlocked(desk.users);
  while (!signal.aborted) {
    await clock.sleep(usersEveryMs, signal);
    if (!(await desk.users.refresh())) continue;
    const now = unlocked(desk.users);
    for (const [name, ms] of now) if (ms !== (before.get(name) ?? null)) desk.lockout.unlock(name);
    before = now;
    desk.hub.review();
  }
}

async function followTls(
  first: Certificate,
  parts: {
    readonly app: PageHttp;
    readonly place: CertificateOptions;
    readonly log: PageLog;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { app, place, log, signal } = parts;
  await followCertificate(first, {
    ...{ ...place, signal },
    onNew(certificate) {
      (app.server as TlsServer).setSecureContext({ ...certificate, minVersion: "TLSv1.2" });
      log.info("the page has a new certificate", { fingerprint: fingerprint(certificate.cert) });
    },
    onTrouble: (what) => log.warn(what),
  });
}

function asWritten(name: string): string {
  return name;
}

function addressOf(parts: {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}): string {
  const { host, port, isTls } = parts;
  const isAll = host === "0.0.0.0" || host === "::";
  const outside = [...ownAddresses()].find((one) => one.includes(".") && !one.startsWith("127."));
  const shown = isAll ? (outside ?? "127.0.0.1") : host;
  return `${isTls ? "https" : "http"}://${shown.includes(":") ? `[${shown}]` : shown}:${port}/`;
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
