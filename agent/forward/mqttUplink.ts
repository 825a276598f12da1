/** An uplink over MQTT: one session after another, with retained status, last will and the platform's acks. */

import type { MqttUplink } from "../../config/site.ts";
import type { Clock } from "../../config/words/time.ts";
import { type BackoffLimits, backoffMs, defaultBackoff, steadyMs } from "./backoff.ts";
import type { UplinkSecrets } from "./brokerSocket.ts";
import { type MqttSession, openSession } from "./mqttSession.ts";
import type {
  SendOutcome,
  Uplink,
  UplinkEvent,
  UplinkMessage,
  UplinkStats,
  UplinkTrouble,
} from "./uplink.ts";

export interface MqttUplinkOptions {
  readonly settings: MqttUplink;
  readonly site: string;
  readonly box: string;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly secrets: UplinkSecrets;
  /** The body of the retained `status`; asked each time it is published. `online` and `uplink` are added. */
  status(): unknown;
  /** Other than the defaults only in tests. */
  readonly reconnect?: BackoffLimits;
  readonly connectTimeoutMs?: number;
}

const statusEveryMs = 60_000;
/** Changes within this time are published together. */
const statusLookMs = 500;
const connectTimeoutMs = 15_000;
const goodbyeMs = 1_000;

export function createMqttUplink(options: MqttUplinkOptions): Uplink {
  return new MqttUplinkLoop(options);
}

class MqttUplinkLoop implements Uplink {
  readonly #options: MqttUplinkOptions;
  readonly #topic: string;
  readonly #listeners = new Set<(event: UplinkEvent) => void>();
  #session: MqttSession | null = null;
  #connectedSinceWallMs: number | null = null;
  /** When the broker took the newest connection; null: it has not yet. */
  #servedFromMs: number | null = null;
  #dropOuts = 0;
  #attempts = 0;
  #trouble: UplinkTrouble | null = null;
  #isStatusWanted = false;

  constructor(options: MqttUplinkOptions) {
    this.#options = options;
    this.#topic = `hazgate/v1/${options.site}/${options.box}`;
  }

  get inFlightMax(): number {
    const max = this.#session?.inFlightMax ?? 0;
    // One place stays free for the status, where the broker grants more than one.
    return max > 1 ? max - 1 : max;
  }

  onEvent(call: (event: UplinkEvent) => void, signal: AbortSignal): void {
    this.#listeners.add(call);
    signal.addEventListener("abort", () => this.#listeners.delete(call), { once: true });
  }

  statusChanged(): void {
    this.#isStatusWanted = true;
  }

  stats(): UplinkStats {
    return {
      isConnected: this.#session !== null,
      connectedSinceWallMs: this.#connectedSinceWallMs,
      dropOuts: this.#dropOuts,
      attempts: this.#attempts,
      trouble: this.#trouble,
    };
  }

  async send(message: UplinkMessage): Promise<SendOutcome> {
    const session = this.#session;
    if (session === null || session.inFlight >= session.inFlightMax) return { kind: "lost" };
    return await session.publish({
      topic: `${this.#topic}/${message.kind}`,
      payload: message.payload,
      contentType: message.contentType,
      isRetained: false,
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      this.#servedFromMs = null;
      this.#trouble = (await this.#oneSession(signal)) ?? this.#trouble;
      // A connection that did not live long does not count as a return: no flapping. The way to it is no life.
      const livedMs = clock.monotonicMs() - (this.#servedFromMs ?? clock.monotonicMs());
      failures = livedMs >= steadyMs ? 1 : failures + 1;
      const limits = this.#options.reconnect ?? defaultBackoff;
      await clock.sleep(backoffMs(failures, this.#options.random(), limits), signal);
    }
  }

  /** From the attempt to the end; answers why it ended, null when we were told to stop. */
  async #oneSession(signal: AbortSignal): Promise<UplinkTrouble | null> {
    this.#attempts += 1;
    const opened = await openSession(
      {
        settings: this.#options.settings,
        secrets: this.#options.secrets,
        // ":" cannot be part of a site's or box's id, so no two boxes ever share a client id.
        clientId: `hazgate:${this.#options.site}:${this.#options.box}`,
        will: { topic: `${this.#topic}/status`, payload: this.#statusPayload({ online: false }) },
        connectTimeoutMs: this.#options.connectTimeoutMs ?? connectTimeoutMs,
        clock: this.#options.clock,
        onMessage: (topic, payload) => {
          if (topic === `${this.#topic}/ack`) this.#emit({ kind: "ack", payload });
          if (topic === `${this.#topic}/command`) this.#emit({ kind: "command", payload });
        },
      },
      signal,
    );
    if (!opened.ok) return signal.aborted ? null : opened.error;
    const session = opened.value;
    const reason = await this.#serve(session, signal);
    return signal.aborted ? null : reason;
  }

  async #serve(session: MqttSession, signal: AbortSignal): Promise<UplinkTrouble> {
    const over = new AbortController();
    const ended = session.ended.then((reason) => {
      over.abort();
      return reason;
    });
    this.#session = session;
    this.#servedFromMs = this.#options.clock.monotonicMs();
    this.#connectedSinceWallMs = this.#options.clock.now().wallMs;
    this.#trouble = null;
    // Goes out before any record: the broker takes things in their order.
    if (this.#options.settings.ack === "platform") void this.#subscribe(session, "ack");
    void this.#subscribe(session, "command");
    this.#emit({ kind: "connected" });
    await this.#keepStatus(session, AbortSignal.any([signal, over.signal]));
    this.#session = null;
    if (signal.aborted) await this.#sayGoodbye(session);
    else this.#dropOuts += 1;
    this.#connectedSinceWallMs = null;
    const reason = await ended;
    this.#emit({ kind: "disconnected" });
    return reason;
  }

  /** Without acks nothing is ever delivered; without commands all else works, so the trouble is only said. */
  async #subscribe(session: MqttSession, kind: "ack" | "command"): Promise<void> {
    const subscribed = await session.subscribe(`${this.#topic}/${kind}`);
    if (!subscribed.ok && subscribed.error.kind !== "closed") this.#trouble = subscribed.error;
  }

  /** Publishes the status at once, on change and each minute, until `until` aborts. */
  async #keepStatus(session: MqttSession, until: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let isUnderWay = false;
    let publishedMs = clock.monotonicMs();
    this.#isStatusWanted = true;
    while (!until.aborted) {
      const isDue = this.#isStatusWanted || clock.monotonicMs() - publishedMs >= statusEveryMs;
      // With the broker's bound used up the status waits for the next look.
      if (isDue && !isUnderWay && session.inFlight < session.inFlightMax) {
        isUnderWay = true;
        publishedMs = clock.monotonicMs();
        this.#isStatusWanted = false;
        void this.#publishStatus(session, true).then(() => {
          isUnderWay = false;
        });
      }
      await clock.sleep(statusLookMs, until);
    }
  }

  async #sayGoodbye(session: MqttSession): Promise<void> {
    const { clock } = this.#options;
    const deadline = new AbortController();
    const gone = this.#publishStatus(session, false);
    await Promise.race([gone, clock.sleep(goodbyeMs, deadline.signal)]);
    deadline.abort();
    await session.stop(goodbyeMs);
  }

  async #publishStatus(session: MqttSession, online: boolean): Promise<void> {
    const uplink = { connectedSinceWallMs: this.#connectedSinceWallMs, dropOuts: this.#dropOuts };
    const body = { ...fields(this.#options.status()), online, uplink };
    const outcome = await session.publish({
      topic: `${this.#topic}/status`,
      payload: this.#statusPayload(body),
      contentType: "application/json",
      isRetained: true,
    });
    if (outcome.kind === "refused") this.#trouble = outcome.trouble;
  }

  #statusPayload(body: Record<string, unknown>): Uint8Array {
    const { site, box, clock } = this.#options;
    const sealedAt = clock.now().wallMs;
    const message = { v: 1, site, box, kind: "status", sealedAt, body };
    return new TextEncoder().encode(JSON.stringify(message));
  }

  #emit(event: UplinkEvent): void {
    for (const call of this.#listeners) call(event);
  }
}

function fields(body: unknown): object {
  return typeof body === "object" && body !== null ? body : {};
}
