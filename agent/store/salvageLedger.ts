/** Which numbers of a damaged journal were carried over, by epoch (pure). */

import { HeldRanges } from "../wire/heldRanges.ts";
import type { SoundRecord } from "./salvageCarry.ts";
import type { SalvageState } from "./salvageTable.ts";

type Pairs = readonly (readonly [number, number])[];

export class SalvageLedger {
  readonly #carried: Map<string, HeldRanges>;
  /** Numbers of the salvaged epoch whose records are known by an older name. */
  readonly #renamed: HeldRanges;

  constructor({ carried, renamed }: Pick<SalvageState, "carried" | "renamed">) {
    this.#carried = new Map(Object.entries(carried).map(([epoch, pairs]) => [epoch, held(pairs)]));
    this.#renamed = held(renamed);
  }

  has({ identity }: SoundRecord): boolean {
    return this.of(identity.epoch).has(identity.seq);
  }

  of(epoch: string | null): HeldRanges {
    return this.#carried.get(epoch ?? "") ?? new HeldRanges();
  }

  add({ identity }: SoundRecord, salvagedEpoch: string | null): void {
    const { epoch, seq, was } = identity;
    const numbers = this.of(epoch);
    numbers.add(seq);
    this.#carried.set(epoch, numbers);
    if (epoch === salvagedEpoch && was !== undefined) this.#renamed.add(seq);
  }

  /** Numbers of this epoch that a receiver will get to see as such. */
  shown(epoch: string | null): HeldRanges {
    const shown = new HeldRanges();
    for (const range of this.of(epoch).ranges) {
      for (const part of this.#renamed.missingIn(range)) shown.addRange(part);
    }
    return shown;
  }

  get state(): Pick<SalvageState, "carried" | "renamed"> {
    const entries = [...this.#carried].map(([epoch, numbers]) => [epoch, pairs(numbers)]);
    return { carried: Object.fromEntries(entries), renamed: pairs(this.#renamed) };
  }

  copy(): SalvageLedger {
    return new SalvageLedger(this.state);
  }
}

function held(ranges: Pairs): HeldRanges {
  const numbers = new HeldRanges();
  for (const [from, to] of ranges) numbers.addRange({ from, to });
  return numbers;
}

function pairs({ ranges }: HeldRanges): [number, number][] {
  return ranges.map(({ from, to }) => [from, to]);
}
