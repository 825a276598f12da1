/** The way to the platform. */

import { z } from "zod";
import { byteRate, duration } from "../words/units.ts";
import { says } from "./says.ts";

export const mqttUrlPattern: RegExp = /^mqtts?:\/\/[^\s/:]+(:\d+)?$/;

const tls = z.strictObject({
  ca: z
    .string()
    .optional()
    .describe(says("信任的 CA 证书文件", "file of the CA certificate to trust")),
  cert: z.string().optional().describe(says("本机证书文件", "file of this box's certificate")),
  key: z
    .string()
    .optional()
    .describe(says("本机私钥文件, 权限 0600", "file of mode 0600 with this box's key")),
});

export const mqttUplink = z.strictObject({
  type: z.literal("mqtt").describe(says("MQTT 平台", "an MQTT platform")),
  url: z
    .string()
    .regex(mqttUrlPattern)
    .describe(
      says("mqtts://主机:8883 或 mqtt://主机:1883", "mqtts://host:8883 or mqtt://host:1883"),
    ),
  protocol: z
    .union([z.literal(5), z.literal(4)])
    .default(5)
    .describe(says("5: MQTT 5; 4: MQTT 3.1.1", "5: MQTT 5; 4: MQTT 3.1.1")),
  ack: z
    .enum(["platform", "broker"])
    .default("platform")
    .describe(
      says(
        "谁确认后才算送达; 代理的 PUBACK 不等于已保存",
        "who must confirm before a record counts as delivered; a broker's PUBACK is not storage",
      ),
    ),
  username: z.string().optional().describe(says("用户名", "user name")),
  passwordFile: z
    .string()
    .optional()
    .describe(says("存放密码的文件, 权限 0600", "file of mode 0600 holding the password")),
  tls: tls.optional().describe(says("证书和私钥", "certificates and key")),
  liveEvery: duration
    .prefault("5s")
    .describe(
      says(
        "在线时多久封存并上传一批读数, 1s 到 5min",
        "how often live readings are sealed into a record, 1s to 5min",
      ),
    ),
  backlogEvery: duration
    .prefault("60s")
    .describe(
      says(
        "断线时多久封存一批读数, 至多 10min",
        "how often readings are sealed while the uplink is down, at most 10min",
      ),
    ),
  rate: byteRate
    .optional()
    .describe(
      says(
        "读数补传的最高平均速率, 例如 64KiB/s; 报警和事件不受限; 缺省不限",
        "most bytes of readings per second in the mean, e.g. 64KiB/s; alarms and events are never held back; default: as fast as the link",
      ),
    ),
  ackTimeout: duration
    .prefault("20s")
    .describe(says("等待确认的最长时间, 之后重发", "how long to wait for the confirmation")),
});
