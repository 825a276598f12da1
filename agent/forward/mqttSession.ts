/**
 * One connection to a broker, from CONNECT to its end. With mqttClient.ts the only file that knows the mqtt library.
 *
 * The library is used for one connection and then thrown away. It never reconnects, never queues and never
 * resends: what it does in those cases loses messages or never calls back. What it does not do is done here:
 * - every publish ends: acknowledged, refused, or `lost` when the session ends;
 * - a session that owes an answer for too long is ended, whatever else is going on. Time is counted in ticks
 *   of our own loop, so that a box that slept or stalled does not blame the network;
 * - large messages on slow links get the time they need, by the rate measured on this connection;
 * - the broker's bounds (receive maximum, packet size) are kept;
 * - pings do not depend on whether we publish.
 */

import type { Socket } from "node:net";
import type { IConnackPacket, MqttClient } from "mqtt";
import type { MqttUplink } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Clock } from "../../config/words/time.ts";
import { type AnswerWatch, createAnswerWatch } from "./answerWatch.ts";
import { brokerAddress, type UplinkSecrets } from "./brokerSocket.ts";
import { brokenOff, reasonTrouble, socketTrouble, trouble } from "./brokerTrouble.ts";
import { discardClient, incomingBytesMax, keepaliveS, startClient } from "./mqttClient.ts";
import type { SendOutcome, UplinkTrouble } from "./uplink.ts";

export interface SessionOptions {
  readonly settings: Pick<MqttUplink, "url" | "protocol" | "username" | "ackTimeout">;
  readonly secrets: UplinkSecrets;
  readonly clientId: string;
  readonly will: { readonly topic: string; readonly payload: Uint8Array };
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  onMessage(topic: string, payload: Uint8Array): void;
}

export interface Publication {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly contentType: string;
  readonly isRetained: boolean;
}

export interface MqttSession {
  /** Publishes that may be unanswered at once. */
  readonly inFlightMax: number;
  readonly inFlight: number;
  /** QoS 1. Never rejects; settles at the latest with `ended`. */
  publish(publication: Publication): Promise<SendOutcome>;
  /** QoS 1. */
  subscribe(topic: string): Promise<Result<void, UplinkTrouble>>;
  /** Resolves once, with the reason, when the connection is over. */
  readonly ended: Promise<UplinkTrouble>;
  /** Ends with a goodbye when nothing is unanswered (no will then), else by cutting; within `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

const noMatchingSubscribers = 0x10;
const packetTooLarge = 0x95;
/** Fixed header, topic, packet id and properties of a publish, generously. */
const publishOverheadBytes = 512;

/** Fails within `connectTimeoutMs`. `signal` ends the attempt, not the session that came of it. */
export async function openSession(
  options: SessionOptions,
  signal: AbortSignal,
): Promise<Result<MqttSession, UplinkTrouble>> {
  const address = brokerAddress(options.settings.url);
  const where = `${address.host}:${address.port}`;
  const opened = startClient(options, address);
  if (!opened.ok) return fail(socketTrouble(opened.error, where));
  const { client, socket } = opened.value;
  const over = Promise.withResolvers<UplinkTrouble>();
  const end = (reason: UplinkTrouble): void => {
    over.resolve(reason);
    discardClient(opened.value);
  };
  const failure = { seen: null as UplinkTrouble | null };
  const progress = { isSecure: false };
  socket.on("secureConnect", () => {
    progress.isSecure = true;
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    failure.seen ??= socketTrouble({ code: error.code, message: error.message }, where);
  });
  boundPackets(socket, client, () => end(tooLarge(where)));
  socket.on("close", () => end(failure.seen ?? closedByPeer(where)));
  client.on("error", (error) => end(failure.seen ?? libraryTrouble(error, where)));
  client.on("disconnect", (packet) => {
    failure.seen ??= reasonTrouble(packet.reasonCode ?? 0, connectionWords);
  });
  const timer = options.clock.timer(options.connectTimeoutMs, () =>
    end(
      trouble("silent", {
        zh: `${where}：${options.connectTimeoutMs / 1000} 秒内没有完成连接`,
        en: `${where}: no MQTT connection within ${options.connectTimeoutMs / 1000} s`,
      }),
    ),
  );
  const abort = (): void => end(trouble("stopped", { zh: "已停止", en: "stopped" }));
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  const answer = await Promise.race([connackOf(client), over.promise]);
  timer.cancel();
  signal.removeEventListener("abort", abort);
  if ("kind" in answer) {
    const isVague = answer.kind === "closed";
    return fail(isVague ? brokenOff(where, { ...address, ...progress }) : answer);
  }
  return ok(new OpenSession({ ...options, client, connack: answer, ended: over.promise, end }));
}

const connectionWords = { zh: "连接", en: "the connection" };

/** MQTT 3.1.1 cannot tell the broker what we accept, and the library gathers whatever a packet claims to be. */
function boundPackets(socket: Socket, client: MqttClient, giveUp: () => void): void {
  let pieceBytes = 0;
  client.on("packetreceive", () => {
    pieceBytes = 0;
  });
  socket.on("data", (bytes: Buffer) => {
    pieceBytes += bytes.byteLength;
    if (pieceBytes > 2 * incomingBytesMax) giveUp();
  });
}

function tooLarge(where: string): UplinkTrouble {
  return trouble("refused", {
    zh: `${where}：收到的消息过大（超过 ${incomingBytesMax / 1024} KiB），已断开`,
    en: `${where}: sent a message far above ${incomingBytesMax / 1024} KiB; disconnected`,
  });
}

function closedByPeer(where: string): UplinkTrouble {
  return trouble("closed", {
    zh: `${where}：对方关闭了连接`,
    en: `${where}: the broker closed the connection`,
  });
}

function libraryTrouble(error: Error, where: string): UplinkTrouble {
  const code: unknown = Reflect.get(error, "code");
  if (typeof code === "number") return reasonTrouble(code, connectionWords);
  const failure = { code: typeof code === "string" ? code : undefined, message: error.message };
  return socketTrouble(failure, where);
}

function connackOf(client: MqttClient): Promise<IConnackPacket> {
  return new Promise((resolve) => client.once("connect", resolve));
}

interface OpenSessionOptions extends SessionOptions {
  readonly client: MqttClient;
  readonly connack: IConnackPacket;
  readonly ended: Promise<UplinkTrouble>;
  end(reason: UplinkTrouble): void;
}

class OpenSession implements MqttSession {
  readonly inFlightMax: number;
  readonly ended: Promise<UplinkTrouble>;
  readonly #options: OpenSessionOptions;
  readonly #packetBytesMax: number;
  readonly #watch: AnswerWatch;
  readonly #waiting = new Map<number, (outcome: SendOutcome) => void>();
  #nextTicket = 1;
  #isOver = false;
  #pubackReason = 0;

  constructor(options: OpenSessionOptions) {
    this.#options = options;
    const { properties } = options.connack;
    this.inFlightMax = properties?.receiveMaximum ?? 65_535;
    this.#packetBytesMax = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    this.#watch = createAnswerWatch({
      clock: options.clock,
      answerMs: options.settings.ackTimeout,
      pingEveryMs: ((properties?.serverKeepAlive ?? keepaliveS) * 2_000) / 3,
      ping: () => options.client.sendPing(),
      giveUp: (words) => options.end(trouble("silent", words)),
    });
    options.client.on("packetreceive", (packet) => {
      this.#watch.received(packet.cmd === "pingresp");
      if (packet.cmd === "puback") this.#pubackReason = packet.reasonCode ?? 0;
    });
    options.client.on("message", (topic, payload) => options.onMessage(topic, payload));
    this.ended = options.ended.then((reason) => {
      this.#isOver = true;
      this.#watch.stop();
      for (const settle of this.#waiting.values()) settle({ kind: "lost" });
      this.#waiting.clear();
      return reason;
    });
  }

  get inFlight(): number {
    return this.#waiting.size;
  }

  publish(publication: Publication): Promise<SendOutcome> {
    const { topic, payload } = publication;
    const sizeBytes = payload.byteLength + topic.length * 3 + publishOverheadBytes;
    if (this.#isOver) return Promise.resolve({ kind: "lost" });
    if (sizeBytes > this.#packetBytesMax) {
      const refused = reasonTrouble(packetTooLarge, messageWords(topic));
      return Promise.resolve({ kind: "refused", trouble: refused });
    }
    return new Promise((resolve) => {
      const ticket = this.#nextTicket++;
      this.#waiting.set(ticket, resolve);
      this.#watch.sent(ticket, sizeBytes);
      this.#options.client.publish(
        topic,
        Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
        this.#publishOptions(publication),
        (error) => {
          // Already settled as lost: whatever the library says now says nothing about the broker.
          if (!this.#waiting.delete(ticket)) return;
          this.#watch.answered(ticket);
          resolve(this.#outcome(error ?? undefined, topic));
        },
      );
    });
  }

  #publishOptions(publication: Publication) {
    const base = { qos: 1, retain: publication.isRetained } as const;
    if (this.#options.settings.protocol !== 5) return base;
    return { ...base, properties: { contentType: publication.contentType } };
  }

  #outcome(error: Error | undefined, topic: string): SendOutcome {
    if (error === undefined) {
      return { kind: "accepted", hasListener: this.#pubackReason !== noMatchingSubscribers };
    }
    const code: unknown = Reflect.get(error, "code");
    if (typeof code !== "number" || code < 0x80) return { kind: "lost" };
    return { kind: "refused", trouble: reasonTrouble(code, messageWords(topic)) };
  }

  async subscribe(topic: string): Promise<Result<void, UplinkTrouble>> {
    const ticket = this.#nextTicket++;
    this.#watch.sent(ticket, 0);
    const answer = new Promise<Result<void, UplinkTrouble>>((resolve) => {
      this.#options.client.subscribe(topic, { qos: 1 }, (error, granted) => {
        this.#watch.answered(ticket);
        const code = granted?.[0]?.qos ?? 0x80;
        const words = { zh: `订阅 ${topic}`, en: `to subscribe ${topic}` };
        resolve(error === null && code < 0x80 ? ok(undefined) : fail(reasonTrouble(code, words)));
      });
    });
    return await Promise.race([answer, this.ended.then((reason) => fail(reason))]);
  }

  async stop(deadlineMs: number): Promise<void> {
    const stopped = trouble("stopped", { zh: "已停止", en: "stopped" });
    const timer = this.#options.clock.timer(deadlineMs, () => this.#options.end(stopped));
    // With unanswered messages the library's goodbye may wait for ever; then the cut alone must do.
    if (this.#waiting.size === 0) this.#options.client.end(false);
    else this.#options.end(stopped);
    await this.ended;
    timer.cancel();
  }
}

function messageWords(topic: string): { zh: string; en: string } {
  return { zh: `主题 ${topic} 的消息`, en: `a message on ${topic}` };
}
