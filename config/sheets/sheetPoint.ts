/** One row of a point list, understood. Absent: the sheet says nothing about it. Types only. */

import type { Limits, Point, Register, Scale } from "../site.ts";
import type { Placed } from "./addresses.ts";

export const limitFields = [
  "ll",
  "l",
  "h",
  "hh",
  "gas1",
  "gas2",
  "gas3",
  "o2Low",
  "o2High",
  "rate",
] as const satisfies readonly (keyof Limits)[];
export type LimitField = (typeof limitFields)[number];

export interface SheetPoint {
  /** The cell of the tag. */
  readonly at: string;
  readonly tag: string;
  readonly name?: string;
  readonly kind?: Point["kind"];
  readonly gas?: string;
  readonly device?: string;
  readonly bus?: string;
  readonly unitId?: number;
  readonly place?: Placed;
  readonly type?: Register["type"];
  readonly order?: Register["order"];
  readonly bits?: readonly [number, number];
  readonly rangeLow?: number;
  readonly rangeHigh?: number;
  readonly unit?: string;
  readonly scale?: Scale;
  readonly decimals?: number;
  /** As the site file writes durations. */
  readonly every?: string;
  readonly limits: Readonly<Partial<Record<LimitField, number>>>;
  readonly deadband?: number;
  readonly onDelay?: string;
  readonly offDelay?: string;
  readonly tank?: string;
  readonly medium?: string;
  readonly cas?: string;
  /** Fields whose column is in the sheet and whose cell is empty. */
  readonly empty: ReadonlySet<string>;
}
