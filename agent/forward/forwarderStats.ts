/** What the forwarder tells about itself, in figures and in words (pure). */

import type { UplinkStats, UplinkTrouble, Words } from "./uplink.ts";

export interface ForwarderCounts {
  /** Records handed to the connection, sendings counted each. */
  sent: number;
  /** Records marked delivered in the journal. */
  delivered: number;
  /** Sendings beyond a record's first. */
  resent: number;
  /** Refusals by the broker; the records are kept and tried again. */
  refused: number;
  /** The broker took them and said that nobody listens. */
  unheard: number;
  /** Acks that were no acks, and acks for another life of the journal: both ignored. */
  badAcks: number;
  strayAcks: number;
  /** Messages that were no commands, repeated ones, and floods of them. */
  ignoredCommands: number;
  journalFailures: number;
  lastAckWallMs: number | null;
}

export function noCounts(): ForwarderCounts {
  return {
    sent: 0,
    delivered: 0,
    resent: 0,
    refused: 0,
    unheard: 0,
    badAcks: 0,
    strayAcks: 0,
    ignoredCommands: 0,
    journalFailures: 0,
    lastAckWallMs: null,
  };
}

export interface ForwarderState {
  readonly kind: "connecting" | "idle" | "sending" | "platform-silent" | "refused";
  readonly words: Words;
}

export interface ForwarderStats extends Readonly<ForwarderCounts> {
  readonly inFlight: number;
  /** Sent records whose delivery is not yet known and noted. */
  readonly unconfirmed: number;
  readonly isLive: boolean;
  readonly state: ForwarderState;
  readonly uplink: UplinkStats;
}

export function stateOf(claims: {
  readonly uplink: UplinkStats;
  readonly isSilent: boolean;
  /** Why the broker refused records that are still kept; null when it did not. */
  readonly refusal: UplinkTrouble | null;
  readonly isSending: boolean;
}): ForwarderState {
  const { uplink } = claims;
  if (!uplink.isConnected) {
    const zh = uplink.trouble === null ? "正在连接" : `未连接：${uplink.trouble.words.zh}`;
    const en = uplink.trouble === null ? "connecting" : `not connected: ${uplink.trouble.words.en}`;
    return { kind: "connecting", words: { zh, en } };
  }
  if (claims.refusal !== null) {
    const { zh, en } = claims.refusal.words;
    return { kind: "refused", words: { zh: `${zh}；记录保留`, en: `${en}; the records are kept` } };
  }
  if (claims.isSilent) {
    return {
      kind: "platform-silent",
      words: {
        zh: "已连接，但平台没有确认；记录保留",
        en: "connected, but the platform confirms nothing; the records are kept",
      },
    };
  }
  return claims.isSending
    ? { kind: "sending", words: { zh: "正在发送", en: "sending" } }
    : { kind: "idle", words: { zh: "已全部发送", en: "all sent" } };
}
