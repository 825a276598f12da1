/** Questions to the box over HTTP. Trouble comes back as words, never as an exception. */

import { fail, ok, type Result } from "../../../config/words/result.ts";
import type { Refusal } from "../protocol/alarms.ts";
import { forgetMe, me } from "./session.ts";

/** Why a question got no answer, in both languages. */
export type Trouble = Refusal["error"];

/** The box answers within this, or counts as not answering. */
const answerMsMax = 15_000;

export function get<T>(path: string): Promise<Result<T, Trouble>> {
  return ask<T>("GET", path);
}

export function post<T>(path: string, body: unknown): Promise<Result<T, Trouble>> {
  return ask<T>("POST", path, body);
}

export function del<T>(path: string): Promise<Result<T, Trouble>> {
  return ask<T>("DELETE", path);
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<Result<T, Trouble>> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const csrf = me.peek()?.csrf;
  if (method !== "GET" && csrf !== undefined) headers["x-hazgate-csrf"] = csrf;
  try {
    const response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(answerMsMax),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return ok((text === "" ? null : JSON.parse(text)) as T);
    const trouble = refusalIn(text, response.status);
    // A wrong present password is no end of the session.
    if (response.status === 401 && trouble.code !== "login-failed") forgetMe();
    return fail(trouble);
  } catch {
    return fail({
      code: "unreachable",
      zh: "网关没有应答, 请检查网络后重试。",
      en: "The box does not answer. Check the network and try again.",
    });
  }
}

function refusalIn(text: string, status: number): Trouble {
  try {
    const body = JSON.parse(text) as Partial<Refusal>;
    if (body.error !== undefined) return body.error;
  } catch {
    // Not the box's own words: said below.
  }
  return {
    code: `http-${status}`,
    zh: `网关拒绝了请求 (HTTP ${status})。`,
    en: `The box refused the request (HTTP ${status}).`,
  };
}
