/** What the forwarder needs of a connection to the platform, whatever protocol carries it. Types only. */

/** One thing said in both languages of the house. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/**
 * Why there is no connection, or why a message was not taken. `kind` is stable, for programs.
 * - `unreachable`: no TCP connection (refused, no route, no answer, unknown host).
 * - `untrusted`: TLS failed: the broker's certificate, or ours in the broker's eyes.
 * - `unauthorised`: user, password, client or topic not allowed.
 * - `refused`: the broker said no for another reason.
 * - `silent`: connected, but no answer within the time allowed.
 * - `closed`: the connection ended.
 * - `stopped`: we were told to stop.
 */
export interface UplinkTrouble {
  readonly kind:
    | "unreachable"
    | "untrusted"
    | "unauthorised"
    | "refused"
    | "silent"
    | "closed"
    | "stopped";
  readonly words: Words;
}

export interface UplinkMessage {
  /** Last level of the topic: alarm, readings, gap, event, ... */
  readonly kind: string;
  readonly payload: Uint8Array;
  readonly contentType: string;
}

/**
 * - `accepted`: the broker has taken it. `hasListener` false: it said that nobody subscribed.
 * - `refused`: the broker will not take it now; the connection lives.
 * - `lost`: the connection ended first; it may or may not have arrived.
 */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly hasListener: boolean }
  | { readonly kind: "refused"; readonly trouble: UplinkTrouble }
  | { readonly kind: "lost" };

export type UplinkEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "disconnected" }
  /** A message of the platform about what it holds; unchecked bytes. */
  | { readonly kind: "ack"; readonly payload: Uint8Array }
  /** Something the platform wants done; unchecked bytes. */
  | { readonly kind: "command"; readonly payload: Uint8Array };

export interface UplinkStats {
  readonly isConnected: boolean;
  /** Wall time of the present connection; null without one. */
  readonly connectedSinceWallMs: number | null;
  /** Connections lost since start, our own stop not counted. */
  readonly dropOuts: number;
  /** Attempts to connect since start. */
  readonly attempts: number;
  /** The newest trouble; null while all is well. */
  readonly trouble: UplinkTrouble | null;
}

export interface Uplink {
  /** Keeps a connection, for ever, until `signal` aborts; then says goodbye and ends within 3 s. */
  run(signal: AbortSignal): Promise<void>;
  /** Messages that may be unanswered at once: the broker's own bound; 0 without a connection. */
  readonly inFlightMax: number;
  /** Never rejects. Settles at the latest when the connection is given up. Nothing is queued. */
  send(message: UplinkMessage): Promise<SendOutcome>;
  onEvent(call: (event: UplinkEvent) => void, signal: AbortSignal): void;
  /** Says that the status changed: it is published soon, many calls at once. */
  statusChanged(): void;
  stats(): UplinkStats;
}
