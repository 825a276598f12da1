/** Two clocks that must never be mixed, and the one door through which time comes in. */

declare const brand: unique symbol;

/** Milliseconds since 1970 UTC by the box's wall clock. May step; only for stamps. */
export type WallMs = number & { readonly [brand]: "WallMs" };
/** Milliseconds since the box booted. Never steps; the only measure of elapsed time. */
export type MonotonicMs = number & { readonly [brand]: "MonotonicMs" };

export function wallMs(ms: number): WallMs {
  return ms as WallMs;
}
export function monotonicMs(ms: number): MonotonicMs {
  return ms as MonotonicMs;
}

/** One moment on both clocks. */
export interface Instant {
  readonly wallMs: WallMs;
  readonly monotonicMs: MonotonicMs;
}

export interface Timer {
  /** Harmless when it already rang or was cancelled. */
  cancel(): void;
}

/** The outside world's time, injected everywhere. Real: agent/realClock.ts. Fake: test/fakes. */
export interface Clock {
  now(): Instant;
  monotonicMs(): MonotonicMs;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `ring` once after `ms`. */
  timer(ms: number, ring: () => void): Timer;
}
