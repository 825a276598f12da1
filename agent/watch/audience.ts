/** Those who want to hear of something, each until its signal aborts. */

export interface Audience<T> {
  tell(what: T): void;
  subscribe(call: (what: T) => void, signal: AbortSignal): void;
}

export function createAudience<T>(): Audience<T> {
  const listeners = new Set<(what: T) => void>();
  return {
    tell(what) {
      for (const call of listeners) call(what);
    },
    subscribe(call, signal) {
      if (signal.aborted) return;
      listeners.add(call);
      signal.addEventListener("abort", () => listeners.delete(call), { once: true });
    },
  };
}
