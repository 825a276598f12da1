/** The browser's time; nothing else of the page asks the browser for it. */

/** By the browser's wall clock, ms since 1970; may step, and may be wrong. */
export function browserWallMs(): number {
  return Date.now();
}

/** Never steps; may stand still while the machine sleeps. */
export function browserMonotonicMs(): number {
  return performance.now();
}

/** Calls `ring` every `ms` until the function it returns is called. */
export function every(ms: number, ring: () => void): () => void {
  const timer = setInterval(ring, ms);
  return () => clearInterval(timer);
}

/** Calls `ring` once after `ms`, unless the function it returns is called before. */
export function after(ms: number, ring: () => void): () => void {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
}
