/** Where in true time a stamp of a box belongs, by what its records say and nothing else. For whoever reads them. Pure. */

import { z } from "zod";
import type { Envelope } from "../wire/envelope.ts";
import { placedWallMs } from "./placing.ts";

/** What of the details of `clock-synchronised` is needed to place; deploy/docs/manual/time.md explains it. */
const placingSchema = z.object({
  bootId: z.string(),
  fromMonotonicMs: z.number(),
  toMonotonicMs: z.number(),
  anchors: z.array(z.object({ monotonicMs: z.number(), wallMs: z.number() })).min(1),
});
const placingEventSchema = z.object({
  type: z.literal("clock-synchronised"),
  details: placingSchema,
});

export interface Place {
  readonly wallMs: number;
  /** `placed`: by an event; `stamped`: the clock was right; `doubtful`: a guess, to be shown with a mark. */
  readonly how: "placed" | "stamped" | "doubtful";
}

/** Knows what the records of one box together say about its clock. */
export class Places {
  readonly #placings: z.output<typeof placingSchema>[] = [];

  /** Takes any record of the box; only some events matter. What is stamped is placed better the more is known. */
  learn({ kind, body }: Pick<Envelope, "kind" | "body">): void {
    if (kind !== "event") return;
    const event = placingEventSchema.safeParse(body);
    if (event.success) this.#placings.push(event.data.details);
  }

  /** Of a stamp within the record with this envelope. Not for `from` and `to` of gaps. */
  of(
    { boot, clock }: Pick<Envelope, "boot" | "clock">,
    stamp: { readonly wallMs: number; readonly monotonicMs: number },
  ): Place {
    const { wallMs, monotonicMs } = stamp;
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
