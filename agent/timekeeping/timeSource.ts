/** What a program that disciplines the clock says of it, and what that is worth. Pure. */

import type { ClockState } from "../wire/envelope.ts";

/** One answer, in the words of all sources. */
export interface SourceAnswer {
  /** "chrony", "timesyncd", "ntpd", or "system": only the kernel's own flag is known. */
  readonly source: string;
  /** The source itself says that it follows a reference other than this clock. */
  readonly isSynchronised: boolean;
  /** True time minus the box's clock; null: not told. */
  readonly offsetMs: number | null;
  /** Largest error the source admits, `offsetMs` included; null: not told. */
  readonly errorMsMax: number | null;
  /** Another text each time the source heard from its reference; null: not told. */
  readonly update: string | null;
}

/** A stamp may be off by this and still be called right. */
export const stampErrorMsMax = 1_000;
/** A crystal of 100 ppm is off by 0.9 s after this time without word from the reference. */
const unheardMsMax = 9_000_000;

/** The state that goes into every record. `unheardMs`: since `update` last changed. */
export function clockStateOf(answer: SourceAnswer, unheardMs: number): ClockState {
  const { source, isSynchronised, offsetMs } = answer;
  const errorMs = Math.max(Math.abs(offsetMs ?? 0), answer.errorMsMax ?? 0);
  // Who admits no error is believed for as long as a free crystal would hold.
  const isHeard = answer.errorMsMax !== null || answer.update === null || unheardMs < unheardMsMax;
  const isRight = isSynchronised && errorMs <= stampErrorMsMax && isHeard;
  return { source, state: isRight ? "synchronised" : "unsynchronised", offsetMs };
}

/** To the hundredth of a millisecond: what a record says of its clock should not be long. */
export function roundedMs(ms: number): number {
  // `+ 0` turns -0 into 0.
  return Math.round(ms * 100) / 100 + 0;
}
