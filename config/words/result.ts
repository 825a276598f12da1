/** Expected trouble as a value: `Result`, and the two ways a bug ends the process. */

export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fail<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** A broken promise of our own code. The process ends and the supervisor starts it clean. */
export class BugError extends Error {
  override readonly name: string = "BugError";
}

/** @throws BugError when `claim` does not hold. */
export function invariant(claim: boolean, message: string): asserts claim {
  if (!claim) throw new BugError(message);
}

/** Ends a `switch` over a union: compiles only when every case was handled. */
export function unreachable(value: never): never {
  throw new BugError(`unhandled case: ${JSON.stringify(value)}`);
}
