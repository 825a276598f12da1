/** Bounds bytes per second, in the mean over a second (pure). */

export interface TokenBucket {
  /** For now no more than this; null: no more than the site's own bound, which is never passed. */
  ask(bytesPerS: number | null, nowMs: number): void;
  /** What holds now; null: unbounded. */
  readonly bytesPerS: number | null;
  /** How long to wait before the next message may go; 0: now. */
  waitMs(nowMs: number): number;
  /** A message went: one larger than what was saved up is paid for by the next ones' waiting. */
  spend(bytes: number, nowMs: number): void;
}

/** What an idle second saves up; so a burst is never longer than this. */
const savedMs = 1_000;
/** Waiting for less than this would wake the loop for nothing. */
const waitMsMin = 1;

/** `siteBytesPerS`: the bound of the site; null: none. */
export function createTokenBucket(siteBytesPerS: number | null, nowMs: number): TokenBucket {
  let rate = siteBytesPerS;
  let atMs = nowMs;
  let saved = capacity();

  function capacity(): number {
    return ((rate ?? 0) * savedMs) / 1_000;
  }

  function refill(ms: number): void {
    saved = Math.min(capacity(), saved + ((rate ?? 0) * Math.max(0, ms - atMs)) / 1_000);
    atMs = ms;
  }

  return {
    ask(asked, ms) {
      refill(ms);
      const isAskedLower = asked !== null && (siteBytesPerS === null || asked < siteBytesPerS);
      const next = isAskedLower ? asked : siteBytesPerS;
      // A debt is one of time: it takes as long to pay at the new rate.
      if (saved < 0 && rate !== null && next !== null) saved *= next / rate;
      rate = next;
      saved = Math.min(saved, capacity());
    },
    get bytesPerS() {
      return rate;
    },
    waitMs(ms) {
      if (rate === null) return 0;
      refill(ms);
      return saved > 0 ? 0 : Math.max(waitMsMin, (-saved / rate) * 1_000);
    },
    spend(bytes, ms) {
      if (rate === null) return;
      refill(ms);
      saved -= bytes;
    },
  };
}
