/** The platform's side: where in true time a stamp of a box belongs, by what its records say and nothing else. */

import { z } from "zod";
import { placedWallMs } from "../../agent/timekeeping/placing.ts";
import type { Envelope } from "../../agent/wire/envelope.ts";

const placingSchema = z.object({
  bootId: z.string(),
  fromMonotonicMs: z.number(),
  toMonotonicMs: z.number(),
  anchors: z.array(z.object({ monotonicMs: z.number(), wallMs: z.number() })).min(1),
});
type Placing = z.output<typeof placingSchema>;

export interface Stamp {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export interface Place {
  readonly wallMs: number;
  /** `placed`: by an event; `stamped`: the clock was right; `doubtful`: to be shown with a mark. */
  readonly how: "placed" | "stamped" | "doubtful";
}

/** Knows what all records of a box together say about its clock. */
export class Places {
  readonly #placings: readonly Placing[];

  constructor(envelopes: readonly Envelope[]) {
    this.#placings = envelopes.flatMap(({ kind, body }) => {
      const event = z.object({ type: z.literal("clock-synchronised"), details: placingSchema });
      const parsed = kind === "event" ? event.safeParse(body) : null;
      return parsed?.success === true ? [parsed.data.details] : [];
    });
  }

  of({ boot, clock }: Envelope, { wallMs, monotonicMs }: Stamp): Place {
    const ofBoot = this.#placings.filter(({ bootId }) => bootId === boot);
    const within = ofBoot.find(
      ({ fromMonotonicMs, toMonotonicMs }) =>
        fromMonotonicMs <= monotonicMs && monotonicMs <= toMonotonicMs,
    );
    if (within !== undefined) {
      return { wallMs: placedWallMs(within.anchors, monotonicMs), how: "placed" };
    }
    if (clock.state === "synchronised") return { wallMs, how: "stamped" };
    const next = ofBoot
      .filter(({ fromMonotonicMs }) => fromMonotonicMs > monotonicMs)
      .toSorted((a, b) => a.fromMonotonicMs - b.fromMonotonicMs)[0];
    if (next !== undefined) {
      return { wallMs: placedWallMs(next.anchors, monotonicMs), how: "doubtful" };
    }
    return { wallMs: wallMs + (clock.offsetMs ?? 0), how: "doubtful" };
  }
}
