/** What can happen to a box and its clock. Types only. */

export type Happening =
  | { readonly do: "set"; readonly ms: number }
  | { readonly do: "slew"; readonly seconds: number; readonly msEach: number }
  | { readonly do: "leap" }
  | { readonly do: "sleep"; readonly ms: number }
  | { readonly do: "server"; readonly isReachable: boolean }
  | { readonly do: "chronyd"; readonly isUp: boolean }
  | { readonly do: "uplink"; readonly isUp: boolean }
  /** Power cut; the next boot begins with this wall clock, or the right one. */
  | { readonly do: "boot"; readonly wallMs: number | "right"; readonly downMs: number }
  | { readonly do: "wait"; readonly seconds: number };

export interface History {
  readonly name: string;
  /** Wall clock at the start; null: right. */
  readonly startWallMs: number | null;
  /** No server is reachable at first. */
  readonly isAlone?: boolean;
  readonly happenings: readonly Happening[];
}
