/** Judges, with hysteresis, whether the uplink is well: connected for a while, and acknowledgements come (pure). */

export interface LinkJudge {
  connected(nowMs: number): void;
  disconnected(): void;
  /** A record went out that must be confirmed. */
  sent(nowMs: number): void;
  acked(nowMs: number): void;
  look(nowMs: number, claims: { readonly isOwed: boolean; readonly isRefusing: boolean }): void;
  /** Connected, records sent, and for the ack time-out nobody has confirmed any. Ends with the next ack. */
  readonly isSilent: boolean;
  /** True: seal often, all is fresh. False: seal rarely, it must wait anyway. */
  readonly isLive: boolean;
}

/** A short break does not change how the journal seals; neither does a short return. */
export const hysteresis = { liveAfterMs: 2_000, downAfterMs: 5_000 } as const;

export function createLinkJudge(ackTimeoutMs: number): LinkJudge {
  let connectedMs: number | null = null;
  let owedSinceMs: number | null = null;
  let wellMs = Number.NEGATIVE_INFINITY;
  let isSilent = false;
  let isLive = false;
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
      isSilent = false;
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
  };
}
