/** The way to the broker, step by step: name, port, TLS, certificate, login. */

import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect, isIP } from "node:net";
import { TLSSocket } from "node:tls";
import type { MqttUplink } from "../../../config/site.ts";
import { word } from "../../../config/words/bilingual.ts";
import type { Clock } from "../../../config/words/time.ts";
import {
  type BrokerAddress,
  brokerAddress,
  openBrokerSocket,
  type UplinkSecrets,
} from "../../forward/brokerSocket.ts";
import { socketTrouble } from "../../forward/brokerTrouble.ts";
import { type MqttSession, openSession } from "../../forward/mqttSession.ts";
import type { UplinkTrouble } from "../../forward/uplink.ts";
import { command, findingsOf, type Tell } from "./finding.ts";

export interface UplinkLook {
  readonly id: string;
  readonly settings: MqttUplink;
  readonly secrets: UplinkSecrets;
  readonly site: string;
  readonly box: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const stepMsMax = 8_000;
const dayMs = 86_400_000;
const soonDays = 30;

/** Ends at the first step that fails: the later ones could only say the same. @returns whether all went well. */
export async function lookAtUplink(look: UplinkLook, tell: Tell): Promise<boolean> {
  const address = brokerAddress(look.settings.url);
  return (
    (await lookUpName(look, address, tell)) &&
    (await openPort(look, address, tell)) &&
    (!address.isTls || (await openTls(look, address, tell))) &&
    (await logIn(look, tell))
  );
}

async function lookUpName(
  { id }: UplinkLook,
  { host }: BrokerAddress,
  tell: Tell,
): Promise<boolean> {
  if (isIP(host) !== 0) return true;
  const { well, bad } = findingsOf("uplink", tell);
  try {
    const { address } = await lookup(host);
    well(`${id}: ${host} 是 ${address}`, `${id}: ${host} is ${address}`);
    return true;
  } catch {
    bad(
      word(`${id}: 查不到主机名 ${host}`, `${id}: nobody knows the name ${host}`),
      command(`getent hosts ${host}; cat /etc/resolv.conf`),
    );
    return false;
  }
}

async function openPort(look: UplinkLook, address: BrokerAddress, tell: Tell): Promise<boolean> {
  const { host, port } = address;
  const socket = connect({ host, port });
  return await step(look, tell, async (signal) => {
    try {
      await once(socket, "connect", { signal });
      return word(`端口 ${host}:${port} 通`, `port ${host}:${port} is open`);
    } finally {
      socket.destroy();
    }
  });
}

async function openTls(look: UplinkLook, address: BrokerAddress, tell: Tell): Promise<boolean> {
  return await step(look, tell, async (signal) => {
    const socket = openBrokerSocket(address, look.secrets);
    try {
      await once(socket, "secureConnect", { signal });
      const days = daysLeft(socket, look.clock.now().wallMs);
      if (days !== null && days < soonDays) {
        findingsOf("uplink", tell).doubtful(
          word(
            `${look.id}: 服务器证书还有 ${days} 天到期`,
            `${look.id}: the broker's certificate ends in ${days} days`,
          ),
          word("请告知平台管理员", "tell those who run the platform"),
        );
      }
      return word(
        "TLS 握手成功, 服务器证书可信",
        "TLS stands, the broker's certificate is trusted",
      );
    } finally {
      socket.destroy();
    }
  });
}

function daysLeft(socket: unknown, nowMs: number): number | null {
  if (!(socket instanceof TLSSocket)) return null;
  const endMs = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(endMs) ? null : Math.floor((endMs - nowMs) / dayMs);
}

/** A client id of its own: with the box's, the broker would throw the running agent out. */
async function logIn(look: UplinkLook, tell: Tell): Promise<boolean> {
  const { id, settings, secrets, site, box, clock, signal } = look;
  const { well, bad } = findingsOf("uplink", tell);
  const topic = `hazgate/v1/${site}/${box}`;
  const opened = await openSession(
    {
      ...{ settings, secrets, clock, connectTimeoutMs: stepMsMax, onMessage: () => {} },
      clientId: `hazgate:${site}:${box}:doctor`,
      will: { topic: `${topic}/doctor`, payload: new Uint8Array() },
    },
    signal,
  );
  if (!opened.ok) {
    bad(
      { zh: `${id}: ${opened.error.words.zh}`, en: `${id}: ${opened.error.words.en}` },
      word("检查用户名、密码文件和证书", "check user name, password file and certificate"),
    );
    return false;
  }
  const session = opened.value;
  const refusal = await firstRefusal(session, topic);
  await session.stop(1_000);
  if (refusal !== null) {
    const { zh, en } = refusal.words;
    bad(
      { zh: `${id}: ${zh}`, en: `${id}: ${en}` },
      word(
        `请平台管理员允许本机读 ${topic}/ack 和 ${topic}/command, 写 ${topic}/#`,
        `ask the platform to let this box read ${topic}/ack and ${topic}/command and write ${topic}/#`,
      ),
    );
    return false;
  }
  well(
    `${id}: 登录成功, 可以发布和订阅`,
    `${id}: logged in, may publish and hear the acknowledgements`,
  );
  return true;
}

/** Not every broker refuses a subscription that it will never serve; MQTT 5 tells of a refused message. */
async function firstRefusal(session: MqttSession, topic: string): Promise<UplinkTrouble | null> {
  const subscribed = await session.subscribe(`${topic}/ack`);
  if (!subscribed.ok) return subscribed.error;
  const outcome = await session.publish({
    ...{ topic: `${topic}/doctor`, payload: new Uint8Array(), isRetained: false },
    contentType: "application/octet-stream",
  });
  return outcome.kind === "refused" ? outcome.trouble : null;
}

/** One step of a socket within its time; the error in the words that the agent uses too. */
async function step(
  { id, settings, signal }: UplinkLook,
  tell: Tell,
  work: (signal: AbortSignal) => Promise<{ readonly zh: string; readonly en: string }>,
): Promise<boolean> {
  const { well, bad } = findingsOf("uplink", tell);
  const { host, port } = brokerAddress(settings.url);
  try {
    const { zh, en } = await work(AbortSignal.any([signal, AbortSignal.timeout(stepMsMax)]));
    well(`${id}: ${zh}`, `${id}: ${en}`);
    return true;
  } catch (error) {
    const isLate = error instanceof Error && error.name === "AbortError";
    const code = isLate ? "ETIMEDOUT" : error instanceof Error && "code" in error ? error.code : "";
    const message = error instanceof Error ? error.message : String(error);
    const { words } = socketTrouble({ code: String(code), message }, `${host}:${port}`);
    bad(
      { zh: `${id}: ${words.zh}`, en: `${id}: ${words.en}` },
      command(`ping -c 3 ${host}; nc -vz ${host} ${port}`),
    );
    return false;
  }
}
