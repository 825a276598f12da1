/** A site whose every field is well formed, and where each of them stands. Types only. */

import type { Path, Place } from "./faults/fault.ts";
import type { Site } from "./site.ts";

export interface SiteText {
  /** Name for messages. */
  readonly file: string;
  readonly text: string;
}

/** A site whose every field is well formed, and where each of them stands. */
export interface LoadedSite extends SiteText {
  readonly site: Site;
  /** Where `path`, or the nearest part of it that is written, stands: at its value, or at its key. */
  where(path: Path, atKey?: boolean): Place;
  /** Whether the file itself holds `path`, as opposed to a default. */
  isWritten(path: Path): boolean;
}
