/** Transfers that people declare: while one is under way, a tank's level may move without an alarm of its own. */

import type { Clock } from "../config/words/time.ts";

export interface Transfer {
  readonly tank: string;
  readonly by: string;
  readonly note: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Transfers {
  /** Those under way. */
  now(): readonly Transfer[];
  /** One a tank: a later declaration takes the place of the one before. */
  declare(transfer: Transfer): void;
  /** False: none was under way. */
  end(tank: string): boolean;
  isDeclared(tank: string): boolean;
}

/**
 * Lengths count by the monotonic clock, so that setting the clock neither ends nor lengthens one. Not kept over a
 * restart: the worst that follows is an alarm too many, never one too few.
 */
export function createTransfers(clock: Clock): Transfers {
  const known = new Map<string, { readonly transfer: Transfer; readonly endMs: number }>();
  const isUnderWay = (tank: string): boolean =>
    (known.get(tank)?.endMs ?? Number.NEGATIVE_INFINITY) > clock.monotonicMs();
  return {
    now: () =>
      [...known.values()].map(({ transfer }) => transfer).filter(({ tank }) => isUnderWay(tank)),
    declare(transfer) {
      const forMs = transfer.untilMs - clock.now().wallMs;
      known.set(transfer.tank, { transfer, endMs: clock.monotonicMs() + forMs });
    },
    end(tank) {
      const wasUnderWay = isUnderWay(tank);
      known.delete(tank);
      return wasUnderWay;
    },
    isDeclared: isUnderWay,
  };
}
