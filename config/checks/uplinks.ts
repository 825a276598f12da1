/** The way to the platform: one, sealed, and acknowledged by somebody who stores. Pure. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { MqttUplink, Site } from "../site.ts";

export function uplinkFindings(site: Site): readonly Finding[] {
  const uplinks = Object.entries(site.uplinks);
  if (uplinks.length === 0) {
    return [
      warning({
        code: "W105",
        path: ["uplinks"],
        atKey: true,
        zh: "没有上传通道: 数据只保存在本机",
        en: "there is no uplink: the data stays on this box",
        fixZh: "加上 uplinks: { platform: { type: mqtt, url: mqtts://主机:8883 } }",
        fixEn: "add uplinks: { platform: { type: mqtt, url: mqtts://host:8883 } }",
      }),
    ];
  }
  return [
    ...uplinks.slice(1).map(([id]) =>
      error({
        code: "E105",
        path: ["uplinks", id],
        atKey: true,
        zh: "本版本只支持一个上传通道",
        en: "this version serves one uplink",
        fixZh: "保留一个, 注释掉其余的",
        fixEn: "keep one and comment out the others",
      }),
    ),
    ...uplinks.flatMap(([id, uplink]) => [
      ...sealFindings(uplink, ["uplinks", id]),
      ...ackFindings(uplink, ["uplinks", id]),
      ...cadenceFindings(uplink, ["uplinks", id]),
    ]),
  ];
}

function sealFindings({ url, tls, passwordFile, username }: MqttUplink, path: Path): Finding[] {
  const findings: Finding[] = [];
  const isSealed = url.startsWith("mqtts://");
  if (!isSealed && !isLoopback(url)) {
    findings.push(
      warning({
        code: "W151",
        path: [...path, "url"],
        zh: "mqtt:// 不加密: 数据和密码在网络上可被读取和篡改",
        en: "mqtt:// is not encrypted: data and password can be read and changed on the way",
        fixZh: "改用 mqtts://主机:8883 并配置 tls",
        fixEn: "use mqtts://host:8883 with `tls`",
      }),
    );
  }
  if (!isSealed && tls !== undefined) {
    findings.push(
      error({
        code: "E151",
        path: [...path, "tls"],
        atKey: true,
        zh: "写了 tls, 但地址是 mqtt://, 不会加密",
        en: "`tls` is given, but with mqtt:// nothing is encrypted",
        fixZh: "把 url 改为 mqtts://",
        fixEn: "change `url` to mqtts://",
      }),
    );
  }
  if (tls !== undefined && (tls.cert === undefined) !== (tls.key === undefined)) {
    findings.push(
      error({
        code: "E152",
        path: [...path, "tls"],
        atKey: true,
        zh: "客户端证书 cert 和私钥 key 要成对",
        en: "`cert` and `key` of the client belong together",
        fixZh: "补上另一个, 或两个都删除",
        fixEn: "add the other one, or delete both",
      }),
    );
  }
  if (passwordFile !== undefined && username === undefined) {
    findings.push(
      error({
        code: "E153",
        path: [...path, "passwordFile"],
        atKey: true,
        zh: "有密码文件但没有用户名",
        en: "there is a password file but no username",
        fixZh: "加上 username",
        fixEn: "add `username`",
      }),
    );
  }
  return findings;
}

function isLoopback(url: string): boolean {
  const host = /^mqtts?:\/\/([^:]+)/.exec(url)?.[1] ?? "";
  return host === "localhost" || /^127(\.\d{1,3}){3}$/.test(host);
}

function ackFindings({ ack, protocol, url }: MqttUplink, path: Path): readonly Finding[] {
  const findings: Finding[] = [];
  if (ack === "broker") {
    findings.push(
      warning({
        code: "W152",
        path: [...path, "ack"],
        zh: "ack: broker 只证明代理收到, 不证明已保存: 代理断电可能丢失已确认的数据",
        en: "ack: broker proves that the broker received, not that anybody stored: a broker that dies can lose confirmed data",
        fixZh: "平台能回执时用 ack: platform",
        fixEn: "use ack: platform where the platform can confirm",
      }),
    );
  }
  if (protocol === 4 && !isLoopback(url)) {
    findings.push(
      warning({
        code: "W153",
        path: [...path, "protocol"],
        zh: "MQTT 3.1.1 会确认被拒绝的发布, 也不说明断线原因",
        en: "MQTT 3.1.1 confirms even a refused publish and gives no reason for a disconnect",
        fixZh: "平台支持时用 protocol: 5",
        fixEn: "use protocol: 5 where the platform serves it",
      }),
    );
  }
  return findings;
}

/** Less than this and one record of the largest size would take minutes. */
const rateMin = 1_024;

/** The cadence that the record format promises: live 1 s to 5 min, backlog not finer than live. */
function cadenceFindings(
  { liveEvery, backlogEvery, rate }: MqttUplink,
  path: Path,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (liveEvery < 1_000 || liveEvery > 300_000) {
    findings.push(
      error({
        code: "E142",
        path: [...path, "liveEvery"],
        zh: `上传间隔应为 1s 到 5min, 现为 ${liveEvery / 1000} s`,
        en: `live readings are sent every 1s to 5min, found ${liveEvery / 1000} s`,
        fixZh: "例如 liveEvery: 5s",
        fixEn: "e.g. liveEvery: 5s",
      }),
    );
  }
  if (backlogEvery < liveEvery || backlogEvery > 600_000) {
    findings.push(
      error({
        code: "E143",
        path: [...path, "backlogEvery"],
        zh: `断线时的封存间隔应在 liveEvery 和 10min 之间, 现为 ${backlogEvery / 1000} s`,
        en: `backlogEvery must lie between liveEvery and 10min, found ${backlogEvery / 1000} s`,
        fixZh: "例如 backlogEvery: 60s",
        fixEn: "e.g. backlogEvery: 60s",
      }),
    );
  }
  if (rate !== undefined && rate < rateMin) {
    findings.push(
      error({
        code: "E146",
        path: [...path, "rate"],
        zh: `上传速率至少 1KiB/s, 现为 ${rate} B/s`,
        en: `the upload rate must be at least 1KiB/s, found ${rate} B/s`,
        fixZh: "例如 rate: 64KiB/s, 或删除这一项",
        fixEn: "e.g. rate: 64KiB/s, or leave it out",
      }),
    );
  }
  return findings;
}
