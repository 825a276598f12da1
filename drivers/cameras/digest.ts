/** Digest and Basic login (RFC 7616, 7617) as HTTP and RTSP use it: challenges read, answers computed, nonces counted. */

import { createHash } from "node:crypto";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One offer of a `WWW-Authenticate` header; parameter names in small letters, values without their quotes. */
export interface Challenge {
  /** In small letters: `digest`, `basic`. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What was sent with a request; handed back when that request is refused. */
export interface SentLogin {
  /** Value of the `Authorization` header: bytes 0-255 as a latin1 string. */
  readonly header: string;
  /** Its nonce was used before: a refusal may only mean that the nonce is old. */
  readonly isReused: boolean;
}

/**
 * - `again`: ask again, with the login that the next `authorization` gives.
 * - `unauthorised`: this user name and password are not accepted.
 * - `unsupported`: the camera offers no way of logging in that we may use.
 */
export type LoginVerdict = "again" | "unauthorised" | "unsupported";

/** The login state of ONE camera (one nonce, one count). Never shared with another camera. */
export interface Login {
  /** For the next request; null while nothing is known of what the camera wants. `uri` as in the request line. */
  authorization(request: { readonly method: string; readonly uri: string }): SentLogin | null;
  /** A 401 came with these `WWW-Authenticate` values; `sent` is what the request had carried. */
  refused(headers: readonly string[], sent: SentLogin | null): LoginVerdict;
  /** The password goes over the wire readable, because the camera offers nothing better. */
  readonly isReadable: boolean;
}

/** Strongest first. */
const algorithms: readonly string[] = ["sha-512-256", "sha-256", "md5"];
const headerBytesMax = 8_192;

type Hash = (text: string) => string;

interface Chosen {
  readonly challenge: Challenge;
  readonly hash: Hash;
  readonly isSession: boolean;
  readonly hasQop: boolean;
}

/**
 * Digest before Basic, SHA before MD5. Basic only when it is all that is offered, and over an unencrypted connection
 * only as long as this camera has never offered Digest: who sits between may not talk us down to it.
 */
export function createLogin(options: {
  readonly credentials: Credentials;
  /** Whether the connection is encrypted. */
  readonly isSecure: boolean;
  /** 16 or more random hexadecimal digits. */
  readonly randomHex: () => string;
}): Login {
  const { credentials, isSecure, randomHex } = options;
  let digest: { readonly chosen: Chosen; readonly cnonce: string; count: number } | null = null;
  let isBasic = false;
  return {
    get isReadable() {
      return isBasic && !isSecure;
    },
    authorization(request) {
      if (digest !== null) {
        digest.count += 1;
        const { chosen, cnonce, count } = digest;
        const header = digestHeader(chosen, { ...request, credentials, cnonce, count });
        return { header, isReused: count > 1 };
      }
      if (!isBasic) return null;
      const pair = `${credentials.username}:${credentials.password}`;
      return { header: `Basic ${Buffer.from(pair).toString("base64")}`, isReused: false };
    },
    refused(headers, sent) {
      const offers = parseChallenges(headers);
      const chosen = strongest(offers);
      if (chosen !== null) {
        const isStale = chosen.challenge.parameters.get("stale")?.toLowerCase() === "true";
        const wasDigest = digest !== null && sent !== null;
        digest = { chosen, cnonce: randomHex(), count: 0 };
        isBasic = false;
        return !wasDigest || isStale || sent.isReused ? "again" : "unauthorised";
      }
      const isBasicOffered = offers.some(({ scheme }) => scheme === "basic");
      if (!isBasicOffered || (digest !== null && !isSecure)) return "unsupported";
      const wasBasic = isBasic && sent !== null;
      digest = null;
      isBasic = true;
      return wasBasic ? "unauthorised" : "again";
    },
  };
}

/** All offers of all `WWW-Authenticate` values, also several in one; what cannot be read is left out. */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap((header) => parseHeader(header.slice(0, headerBytesMax)));
}

/** A token, then `=` with a value (a parameter of the offer before), or neither (a new offer). */
function parseHeader(header: string): readonly Challenge[] {
  const piece = /[\s,]*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;
  const found: { readonly scheme: string; readonly parameters: Map<string, string> }[] = [];
  for (let match = piece.exec(header); match !== null; match = piece.exec(header)) {
    const [, name = "", quoted, bare] = match;
    const value = quoted?.replace(/\\(.)/g, "$1") ?? bare;
    const last = found.at(-1);
    if (value === undefined) found.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else if (last !== undefined && !last.parameters.has(name.toLowerCase())) {
      last.parameters.set(name.toLowerCase(), value);
    }
  }
  return found;
}

function strongest(offers: readonly Challenge[]): Chosen | null {
  const usable = offers.flatMap((challenge) => {
    const one = chosenOf(challenge);
    return one === null ? [] : [one];
  });
  return usable.sort((a, b) => a.rank - b.rank)[0] ?? null;
}

function chosenOf(challenge: Challenge): (Chosen & { readonly rank: number }) | null {
  const { scheme, parameters } = challenge;
  if (scheme !== "digest" || !parameters.has("nonce") || !parameters.has("realm")) return null;
  const written = (parameters.get("algorithm") ?? "MD5").toLowerCase();
  const name = written.replace(/-sess$/, "");
  const rank = algorithms.indexOf(name);
  if (rank < 0) return null;
  const qop = parameters.get("qop");
  const offered = qop?.split(",").map((one) => one.trim().toLowerCase()) ?? [];
  // Offers only to have the body hashed too: no camera is known that does.
  if (qop !== undefined && qop.trim() !== "" && !offered.includes("auth")) return null;
  const node = name.replace("sha-512", "sha512").replace("sha-256", "sha256");
  const hash: Hash = (text) => createHash(node).update(text, "utf8").digest("hex");
  return {
    ...{ challenge, hash, rank },
    ...{ isSession: written.endsWith("-sess"), hasQop: offered.includes("auth") },
  };
}

function digestHeader(
  { challenge, hash, isSession, hasQop }: Chosen,
  given: {
    readonly method: string;
    readonly uri: string;
    readonly credentials: Credentials;
    readonly cnonce: string;
    readonly count: number;
  },
): string {
  const { method, uri, credentials, cnonce } = given;
  const { parameters } = challenge;
  const realm = parameters.get("realm") ?? "";
  const nonce = parameters.get("nonce") ?? "";
  const nc = given.count.toString(16).padStart(8, "0");
  const secret = hash(`${credentials.username}:${realm}:${credentials.password}`);
  const ha1 = isSession ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const ha2 = hash(`${method}:${uri}`);
  const response = hasQop
    ? hash(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`)
    : hash(`${ha1}:${nonce}:${ha2}`);
  const algorithm = parameters.get("algorithm");
  const opaque = parameters.get("opaque");
  const words = [
    `username=${quoted(credentials.username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(hasQop ? ["qop=auth", `nc=${nc}`] : []),
    ...(hasQop || isSession ? [`cnonce="${cnonce}"`] : []),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ];
  return Buffer.from(`Digest ${words.join(", ")}`, "utf8").toString("latin1");
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
