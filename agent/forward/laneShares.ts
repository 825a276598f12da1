/** A small share of the line for what is always last, so that a busy earlier lane cannot starve it for ever (pure). */

import type { Lane } from "../records.ts";

/**
 * Of what live readings take, pieces of evidence are owed an eighth; of what pieces take, backlog is owed an eighth.
 * While the line has room for all, nobody ever needs it.
 */
const sharePart = 1 / 8;
/** With so much owed, a lane goes before the one that owes it; no more than `owedMax` is ever remembered. */
const claimBytes = 48 * 1024;
const owedMax = 2 * claimBytes;

export class LaneShares {
  readonly #owed = { piece: 0, backlog: 0 };

  sent(lane: Lane, bytes: number): void {
    if (lane === "live") this.#add("piece", bytes * sharePart);
    if (lane === "piece") {
      this.#add("backlog", bytes * sharePart);
      this.#add("piece", -bytes);
    }
    if (lane === "backlog") this.#add("backlog", -bytes);
  }

  /** Lanes that may go before live readings now, the first of them first. */
  get claims(): readonly Lane[] {
    const claims: Lane[] = [];
    if (this.#owed.backlog >= claimBytes) claims.push("backlog");
    if (this.#owed.piece >= claimBytes) claims.push("evidence", "piece");
    return claims;
  }

  #add(lane: "piece" | "backlog", bytes: number): void {
    this.#owed[lane] = Math.min(owedMax, Math.max(0, this.#owed[lane] + bytes));
  }
}
