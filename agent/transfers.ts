/** Transfers that people declare: while one is under way, a tank's level may move without an alarm of its own. */

import type { Clock, Instant } from "../config/words/time.ts";

export interface Transfer {
  readonly tank: string;
  readonly by: string;
  readonly note: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** As it is kept over a restart. */
export interface KeptTransfer extends Transfer {
  readonly declaredAt: { readonly wallMs: number; readonly monotonicMs: number };
  readonly forMs: number;
}

export interface Transfers {
  /** Those under way. */
  now(): readonly Transfer[];
  /** One a tank: a later declaration takes the place of the one before. Ends after 24 h at the latest. */
  declare(transfer: Transfer): void;
  /** False: none was under way. */
  end(tank: string): boolean;
  isDeclared(tank: string): boolean;
}

const forMsMax = 86_400_000;

/**
 * Lengths count by the monotonic clock, so that setting the clock neither ends nor lengthens one. `kept`: those of the
 * last life. How long that is ago is not known for sure: the box may have booted since, and its wall clock may have been
 * set. The longer answer holds: an alarm too many is the worst that follows.
 */
export function createTransfers(
  clock: Clock,
  options: {
    readonly kept?: readonly KeptTransfer[];
    /** All that are under way, after each change. */
    readonly keep?: (all: readonly KeptTransfer[]) => void;
  } = {},
): Transfers {
  const { kept = [], keep = () => {} } = options;
  const known = new Map<string, { readonly transfer: KeptTransfer; readonly endMs: number }>();
  const isUnderWay = (tank: string): boolean =>
    (known.get(tank)?.endMs ?? Number.NEGATIVE_INFINITY) > clock.monotonicMs();
  const underWay = (): readonly KeptTransfer[] =>
    [...known.values()].map(({ transfer }) => transfer).filter(({ tank }) => isUnderWay(tank));
  const take = (transfer: KeptTransfer, leftMs: number): void => {
    const endMs = clock.monotonicMs() + Math.min(leftMs, forMsMax);
    known.set(transfer.tank, { transfer, endMs });
  };
  const now = clock.now();
  for (const one of kept) take(one, one.forMs - agoMs(one.declaredAt, now));
  return {
    now: () => underWay().map(told),
    declare(transfer) {
      const declaredAt = clock.now();
      const forMs = Math.min(transfer.untilMs - declaredAt.wallMs, forMsMax);
      take({ ...transfer, declaredAt, forMs }, forMs);
      keep(underWay());
    },
    end(tank) {
      const wasUnderWay = isUnderWay(tank);
      known.delete(tank);
      if (wasUnderWay) keep(underWay());
      return wasUnderWay;
    },
    isDeclared: isUnderWay,
  };
}

function told({ tank, by, note, fromMs, untilMs }: KeptTransfer): Transfer {
  return { tank, by, note, fromMs, untilMs };
}

/** A lower monotonic time than then is of another boot: all of the present run of the box came after it. */
function agoMs(then: KeptTransfer["declaredAt"], now: Instant): number {
  const isSameRun = now.monotonicMs >= then.monotonicMs;
  const ranMs = isSameRun ? now.monotonicMs - then.monotonicMs : now.monotonicMs;
  return Math.max(ranMs, now.wallMs - then.wallMs);
}
