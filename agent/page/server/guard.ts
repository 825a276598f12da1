/** Who is let through to a route: host, origin, login, role and token, in this order, before a body is read. */

import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { nameOf } from "./hosts.ts";
import { type RefusalCode, type Refused, refused } from "./refusals.ts";
import type { Access } from "./route.ts";
import { mayUse } from "./routeTable.ts";
import { csrfOf, type LoggedIn, type Sessions } from "./sessions.ts";

export type Who = (LoggedIn & { readonly id: string }) | null;

export interface Guard {
  /** Null: it may pass. Sets nothing, sends nothing. */
  refusal(request: FastifyRequest, who: Who): Refused | null;
  whoOf(request: FastifyRequest): Who;
}

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Over TLS the browser itself refuses such a cookie from anybody but this host. */
export function cookieName(isSecure: boolean): string {
  return isSecure ? "__Host-hazgate" : "hazgate";
}

export function createGuard(options: {
  readonly sessions: Sessions;
  readonly isOwnHost: (host: string | undefined) => boolean;
  readonly names: readonly string[];
  readonly isOpenView: boolean;
}): Guard {
  const names = new Set(options.names.map((name) => name.toLowerCase()));

  function isOwnOrigin(request: FastifyRequest): boolean {
    const { origin } = request.headers;
    if (origin === undefined || !URL.canParse(origin)) return false;
    const { host, protocol } = new URL(origin);
    if (protocol !== "http:" && protocol !== "https:") return false;
    // A proxy may pass on its own idea of the host; the names of the site file are the plant's word.
    return host === request.host.toLowerCase() || names.has(nameOf(host) ?? "");
  }

  function trouble(request: FastifyRequest, who: Who): RefusalCode | null {
    if (!options.isOwnHost(request.host)) return "wrong-host";
    const isSafe = safeMethods.has(request.method) && !request.ws;
    if (!isSafe && !isOwnOrigin(request)) return "wrong-origin";
    return roleTrouble(request, who) ?? (needsToken(request) ? tokenTrouble(request, who) : null);
  }

  function roleTrouble(request: FastifyRequest, who: Who): RefusalCode | null {
    const needs = accessOf(request);
    const has: Access = who?.user.role ?? (options.isOpenView ? "viewer" : "anyone");
    if (mayUse(has, needs)) return null;
    return who === null ? "login-needed" : "forbidden";
  }

  return {
    refusal(request, who) {
      const code = trouble(request, who);
      return code === null ? null : refused(code);
    },
    whoOf(request) {
      const id = request.cookies[cookieName(request.protocol === "https")];
      const found = id === undefined ? null : options.sessions.find(id);
      return id === undefined || found === null ? null : { ...found, id };
    },
  };
}

/** A route below /api/ without a word on who may use it is nobody's. The built page is everybody's. */
function accessOf({ routeOptions: { config, url } }: FastifyRequest): Access {
  return config.access ?? (url?.startsWith("/api") === true ? "admin" : "anyone");
}

/** Logging in has no session yet to take a token from. */
function needsToken(request: FastifyRequest): boolean {
  return !safeMethods.has(request.method) && accessOf(request) !== "anyone";
}

function tokenTrouble(request: FastifyRequest, who: Who): RefusalCode | null {
  // Only an open view gets here without login, and such a request changes nothing but is none of its business.
  if (who === null) return "login-needed";
  const given = request.headers["x-hazgate-csrf"];
  if (typeof given !== "string") return "csrf-missing";
  const [a, b] = [Buffer.from(given), Buffer.from(csrfOf(who.id))];
  return a.length === b.length && timingSafeEqual(a, b) ? null : "csrf-missing";
}

declare module "fastify" {
  interface FastifyContextConfig {
    readonly access?: Access;
  }
  interface FastifyRequest {
    who: Who;
  }
}
