/** Why the page's server says no: a stable code, a status, and the words in both languages. */

import type { Refusal } from "../protocol/alarms.ts";

interface Words {
  readonly status: number;
  readonly zh: string;
  readonly en: string;
}

const words = {
  "not-found": { status: 404, zh: "没有这个页面或接口", en: "There is nothing at this address" },
  "bad-request": { status: 400, zh: "请求有误", en: "The request is not understood" },
  "too-large": { status: 413, zh: "请求太大", en: "The request is too large" },
  "wrong-type": { status: 415, zh: "请求须为 JSON", en: "The request must be JSON" },
  "wrong-host": {
    status: 421,
    zh: "本机不认识这个主机名; 请用本机地址, 或在站点文件 page.names 中登记",
    en: "The box does not know itself by this host name; use its address, or add the name to page.names",
  },
  "wrong-origin": {
    status: 403,
    zh: "请求不是来自本机页面",
    en: "The request does not come from the box's own page",
  },
  "login-needed": { status: 401, zh: "请先登录", en: "Log in first" },
  "login-failed": { status: 401, zh: "用户名或密码不对", en: "Wrong name or password" },
  "login-locked": {
    status: 429,
    zh: "失败次数太多, 请稍后再试",
    en: "Too many failed attempts; try again later",
  },
  "too-many": { status: 429, zh: "请求太频繁", en: "Too many requests" },
  busy: { status: 503, zh: "本机正忙, 请稍后再试", en: "The box is busy; try again in a moment" },
  "csrf-missing": {
    status: 403,
    zh: "请刷新页面后重试",
    en: "Reload the page and try again (its token is missing or old)",
  },
  forbidden: { status: 403, zh: "您的角色无权这样做", en: "Your role may not do this" },
  "setup-over": {
    status: 403,
    zh: "已有用户; 请登录, 或请管理员添加用户",
    en: "There are users already; log in, or ask an admin",
  },
  "code-wrong": { status: 403, zh: "一次性代码不对", en: "The one-time code is wrong" },
  "code-expired": {
    status: 403,
    zh: "一次性代码已失效; 请重启 hazgate, 或用命令 hazgate user add 添加用户",
    en: "The one-time code is no longer valid; restart hazgate, or use: hazgate user add",
  },
  "password-short": {
    status: 422,
    zh: "密码至少 10 个字符",
    en: "The password needs at least 10 characters",
  },
  "password-long": {
    status: 422,
    zh: "密码至多 256 个字符",
    en: "The password may have at most 256 characters",
  },
  "password-common": {
    status: 422,
    zh: "这个密码太常见或含有用户名, 请换一个",
    en: "This password is too well known or holds the user name; choose another",
  },
  "name-wrong": {
    status: 422,
    zh: "用户名为 1 到 40 个字符, 可用文字、数字、空格、点、短横和下划线",
    en: "A user name has 1 to 40 characters: letters, digits, spaces, dot, dash and underscore",
  },
  "name-taken": { status: 409, zh: "已有同名用户", en: "There is a user of this name" },
  "users-full": {
    status: 409,
    zh: "用户数已到上限",
    en: "There are as many users as there may be",
  },
  "no-such-user": { status: 404, zh: "没有这个用户", en: "There is no such user" },
  "last-admin": {
    status: 409,
    zh: "至少要保留一名管理员",
    en: "At least one admin must remain",
  },
  "reason-missing": { status: 422, zh: "请写明原因", en: "Give a reason" },
  "time-missing": {
    status: 422,
    zh: "请写明持续多久",
    en: "Say for how long",
  },
  "no-such-tank": { status: 404, zh: "没有这个储罐", en: "There is no such tank" },
  "no-such-point": { status: 404, zh: "没有这个测点", en: "There is no such point" },
  "no-such-transfer": {
    status: 404,
    zh: "此罐没有正在进行的收付料",
    en: "No transfer of this tank is under way",
  },
  "no-such-scenario": { status: 404, zh: "没有这个场景", en: "There is no such scenario" },
  "not-simulated": {
    status: 404,
    zh: "只有模拟装置才有场景",
    en: "Scenarios exist only over a simulated plant",
  },
  "audit-trouble": {
    status: 503,
    zh: "审计日志无法写入, 操作未执行",
    en: "The audit log cannot be written, so nothing was done",
  },
  trouble: {
    status: 503,
    zh: "本机暂时无法回答, 请稍后再试",
    en: "The box cannot answer this now; try again in a moment",
  },
} as const satisfies Readonly<Record<string, Words>>;

export type RefusalCode = keyof typeof words;

export interface Refused {
  readonly status: number;
  readonly body: Refusal;
  readonly retryAfterS: number | null;
}

export function refused(code: RefusalCode, retryAfterS: number | null = null): Refused {
  const { status, zh, en } = words[code];
  const body: Refusal =
    retryAfterS === null
      ? { error: { code, zh, en } }
      : { error: { code, zh: `${zh} (${retryAfterS} 秒)`, en: `${en} (${retryAfterS} s)` } };
  return { status, body, retryAfterS };
}
