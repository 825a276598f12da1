/**
 * HTTP(S) to one camera, bounded in everything: total time, size of the answer, no redirect, no proxy, no address that
 * the guard has not passed, one login state per camera and service, no connection kept. Never throws.
 */

import type { IncomingHttpHeaders } from "node:http";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Clock } from "../../../config/words/time.ts";
import type { Written } from "../addressForms.ts";
import type { AddressGuard } from "../addressGuard.ts";
import type { CameraAccess, CameraError } from "../contract.ts";
import { createLogin, type Login, type SentLogin } from "../digest.ts";
import { type ExchangeAnswer, exchange } from "./exchange.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For all of it: name, connection, login, answer. */
  readonly deadlineMs: number;
  /** Most of the answer's body; more is `badAnswer`. */
  readonly bytesMax: number;
}

export interface HttpAnswer {
  /** Never 401 and never 3xx: those are errors. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CameraHttp {
  /** The password has gone over the wire readable, because the camera offers nothing better. */
  readonly isPasswordReadable: boolean;
  request(request: HttpRequest, signal: AbortSignal): Promise<Result<HttpAnswer, CameraError>>;
}

export interface CameraHttpOptions {
  readonly access: CameraAccess;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  /** Sixteen or more random hexadecimal digits. */
  readonly randomHex: () => string;
}

/** A login, a nonce that turned old meanwhile, and the one after it. */
const attemptsMax = 3;
/** Services of one camera that ask for a login of their own. */
const loginsMax = 8;

export function createCameraHttp(options: CameraHttpOptions): CameraHttp {
  const { access, clock } = options;
  const logins = new Map<string, Login>();

  const loginFor = (url: Written): Login | null => {
    const { credentials } = access;
    if (credentials === null) return null;
    const origin = `${url.scheme}://${url.host}:${url.port}`;
    const known = logins.get(origin);
    if (known !== undefined) return known;
    const isSecure = url.scheme === "https";
    const login = createLogin({ credentials, isSecure, randomHex: options.randomHex });
    if (logins.size >= loginsMax) logins.clear();
    logins.set(origin, login);
    return login;
  };

  return {
    get isPasswordReadable() {
      return [...logins.values()].some((login) => login.isReadable);
    },
    async request(request, signal) {
      const stop = new AbortController();
      let isLate = false;
      const timer = clock.timer(request.deadlineMs, () => {
        isLate = true;
        stop.abort();
      });
      const onAbort = (): void => stop.abort();
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) stop.abort();
      try {
        const answer = await loggedIn(options, { request, signal: stop.signal, loginFor });
        if (!isLate && !signal.aborted) return answer;
        if (signal.aborted) return fail({ kind: "aborted", message: "told to stop" });
        const message = `no whole answer within ${request.deadlineMs} ms`;
        return answer.ok ? answer : fail({ kind: "timeout", message });
      } finally {
        timer.cancel();
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

async function loggedIn(
  { access, guard }: CameraHttpOptions,
  given: {
    readonly request: HttpRequest;
    readonly signal: AbortSignal;
    readonly loginFor: (url: Written) => Login | null;
  },
): Promise<Result<HttpAnswer, CameraError>> {
  const { request, signal } = given;
  const checked = httpUrl(guard, request.url);
  if (!checked.ok) return checked;
  const url = checked.value;
  const login = given.loginFor(url);
  for (let attempt = 1; ; attempt += 1) {
    // Before each connection: what a name stands for may have changed.
    const target = await guard.resolve(url.host, signal);
    if (!target.ok) return target;
    const sent = login?.authorization({ method: request.method, uri: url.path }) ?? null;
    const answer = await exchange({
      ...{ url, address: target.value, method: request.method, body: request.body ?? null },
      ...{ headers: withLogin(request, sent), ca: access.ca ?? null },
      ...{ bytesMax: request.bytesMax, signal },
    });
    if (!answer.ok) return answer;
    if (answer.value.status !== 401) return settled(answer.value);
    const { challenges } = answer.value;
    const refusal = refusedLogin(login, { challenges, sent, isLast: attempt >= attemptsMax });
    if (refusal !== null) return fail(refusal);
  }
}

function httpUrl(guard: AddressGuard, text: string): Result<Written, CameraError> {
  const checked = guard.checkedUrl(text);
  if (!checked.ok) return checked;
  const { scheme } = checked.value;
  const isHttp = scheme === "http" || scheme === "https";
  return isHttp ? checked : fail({ kind: "notAllowed", message: `${scheme} is not HTTP` });
}

function settled(answer: ExchangeAnswer): Result<HttpAnswer, CameraError> {
  const { status, headers } = answer;
  return status >= 300 && status < 400 ? redirected(status, headers.location) : ok(answer);
}

function withLogin(request: HttpRequest, sent: SentLogin | null): Record<string, string> {
  return { ...request.headers, ...(sent === null ? {} : { authorization: sent.header }) };
}

/** Null: ask again. */
function refusedLogin(
  login: Login | null,
  given: {
    readonly challenges: readonly string[];
    readonly sent: SentLogin | null;
    readonly isLast: boolean;
  },
): CameraError | null {
  if (login === null) {
    return { kind: "unauthorised", message: "it wants a user name and a password (401)" };
  }
  const verdict = login.refused(given.challenges, given.sent);
  if (verdict === "again" && !given.isLast) return null;
  return {
    kind: "unauthorised",
    message:
      verdict === "unsupported"
        ? "it offers no way of logging in that is safe and known here"
        : "user name or password is not accepted (401)",
  };
}

function redirected(status: number, location: string | undefined): Result<never, CameraError> {
  const scheme = /^(https?):/i.exec(location ?? "")?.[1]?.toLowerCase();
  const where = scheme === undefined ? "" : ` to ${scheme}`;
  return fail({
    kind: "notAllowed",
    message: `it redirects (${status}${where}), and redirects are not followed`,
  });
}
