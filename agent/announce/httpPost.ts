/**
 * One POST with a bound on everything: total time, size of the answer, no redirect, no proxy, no unchecked
 * certificate, no connection kept. Never throws.
 */

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { PostAnswer, PostRequest } from "./formats.ts";

/** Most of an answer that is read; a robot's is a few hundred bytes. */
export const answerBytesMax = 65_536;

export type Post = (
  request: PostRequest,
  options: { readonly ca: string | null; readonly signal: AbortSignal },
) => Promise<Result<PostAnswer, string>>;

/** `signal` is the whole deadline. The error's text may hold the host, never the path. */
export const post: Post = (request, { ca, signal }) =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(fail("no answer in time"));
      return;
    }
    const body = Buffer.from(request.body);
    const headers = {
      ...request.headers,
      "content-length": String(body.byteLength),
      // Nobody may hand us a small answer that unpacks to a large one.
      "accept-encoding": "identity",
      "user-agent": "hazgate",
    };
    try {
      const url = new URL(request.url);
      const common = { method: "POST", headers, signal, maxHeaderSize: 16_384 } as const;
      // Agents of our own: the global ones may be told by the environment to use a proxy.
      const sent =
        url.protocol === "https:"
          ? httpsRequest(url, {
              ...common,
              agent: new HttpsAgent({ keepAlive: false }),
              rejectUnauthorized: true,
              minVersion: "TLSv1.2",
              ...(ca === null ? {} : { ca }),
            })
          : httpRequest(url, { ...common, agent: new HttpAgent({ keepAlive: false }) });
      sent.on("error", (error) => resolve(fail(wordsOf(error, signal))));
      sent.on("response", (response) => {
        readAnswer(response).then(
          (text) => {
            sent.destroy();
            resolve(
              ok({
                status: response.statusCode ?? 0,
                retryAfter: response.headers["retry-after"] ?? null,
                body: text,
              }),
            );
          },
          (error: unknown) => resolve(fail(wordsOf(error, signal))),
        );
      });
      sent.end(body);
    } catch (error) {
      // An address or a header that cannot be one.
      resolve(fail(wordsOf(error, signal)));
    }
  });

async function readAnswer(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response) {
    pieces.push(Buffer.from(piece));
    bytes += Buffer.byteLength(piece);
    if (bytes >= answerBytesMax) break;
  }
  return Buffer.concat(pieces).subarray(0, answerBytesMax).toString("utf8");
}

function wordsOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "no answer in time";
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : error.name;
  // The message of a malformed address holds the address.
  if (code === "ERR_INVALID_URL") return "the address is not a URL";
  if (code === "ERR_INVALID_CHAR") return "a header holds characters that it must not";
  return error.message === "" ? code : error.message;
}
