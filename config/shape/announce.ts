/** Where alarms are announced beyond the page: group robots, a plain webhook, a siren or lamp. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { id } from "./ids.ts";
import { says } from "./says.ts";

const announceVerbs = [
  "raise",
  "escalate",
  "return",
  "re-alarm",
  "ack",
  "handle",
  "reset",
  "shelve",
  "unshelve",
  "suppress",
  "unsuppress",
  "out-of-service",
  "in-service",
] as const;

const priority = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

const common = {
  priorities: z
    .array(priority)
    .min(1)
    .default([1, 2, 3])
    .describe(
      says(
        "通知哪些级别: 1 红, 2 橙, 3 黄, 4 蓝; 本机自检报警总是通知",
        "which levels: 1 red, 2 orange, 3 yellow, 4 blue; the box's own failures are always told",
      ),
    ),
  events: z
    .array(z.enum(announceVerbs))
    .min(1)
    .default(["raise", "escalate", "re-alarm"])
    .describe(
      says(
        "通知哪些变化: raise 报警, escalate 升级, return 恢复, re-alarm 再次报警, ack 确认 ...",
        "which transitions are told: raise, escalate, return, re-alarm, ack ...",
      ),
    ),
  lang: z
    .enum(["zh", "en", "both"])
    .default("zh")
    .describe(says("通知的语言", "language of the messages")),
  maxAge: duration
    .prefault("10min")
    .describe(
      says(
        "超过此时长仍未送达的报警不再逐条通知, 只报条数",
        "an alarm that could not be told for so long is only counted in a later message",
      ),
    ),
  timeout: duration
    .prefault("10s")
    .describe(says("每次通知的总时限", "the whole time one attempt may take")),
};

function perMinute(count: number): z.ZodDefault<z.ZodInt> {
  return z
    .int()
    .min(1)
    .max(1_000)
    .default(count)
    .describe(
      says(
        "每分钟最多几次, 超出的合并成一条 (另有 17 条报警)",
        "most messages a minute; beyond it alarms are summed up in one (17 more alarms)",
      ),
    );
}

export const announceUrlPattern: RegExp = /^https?:\/\/\S+$/;

const address = {
  url: z
    .string()
    .regex(announceUrlPattern)
    .optional()
    .describe(
      says(
        "webhook 地址; 机器人的地址是密钥, 应放入 urlFile",
        "address of the webhook; that of a robot is a secret and belongs into urlFile",
      ),
    ),
  urlFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      says("存放 webhook 地址的文件, 权限 0600", "file of mode 0600 holding the webhook's address"),
    ),
};

const signing = z
  .string()
  .min(1)
  .optional()
  .describe(says("存放加签密钥的文件, 权限 0600", "file of mode 0600 holding the signing secret"));

const mentionAll = z
  .array(priority)
  .default([])
  .describe(says("哪些级别 @所有人", "levels for which everybody in the group is mentioned"));

const dingtalk = z.strictObject({
  type: z
    .literal("dingtalk")
    .describe(
      says(
        "钉钉群自定义机器人; 安全设置选加签, 或关键词 “报警” (英文: ALARM)",
        "custom robot of a DingTalk group; secured by signing, or by the keyword 报警 (English: ALARM)",
      ),
    ),
  ...address,
  secretFile: signing,
  mentionAll,
  perMinute: perMinute(15),
  ...common,
});

const wecom = z.strictObject({
  type: z.literal("wecom").describe(says("企业微信群机器人", "robot of a WeCom group")),
  ...address,
  mentionAll,
  perMinute: perMinute(15),
  ...common,
});

const feishu = z.strictObject({
  type: z
    .literal("feishu")
    .describe(says("飞书群自定义机器人", "custom bot of a Feishu or Lark group")),
  ...address,
  secretFile: signing,
  mentionAll,
  perMinute: perMinute(60),
  ...common,
});

const webhook = z.strictObject({
  type: z.literal("webhook").describe(says("通用 JSON webhook", "a webhook that takes JSON")),
  ...address,
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), z.string().max(1_000))
    .default({})
    .describe(says("附加的请求头, 不放密钥", "additional headers; no place for secrets")),
  tokenFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      says(
        "存放令牌的文件, 权限 0600; 作为 Authorization: Bearer 发送",
        "file of mode 0600 holding a token, sent as Authorization: Bearer",
      ),
    ),
  secretFile: signing,
  ca: z
    .string()
    .min(1)
    .optional()
    .describe(says("信任的 CA 证书文件", "file of the CA certificate to trust")),
  perMinute: perMinute(60),
  ...common,
});

const command = z.strictObject({
  type: z
    .literal("command")
    .describe(
      says("本机命令, 驱动声光报警器", "a command of this box that drives a siren or lamp"),
    ),
  run: z
    .array(z.string().max(4_000))
    .min(1)
    .max(64)
    .describe(
      says(
        "程序的绝对路径和参数; 不经过 shell; 报警内容在 HAZGATE_ 环境变量中",
        "absolute path of the program and its arguments; no shell; the alarm is in HAZGATE_ variables",
      ),
    ),
  perMinute: perMinute(60),
  ...common,
});

export const announce = z
  .record(id, z.discriminatedUnion("type", [dingtalk, wecom, feishu, webhook, command]))
  .describe(says("页面之外的报警通知", "where alarms are announced beyond the page"));
