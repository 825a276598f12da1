/** The newest reading of a point, for a component that shows it. */

import { type Now, readings } from "../live.ts";

const unheard: Now = { value: null, quality: null };

/** A component that calls it is drawn anew when this point changes, and only then. */
export function pointNow(at: number): Now {
  return readings.value[at]?.value ?? unheard;
}
