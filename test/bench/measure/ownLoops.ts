/** Our lines as a contender: asks all of a field until SIGTERM, then prints the counts as one line of JSON. */

import { createLineLoop } from "../../../agent/acquire/lineLoop.ts";
import type { Field } from "../../../agent/field.ts";
import type { ReadingBlock } from "../../../agent/records.ts";
import type { Clock } from "../../../config/words/time.ts";

export function runOwnLoops(
  { field, clock }: { readonly field: Field; readonly clock: Clock },
  counts: { failed: number },
  take: (block: ReadingBlock) => void,
): void {
  const stop = new AbortController();
  const loops = field.lines.map(({ asked, together }) =>
    createLineLoop({
      asked,
      together,
      clock,
      sink: {
        samples(key, samples) {
          const block = field.normalisers[key]?.readings(samples);
          if (block !== undefined) take(block);
        },
        silence() {
          counts.failed += 1;
        },
        connection() {},
      },
    }).run(stop.signal),
  );
  process.once("SIGTERM", () => {
    stop.abort();
    void Promise.all(loops).then(async () => {
      await field[Symbol.asyncDispose]();
      process.stdout.write(`${JSON.stringify(counts)}\n`);
    });
  });
}
