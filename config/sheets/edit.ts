/** Changes to a site file, and what people are shown of them. Types only. */

import type { Path } from "../faults/fault.ts";

/** `set` writes the value at the path, whether it stood there or not; `append` adds to a list; `remove` takes away. */
export type Edit =
  | { readonly do: "set"; readonly path: Path; readonly value: unknown }
  | { readonly do: "append"; readonly path: Path; readonly value: unknown }
  | { readonly do: "remove"; readonly path: Path };

export interface Change {
  readonly kind: "add" | "change" | "remove";
  readonly what: "point" | "device" | "bus" | "tank";
  readonly id: string;
  /** The cell of the row that says so; null: no row does. */
  readonly at: string | null;
  readonly fields: readonly {
    readonly field: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
}
