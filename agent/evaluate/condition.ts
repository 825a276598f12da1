/** One alarm condition in time: on-delay before it counts, off-delay before it is over. Pure. */

/**
 * - `beyond`: the limit is passed. - `within`: clearly back, deadband included.
 * - `between`: inside the deadband: whatever was, stays.
 * - `unknown`: no number to judge.
 */
export type Finding = "beyond" | "within" | "between" | "unknown";

/** `pending` and `returning` are delays running; only `active` and `returning` stand as an alarm. */
export type ConditionState =
  | { readonly phase: "normal" }
  | { readonly phase: "pending"; readonly sinceMs: number }
  | { readonly phase: "active" }
  | { readonly phase: "returning"; readonly sinceMs: number };

export interface Delays {
  readonly onDelayMs: number;
  readonly offDelayMs: number;
}

export const normal: ConditionState = { phase: "normal" };
export const active: ConditionState = { phase: "active" };

export function isStanding(state: ConditionState): boolean {
  return state.phase === "active" || state.phase === "returning";
}

/**
 * The state after one finding at `nowMs` (monotonic). Returns the same object when nothing changes.
 * A running on-delay survives `between` and `unknown` (the safe side: a flickering or failing sensor must not
 * keep an alarm away), a running off-delay does not survive them.
 */
export function nextState(
  delays: Delays,
  state: ConditionState,
  finding: Finding,
  nowMs: number,
): ConditionState {
  switch (state.phase) {
    case "normal":
      return finding === "beyond" ? begin(delays.onDelayMs, "pending", nowMs) : state;
    case "pending":
      return whilePending(delays, state, finding, nowMs);
    case "active":
      return finding === "within" ? begin(delays.offDelayMs, "returning", nowMs) : state;
    case "returning":
      if (finding !== "within") return active;
      return nowMs - state.sinceMs >= delays.offDelayMs ? normal : state;
  }
}

/** Starts a delay, or ends it at once when there is none. */
function begin(delayMs: number, phase: "pending" | "returning", nowMs: number): ConditionState {
  if (delayMs > 0) return { phase, sinceMs: nowMs };
  return phase === "pending" ? active : normal;
}

function whilePending(
  delays: Delays,
  state: Extract<ConditionState, { phase: "pending" }>,
  finding: Finding,
  nowMs: number,
): ConditionState {
  if (finding === "within") return normal;
  return finding === "beyond" && nowMs - state.sinceMs >= delays.onDelayMs ? active : state;
}
