/** Judges the main thread by its heartbeat counter, from another thread (pure). */

export type HeartbeatVerdict =
  | { readonly kind: "well" }
  | { readonly kind: "stuck"; readonly silentMs: number }
  | { readonly kind: "moves-again"; readonly silentMs: number };

/** Answers once at each change; "well" otherwise. */
export interface HeartbeatJudge {
  look(beats: number, nowMs: number): HeartbeatVerdict;
}

/** A look later than this after the one before: the whole process stood still, and the silence proves nothing. */
const stoodStillMs = 5_000;

export function createHeartbeatJudge(boundMs: number, startMs: number): HeartbeatJudge {
  let seen: number | null = null;
  let movedMs = startMs;
  let lookedMs = startMs;
  let isStuck = false;
  return {
    look(beats, nowMs) {
      const wasAway = nowMs - lookedMs > stoodStillMs;
      lookedMs = nowMs;
      const silentMs = nowMs - movedMs;
      if (beats !== seen) {
        seen = beats;
        movedMs = nowMs;
        if (!isStuck) return { kind: "well" };
        isStuck = false;
        return { kind: "moves-again", silentMs };
      }
      if (isStuck) return { kind: "well" };
      if (wasAway) movedMs = nowMs;
      else if (silentMs > boundMs) {
        isStuck = true;
        return { kind: "stuck", silentMs };
      }
      return { kind: "well" };
    },
  };
}
