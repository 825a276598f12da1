/** The parameter sets in force, from the SDP and from the stream itself, and what they say of the picture. */

import type { StreamFormat } from "../contract.ts";
import type { Coding, NalKind } from "./nalUnits.ts";

const setsPerKindMax = 16;
const setBytesMax = 4_096;

export class FormatMemory {
  readonly #coding: Coding;
  readonly #sets = new Map<NalKind, readonly Uint8Array[]>();
  #hasNews = true;

  constructor(coding: Coding, initial: readonly Uint8Array[]) {
    this.#coding = coding;
    this.learn(initial);
  }

  /** The parameter sets among these NAL units replace those of the same kind. */
  learn(nals: readonly Uint8Array[]): void {
    const { setKinds, kindOf } = this.#coding;
    if (!nals.some((nal) => setKinds.includes(kindOf(nal[0] ?? 0)))) return;
    for (const kind of setKinds) {
      const fresh = withoutTwins(
        nals.filter((nal) => kindOf(nal[0] ?? 0) === kind && nal.length <= setBytesMax),
      );
      if (fresh.length === 0 || areSame(fresh, this.#sets.get(kind) ?? [])) continue;
      // Copies: a set must not keep the whole picture alive in which it came.
      this.#sets.set(
        kind,
        fresh.map((nal) => Uint8Array.from(nal)),
      );
      this.#hasNews = true;
    }
  }

  /** The format when it is new since the last call, else null. */
  takeNews(): StreamFormat | null {
    if (!this.#hasNews) return null;
    this.#hasNews = false;
    const sps = this.#sets.get("sps")?.[0];
    const size = sps === undefined ? null : this.#coding.sizeOf(sps);
    return {
      codec: this.#coding.codec,
      width: size?.width ?? null,
      height: size?.height ?? null,
      parameterSets: this.#coding.setKinds.flatMap((kind) => this.#sets.get(kind) ?? []),
    };
  }
}

/** Some cameras send each set twice. */
function withoutTwins(sets: readonly Uint8Array[]): Uint8Array[] {
  const kept: Uint8Array[] = [];
  for (const set of sets) {
    if (kept.length < setsPerKindMax && !kept.some((one) => Buffer.compare(one, set) === 0)) {
      kept.push(set);
    }
  }
  return kept;
}

function areSame(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return (
    some.length === others.length &&
    some.every((set, index) => Buffer.compare(set, others[index] ?? new Uint8Array()) === 0)
  );
}
