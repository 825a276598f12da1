/** One request and its answer over one connection that is gone afterwards. */

import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { fail, ok, type Result } from "../../../config/words/result.ts";
import { standardPort, type Written } from "../addressForms.ts";
import type { CheckedAddress } from "../addressGuard.ts";
import type { CameraError } from "../contract.ts";

const headerBytesMax = 16_384;
const challengesMax = 8;

export interface ExchangeRequest {
  readonly url: Written;
  /** Connected to as it is: no name is looked up again. */
  readonly address: CheckedAddress;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly ca: string | null;
  readonly bytesMax: number;
  /** Ends everything, the connection too. */
  readonly signal: AbortSignal;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Each `WWW-Authenticate` by itself. */
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

/** The kind of a failure after `signal` is for the caller to say; never throws. */
export function exchange(given: ExchangeRequest): Promise<Result<ExchangeAnswer, CameraError>> {
  const { signal } = given;
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(fail({ kind: "aborted", message: "told to stop" }));
      return;
    }
    const agent = agentFor(given);
    let sent: ReturnType<typeof httpRequest> | null = null;
    const onAbort = (): void => void sent?.destroy(new Error("told to stop"));
    const end = (result: Result<ExchangeAnswer, CameraError>): void => {
      signal.removeEventListener("abort", onAbort);
      sent?.destroy();
      agent.destroy();
      resolve(result);
    };
    try {
      sent = open(given, agent);
    } catch (error) {
      // A header that cannot be one.
      end(fail(wordsOf(error)));
      return;
    }
    signal.addEventListener("abort", onAbort);
    // Stays for good: a connection may fail once more after its end.
    sent.on("error", (error) => end(fail(wordsOf(error))));
    sent.on("response", (response) => {
      read(response, given.bytesMax).then(end, (error: unknown) => end(fail(wordsOf(error))));
    });
    sent.end(given.body ?? undefined);
  });
}

/** An own one for each: the global ones may be told by the environment to use a proxy. */
function agentFor({ url, ca }: ExchangeRequest): HttpAgent | HttpsAgent {
  return url.scheme === "https"
    ? new HttpsAgent({
        ...{ keepAlive: false, rejectUnauthorized: true, minVersion: "TLSv1.2" },
        ...(ca === null ? {} : { ca }),
      })
    : new HttpAgent({ keepAlive: false });
}

function open(given: ExchangeRequest, agent: HttpAgent): ReturnType<typeof httpRequest> {
  const { url, address, method, body } = given;
  const host = isIP(url.host) === 6 ? `[${url.host}]` : url.host;
  const isSecure = url.scheme === "https";
  return (isSecure ? httpsRequest : httpRequest)({
    ...{ agent, method, path: url.path, maxHeaderSize: headerBytesMax },
    ...{ host: address.address, family: address.family, port: url.port },
    ...(isSecure && isIP(url.host) === 0 ? { servername: url.host } : {}),
    setDefaultHeaders: false,
    headers: {
      host: url.port === standardPort[url.scheme] ? host : `${host}:${url.port}`,
      ...given.headers,
      ...(body === null ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      // Nobody may hand us a small answer that unpacks to a large one.
      "accept-encoding": "identity",
      connection: "close",
      "user-agent": "hazgate",
    },
  });
}

async function read(
  response: IncomingMessage,
  bytesMax: number,
): Promise<Result<ExchangeAnswer, CameraError>> {
  const { headers, statusCode: status = 0 } = response;
  const challenges = (response.headersDistinct["www-authenticate"] ?? []).slice(0, challengesMax);
  const without = { status, headers, challenges, body: Buffer.alloc(0) };
  // The body of a refusal or a redirect is never looked at.
  if (status === 401 || (status >= 300 && status < 400)) return ok(without);
  if (Number(headers["content-length"] ?? 0) > bytesMax) return tooLarge(bytesMax);
  if ((headers["content-encoding"] ?? "identity") !== "identity") {
    return fail({ kind: "badAnswer", message: "the answer is packed, which was not asked for" });
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response) {
    if (!Buffer.isBuffer(piece)) continue;
    bytes += piece.byteLength;
    if (bytes > bytesMax) return tooLarge(bytesMax);
    pieces.push(piece);
  }
  return response.complete
    ? ok({ ...without, body: Buffer.concat(pieces) })
    : fail({ kind: "unreachable", message: "the connection was cut within the answer" });
}

function tooLarge(bytesMax: number): Result<never, CameraError> {
  return fail({ kind: "badAnswer", message: `the answer is larger than ${bytesMax} bytes` });
}

const certificateCodes =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))/;

function wordsOf(error: unknown): CameraError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (certificateCodes.test(code)) {
    return {
      kind: "unreachable",
      message: `its HTTPS certificate is not trusted (${code}): nothing was sent`,
    };
  }
  if (code.startsWith("HPE_")) {
    return { kind: "badAnswer", message: `the answer is no HTTP (${code})` };
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) {
    return { kind: "badAnswer", message: "it does not speak HTTPS there" };
  }
  if (code === "ERR_INVALID_CHAR") {
    return { kind: "refused", message: "a header would hold characters that it must not" };
  }
  const known = connectionCodes[code];
  const shown = code === "" ? "connection lost" : code;
  return { kind: "unreachable", message: known ?? `no connection (${shown})` };
}

const connectionCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed while we were asking",
  EHOSTUNREACH: "no way to this host",
  ENETUNREACH: "no way to this network",
  ETIMEDOUT: "nobody answers at this address",
};
