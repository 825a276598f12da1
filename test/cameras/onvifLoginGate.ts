/** The camera's side of logging in, written apart from ours: digest with nonces that it made itself, Basic, WS-UsernameToken. */

import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

export type DeviceLogin =
  | "none"
  | "wsse"
  | "basic"
  | "md5"
  | "md5-sess"
  | "md5-no-qop"
  | "sha256"
  /** Two offers, MD5 first, as newer cameras send them. */
  | "both"
  /** MD5 and any nonce, also one of another camera. */
  | "md5-any-nonce";

export interface LoginGate {
  /** Null: let in; else the `WWW-Authenticate` values of a 401. */
  http(request: IncomingMessage): readonly string[] | null;
  /** Whether the token in the SOAP header is good by this clock. */
  isTokenGood(body: string, nowMs: number): boolean;
}

const realm = 'IP Camera, "Zone 1"';
const tokenAgeMsMax = 30_000;

export function createLoginGate(options: {
  readonly login: DeviceLogin;
  readonly username: string;
  readonly password: string;
  /** A nonce is called stale after so many uses. */
  readonly nonceUsesMax?: number;
}): LoginGate {
  const { login, username, password } = options;
  const uses = new Map<string, number>();
  const h = (algorithm: string, text: string): string =>
    createHash(algorithm).update(text, "utf8").digest("hex");

  const offer = (stale: boolean): readonly string[] => {
    const nonce = `${randomBytes(15).toString("base64")}=`;
    uses.set(nonce, 0);
    const base = `realm="${realm.replaceAll('"', '\\"')}",nonce="${nonce}"${stale ? ",stale=TRUE" : ""}`;
    const qop = 'qop="auth,auth-int"';
    switch (login) {
      case "basic":
        return [`Basic realm="cam"`];
      case "md5-no-qop":
        return [`Digest ${base}`];
      case "md5-sess":
        return [`Digest ${base}, ${qop}, algorithm=MD5-sess`];
      case "sha256":
        return [`Digest ${base}, ${qop}, algorithm="SHA-256", opaque=""`];
      case "both":
        return [`Digest ${qop}, ${base}`, `Digest ${qop}, ${base}, algorithm="SHA-256"`];
      default:
        return [`Digest ${base},${qop},opaque="5ccc"`];
    }
  };

  const judge = (request: IncomingMessage, fields: ReadonlyMap<string, string>): string | null => {
    const nonce = fields.get("nonce") ?? "";
    const count = Number.parseInt(fields.get("nc") ?? "0", 16);
    const known = uses.get(nonce);
    if (known === undefined && login !== "md5-any-nonce") return "unknown nonce";
    if (fields.get("username") !== username || fields.get("realm") !== realm) return "who";
    if (fields.get("uri") !== request.url) return "uri";
    const hash = /256/.test(fields.get("algorithm") ?? "") ? "sha256" : "md5";
    if (login === "both" && hash !== "sha256") return "weak";
    const cnonce = fields.get("cnonce") ?? "";
    const secret = h(hash, `${username}:${realm}:${password}`);
    const ha1 = login === "md5-sess" ? h(hash, `${secret}:${nonce}:${cnonce}`) : secret;
    const ha2 = h(hash, `${request.method}:${request.url}`);
    const middle = fields.has("qop") ? `${nonce}:${fields.get("nc")}:${cnonce}:auth` : nonce;
    if (fields.get("response") !== h(hash, `${ha1}:${middle}:${ha2}`)) return "response";
    if (fields.has("qop") && known !== undefined && count <= known) return "count";
    uses.set(nonce, Math.max(count, (known ?? 0) + 1));
    return count > (options.nonceUsesMax ?? Number.POSITIVE_INFINITY) ? "stale" : null;
  };

  return {
    http(request) {
      if (login === "none" || login === "wsse") return null;
      const sent = request.headers.authorization ?? "";
      if (login === "basic") {
        const good = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
        return sent === good ? null : offer(false);
      }
      if (!sent.startsWith("Digest ")) return offer(false);
      const fault = judge(request, fieldsOf(sent.slice("Digest ".length)));
      return fault === null ? null : offer(fault === "stale");
    },
    isTokenGood(body, nowMs) {
      if (login !== "wsse") return true;
      const of = (name: string): string =>
        new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)<`).exec(body)?.[1] ?? "";
      const created = of("Created");
      const bytes = [Buffer.from(of("Nonce"), "base64"), Buffer.from(created + password, "utf8")];
      const digest = createHash("sha1").update(Buffer.concat(bytes)).digest("base64");
      const ageMs = Math.abs(Date.parse(created) - nowMs);
      return of("Username") === username && of("Password") === digest && ageMs <= tokenAgeMsMax;
    },
  };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const pattern = /([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]*))/gi;
  return new Map(
    [...text.matchAll(pattern)].map(([, name = "", quoted, bare = ""]) => [
      name,
      quoted?.replace(/\\(.)/g, "$1") ?? bare,
    ]),
  );
}
