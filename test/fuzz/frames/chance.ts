/** Seeded choices. */

import { seeded } from "../../mutations/mutate.ts";

export interface Chance {
  /** Uniform in [0, 1). */
  random(): number;
  /** A whole number, 0 <= n < limit. */
  below(limit: number): number;
  /** True once in `times`. */
  oneIn(times: number): boolean;
  bytes(length: number): Buffer;
  of<T>(choices: readonly T[]): T;
}

export function chanceFrom(seed: number): Chance {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    random,
    below,
    oneIn: (times) => random() * times < 1,
    bytes(length) {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; at += 1) bytes[at] = below(256);
      return bytes;
    },
    of(choices) {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new Error("nothing to choose from");
      return choice;
    },
  };
}
