/** A message in the form each kind of receiver takes, and what its answer means. Pure but for the hash. */

import { createHmac } from "node:crypto";
import type { Priority } from "../../config/words/alarms.ts";
import { priorityWords, typeWords } from "../../config/words/alarmWords.ts";
import { unreachable } from "../../config/words/result.ts";
import type { Message, Outcome, PostTarget, SiteHead, ToldAlarm } from "./announcement.ts";
import { clipBytes, messageText } from "./messageText.ts";

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** As far as it was read. */
  readonly body: string;
}

/** Text of a WeCom robot: 2,048 bytes; a Feishu request 20 KB; DingTalk says nothing binding for text. */
const textBytesMax = { dingtalk: 4_000, wecom: 2_000, feishu: 4_000 } as const;
const limitedMs = 60_000;
const limitedMsMax = 600_000;

/** Signed for `wallMs`: the robots take a signature for an hour. */
export function postRequest(
  message: Message,
  parts: { readonly target: PostTarget; readonly site: SiteHead; readonly wallMs: number },
): PostRequest {
  const { target, site, wallMs } = parts;
  const headers = { "content-type": "application/json; charset=utf-8" };
  if (target.kind === "webhook") {
    return webhookRequest(JSON.stringify(webhookBody(message, target, site)), target, wallMs);
  }
  const text = clipBytes(messageText(message, site, target.lang), textBytesMax[target.kind]);
  const isForAll = mentionsAll(message, target.mentionAll);
  switch (target.kind) {
    case "dingtalk":
      return {
        url: signedDingtalkUrl(target, wallMs),
        headers,
        body: JSON.stringify({
          msgtype: "text",
          text: { content: text },
          at: { isAtAll: isForAll },
        }),
      };
    case "wecom": {
      const mentioned = isForAll ? { mentioned_list: ["@all"] } : {};
      const body = { msgtype: "text", text: { content: text, ...mentioned } };
      return { url: target.url, headers, body: JSON.stringify(body) };
    }
    case "feishu":
      return {
        url: target.url,
        headers,
        body: JSON.stringify({
          ...feishuSignature(target.secret, wallMs),
          msg_type: "text",
          // A tag in a person's note must not mention anybody.
          content: { text: feishuText(text, isForAll) },
        }),
      };
    default:
      return unreachable(target.kind);
  }
}

function mentionsAll(message: Message, levels: readonly Priority[]): boolean {
  switch (message.kind) {
    case "alarms":
      return message.listed.some(({ event }) => levels.includes(event.priority));
    case "self":
      return message.trouble.isStanding && levels.includes(1);
    case "test":
      return false;
    default:
      return unreachable(message);
  }
}

function feishuText(text: string, isForAll: boolean): string {
  const plain = text.replaceAll("<", "＜");
  return isForAll ? `${plain}\n<at user_id="all">所有人</at>` : plain;
}

/** The secret is key and part of what is signed; milliseconds; in the query. */
function signedDingtalkUrl({ url, secret }: PostTarget, wallMs: number): string {
  if (secret === null) return url;
  const timestamp = Math.round(wallMs);
  const sign = createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64");
  const glue = url.includes("?") ? "&" : "?";
  return `${url}${glue}timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`;
}

/** Time and secret are the key, and nothing is signed; seconds; in the body. */
function feishuSignature(secret: string | null, wallMs: number): Record<string, string> {
  if (secret === null) return {};
  const timestamp = String(Math.floor(wallMs / 1_000));
  return { timestamp, sign: createHmac("sha256", `${timestamp}\n${secret}`).digest("base64") };
}

function webhookRequest(body: string, target: PostTarget, wallMs: number): PostRequest {
  const timestamp = String(Math.floor(wallMs / 1_000));
  const signature =
    target.secret === null
      ? {}
      : {
          "x-hazgate-signature": `sha256=${createHmac("sha256", target.secret)
            .update(`${timestamp}.${body}`)
            .digest("hex")}`,
        };
  const token = target.token === null ? {} : { authorization: `Bearer ${target.token}` };
  return {
    url: target.url,
    headers: {
      ...target.headers,
      "content-type": "application/json; charset=utf-8",
      "x-hazgate-timestamp": timestamp,
      ...signature,
      ...token,
    },
    body,
  };
}

/** Stable: fields are only ever added. */
function webhookBody(message: Message, { lang }: PostTarget, site: SiteHead): unknown {
  const head = {
    v: 1,
    kind: message.kind,
    site: site.id,
    box: site.box,
    siteName: site.name,
    text: messageText(message, site, lang),
  };
  switch (message.kind) {
    case "alarms":
      return { ...head, alarms: message.listed.map(alarmBody), more: message.more };
    case "self": {
      const { source, isStanding, zh, en, at } = message.trouble;
      return { ...head, trouble: { source, isStanding, zh, en, atMs: at.wallMs } };
    }
    case "test":
      return { ...head, atMs: message.at.wallMs };
    default:
      return unreachable(message);
  }
}

function alarmBody({ event, name, tankName, advice }: ToldAlarm): unknown {
  const { at, ...facts } = event;
  return {
    ...facts,
    name,
    tankName,
    advice,
    level: priorityWords[event.priority],
    typeWords: typeWords[event.type],
    atMs: at.wallMs,
  };
}

/** Codes by which a robot says "too many". Feishu's 9499 means that only together with the words. */
const limitedCodes: Readonly<Record<PostTarget["kind"], readonly number[]>> = {
  dingtalk: [130101, 410100],
  wecom: [45009, 45033],
  feishu: [11232, 11233],
  webhook: [],
};

export function judgeAnswer(kind: PostTarget["kind"], answer: PostAnswer): Outcome {
  const { status, retryAfter } = answer;
  const said = kind === "webhook" ? null : robotAnswer(answer.body);
  if (said !== null && isTooMany(kind, said)) {
    return { kind: "limited", waitMs: limitedMs, why: `${said.code} ${said.words}` };
  }
  if (status === 429 || (status === 503 && retryAfter !== null)) {
    return { kind: "limited", waitMs: retryMs(retryAfter), why: `HTTP ${status}` };
  }
  if (status < 200 || status >= 300) return badStatus(status, said);
  return kind === "webhook" ? { kind: "done" } : judgeWords(said);
}

function badStatus(status: number, said: RobotAnswer | null): Outcome {
  if (status >= 300 && status < 400) {
    return { kind: "failed", isRefused: true, why: `HTTP ${status}: redirects are not followed` };
  }
  const words = said === null ? "" : `: ${said.code} ${said.words}`;
  const isRefused = status >= 400 && status < 500 && status !== 408;
  return { kind: "failed", isRefused, why: `HTTP ${status}${words}` };
}

/** A robot says in its answer whether it took the message, whatever the status. */
function judgeWords(said: RobotAnswer | null): Outcome {
  if (said === null) {
    return { kind: "failed", isRefused: false, why: "the answer is not that of a robot" };
  }
  if (said.code === 0) return { kind: "done" };
  // -1: busy.
  return { kind: "failed", isRefused: said.code !== -1, why: `${said.code} ${said.words}` };
}

interface RobotAnswer {
  readonly code: number;
  readonly words: string;
}

function isTooMany(kind: PostTarget["kind"], { code, words }: RobotAnswer): boolean {
  return limitedCodes[kind].includes(code) || (code === 9499 && /too many|freq/i.test(words));
}

function retryMs(retryAfter: string | null): number {
  const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : limitedMs / 1_000;
  return Math.min(limitedMsMax, Math.max(1_000, seconds * 1_000));
}

/** `errcode` and `errmsg` (DingTalk, WeCom), `code` and `msg` (Feishu); null: neither. */
function robotAnswer(body: string): RobotAnswer | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const fields = new Map(Object.entries(parsed));
  const code = fields.get("errcode") ?? fields.get("code") ?? fields.get("StatusCode");
  const words = fields.get("errmsg") ?? fields.get("msg") ?? fields.get("StatusMessage") ?? "";
  return typeof code === "number" ? { code, words: String(words).slice(0, 120) } : null;
}
