/** The page on the box. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { says } from "./says.ts";

const tls = z.strictObject({
  cert: z
    .string()
    .describe(says("证书文件 (PEM, 含中间证书)", "certificate file (PEM, with its chain)")),
  key: z
    .string()
    .describe(says("私钥文件, 权限 0600", "file of mode 0600 with the certificate's key")),
});

const proxy = z.strictObject({
  trust: z
    .array(z.string())
    .min(1)
    .describe(
      says(
        "代理的地址; 只信任它们转来的客户端地址",
        "addresses of the proxy: only they are believed when they say who the client is",
      ),
    ),
});

const sessions = z.strictObject({
  viewer: duration
    .prefault("30d")
    .describe(
      says(
        "只读用户 (大屏) 多久不用后须重新登录",
        "idle time after which a viewer (wall screen) logs in again",
      ),
    ),
  officer: duration
    .prefault("8h")
    .describe(
      says(
        "安全员和管理员多久不操作后须重新登录",
        "idle time after which an officer or admin logs in again",
      ),
    ),
});

export const page = z.strictObject({
  listen: z
    .string()
    .default("127.0.0.1:8080")
    .describe(
      says(
        "监听地址, 如 0.0.0.0:8080",
        "address to listen on, e.g. 0.0.0.0:8080 for the plant's network",
      ),
    ),
  names: z
    .array(z.string())
    .default([])
    .describe(
      says(
        "浏览器里可用的其他主机名, 如 hazgate.plant.local",
        "further host names that browsers may use, e.g. hazgate.plant.local",
      ),
    ),
  tls: z
    .union([z.literal("own"), tls])
    .optional()
    .describe(
      says(
        "HTTPS: own 为本机自签证书 (启动时打印指纹), 或厂里的证书文件; 不写则为 HTTP, 或由厂内代理提供 HTTPS",
        "HTTPS: own for a certificate that the box makes (its fingerprint is printed at the start), or the plant's files; none: plain HTTP, or HTTPS by the plant's proxy",
      ),
    ),
  proxy: proxy
    .optional()
    .describe(says("厂内反向代理", "the plant's reverse proxy in front of the page")),
  openView: z
    .boolean()
    .default(false)
    .describe(
      says(
        "不登录也可查看 (大屏); 操作仍须登录",
        "anybody may look without login (wall screen); acting still needs one",
      ),
    ),
  sessions: sessions.prefault({}).describe(says("登录多久有效", "how long a login lasts")),
  maxClients: z
    .int()
    .min(1)
    .max(200)
    .default(50)
    .describe(says("同时打开的页面数上限", "most pages open at the same time")),
});

export type PageSettings = z.output<typeof page>;

export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** `host:port` or `[host]:port`; null: neither. */
export function listenOf(text: string): Listen | null {
  const form = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text.trim());
  const port = Number(form?.[3]);
  const host = form?.[1] ?? form?.[2];
  return host === undefined || port > 65_535 ? null : { host, port };
}
