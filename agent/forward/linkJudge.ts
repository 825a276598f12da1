/** Judges, with hysteresis, whether the uplink is well: connected for a while, and acknowledgements come (pure). */

export interface LinkJudge {
  connected(nowMs: number): void;
  disconnected(): void;
  /** A record went out that must be confirmed. */
  sent(nowMs: number): void;
  acked(nowMs: number): void;
  /** The broker said that nobody listens. Believed until the first ack of a connection shows that it is wrong. */
  unheard(): void;
  look(nowMs: number, claims: { readonly isOwed: boolean; readonly isRefusing: boolean }): void;
  /** Connected, records sent, and for the ack time-out nobody has confirmed any. Ends with the next ack. */
  readonly isSilent: boolean;
  /** Whether a silent platform is to be asked again now, by one record: soon at first, then each ack time-out. */
  takeProbe(nowMs: number): boolean;
  /** True: seal often, all is fresh. False: seal rarely, it must wait anyway. */
  readonly isLive: boolean;
}

/** A short break does not change how the journal seals; neither does a short return. */
export const hysteresis = { liveAfterMs: 2_000, downAfterMs: 5_000 } as const;

const firstProbeMs = 1_000;

export function createLinkJudge(ackTimeoutMs: number): LinkJudge {
  let connectedMs: number | null = null;
  let owedSinceMs: number | null = null;
  let wellMs = Number.NEGATIVE_INFINITY;
  let hasAck = false;
  let isSilent = false;
  let isLive = false;
  let probe = { atMs: 0, waitMs: firstProbeMs };
  return {
    get isSilent() {
      return isSilent;
    },
    get isLive() {
      return isLive;
    },
    connected(nowMs) {
      connectedMs = nowMs;
      owedSinceMs = null;
      hasAck = false;
    },
    disconnected() {
      connectedMs = null;
      owedSinceMs = null;
    },
    sent(nowMs) {
      owedSinceMs ??= nowMs;
    },
    acked(nowMs) {
      owedSinceMs = nowMs;
      hasAck = true;
      isSilent = false;
    },
    unheard() {
      if (!hasAck) isSilent = true;
    },
    look(nowMs, { isOwed, isRefusing }) {
      if (!isOwed) owedSinceMs = null;
      else if (connectedMs !== null) owedSinceMs ??= nowMs;
      if (owedSinceMs !== null && nowMs - owedSinceMs >= ackTimeoutMs) isSilent = true;
      const isWell =
        connectedMs !== null &&
        nowMs - connectedMs >= hysteresis.liveAfterMs &&
        !isSilent &&
        !isRefusing;
      if (isWell) wellMs = nowMs;
      if (isSilent || nowMs - wellMs >= hysteresis.downAfterMs) isLive = false;
      else if (isWell) isLive = true;
    },
    takeProbe(nowMs) {
      if (!isSilent) probe = { atMs: nowMs, waitMs: firstProbeMs };
      if (!isSilent || nowMs - probe.atMs < probe.waitMs) return false;
      probe = { atMs: nowMs, waitMs: Math.min(2 * probe.waitMs, ackTimeoutMs) };
      return true;
    },
  };
}
