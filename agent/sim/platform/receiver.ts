/**
 * The reference of a receiving platform: takes every record once, and says what it holds only after its own
 * commit. It promises nothing about order; identity is (site, box, epoch, seq).
 */

import { connect, type MqttClient } from "mqtt";
import type { Clock } from "../../../config/words/time.ts";
import { arrivalOf, parseTopic, upstreamKinds } from "./arrival.ts";
import type { Arrival } from "./lives.ts";
import type { LifeArrivals, RecordStore } from "./recordStore.ts";

export interface ReceiverOptions {
  readonly url: string;
  readonly protocol: 4 | 5;
  readonly store: RecordStore;
  readonly clock: Clock;
  /** Records that come within this time are committed, and acknowledged, together. */
  readonly groupMs: number;
  readonly tls?: { readonly ca: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Random part of the client id. */
  readonly random: () => number;
}

export interface Receiver extends AsyncDisposable {
  /** Messages that were no valid records; they are counted and dropped. */
  readonly invalid: number;
  readonly acksSent: number;
  /** The newest retained status of each box, as it came; by "site/box". */
  readonly statuses: ReadonlyMap<string, unknown>;
  /** Resolves when subscribed for the first time. */
  readonly ready: Promise<void>;
}

/** With so many uncommitted, the broker has to wait. */
const pendingMax = 1_000;
const ackRangesMax = 500;
const statusBytesMax = 262_144;
const boxesMax = 10_000;
const reconnectMs = 300;
const connectTimeoutMs = 5_000;

export function startReceiver(options: ReceiverOptions): Receiver {
  return new MqttReceiver(options);
}

class MqttReceiver implements Receiver {
  readonly #options: ReceiverOptions;
  readonly #client: MqttClient;
  readonly #ready = Promise.withResolvers<void>();
  readonly statuses = new Map<string, unknown>();
  #pending: Arrival[] = [];
  #isGathering = false;
  #resume: (() => void) | null = null;
  invalid = 0;
  acksSent = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#client = connect(options.url, {
      protocolVersion: options.protocol,
      clientId: `hazgate-platform-${Math.trunc(options.random() * 2 ** 32).toString(16)}`,
      clean: true,
      reconnectPeriod: reconnectMs,
      connectTimeout: connectTimeoutMs,
      queueQoSZero: false,
      resubscribe: false,
      ...options.tls,
    });
    this.#client.on("connect", () => {
      setNoDelay(this.#client.stream);
      this.#client.subscribe("hazgate/v1/+/+/+", { qos: 1 }, (error) => {
        if (error === null) this.#ready.resolve();
      });
    });
    // Called for each message; the next comes after `done`.
    this.#client.handleMessage = (packet, done) => {
      this.#take(packet.topic, packet.payload);
      if (this.#pending.length < pendingMax) done();
      else this.#resume = () => done();
    };
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  #take(name: string, payload: string | Buffer): void {
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    const topic = parseTopic(name);
    if (topic?.kind === "status") this.#keepStatus(`${topic.site}/${topic.box}`, bytes);
    if (topic === null || !upstreamKinds.some((kind) => kind === topic.kind)) return;
    const arrival = arrivalOf(topic, bytes);
    if (!arrival.ok) {
      this.invalid += 1;
      return;
    }
    this.#pending.push(arrival.value);
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#options.clock.timer(this.#options.groupMs, () => this.#commit());
  }

  #keepStatus(box: string, bytes: Buffer): void {
    if (bytes.length > statusBytesMax) return;
    if (this.statuses.size >= boxesMax && !this.statuses.has(box)) return;
    try {
      this.statuses.set(box, JSON.parse(bytes.toString("utf8")));
    } catch {
      this.invalid += 1;
    }
  }

  #commit(): void {
    this.#isGathering = false;
    const arrivals = this.#pending;
    this.#pending = [];
    if (arrivals.length === 0) return;
    for (const answer of this.#options.store.add(arrivals).values()) this.#ack(answer);
    this.#resume?.();
    this.#resume = null;
  }

  #ack({ life, held }: LifeArrivals): void {
    // An ack that cannot go now is not kept: the box sends again what it misses, and is answered then.
    if (!this.#client.connected) return;
    for (let at = 0; at < held.length; at += ackRangesMax) {
      const ranges = held.slice(at, at + ackRangesMax).map(({ from, to }) => [from, to]);
      this.#client.publish(
        `hazgate/v1/${life.site}/${life.box}/ack`,
        JSON.stringify({ v: 1, epoch: life.epoch, ranges }),
        { qos: 1 },
      );
      this.acksSent += 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // First no more messages, then the last commit: what was acknowledged is held, what was not comes again.
    const closed = new Promise<void>((resolve) => {
      this.#client.once("close", () => resolve());
    });
    const wasOpen = this.#client.connected;
    this.#client.end(true);
    if (wasOpen) await closed;
    this.#commit();
  }
}

/** Without it each ack waits for the other side's delayed one. */
function setNoDelay(stream: object): void {
  if ("setNoDelay" in stream && typeof stream.setNoDelay === "function") stream.setNoDelay(true);
}
