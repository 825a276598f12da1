/** The live channel: WebSocket /api/live. Times are ms since 1970. */

import type { Priority } from "../../../config/words/alarms.ts";
import type { AlarmView } from "./alarms.ts";
import type { SiteView } from "./site.ts";

export interface LampView {
  /** `well` is shown grey: colour is for what is not well. */
  readonly state: "well" | "caution" | "bad" | "off";
  readonly zh: string;
  readonly en: string;
}

/** How the box is; sent once a second: the heartbeat of the page. */
export interface BoxView {
  readonly nowMs: number;
  /** When the newest reading of any point was taken; null: none yet. */
  readonly lastReadingMs: number | null;
  readonly points: { readonly total: number; readonly good: number };
  readonly lamps: {
    readonly sensors: LampView;
    readonly cameras: LampView;
    readonly upload: LampView;
    readonly clock: LampView;
    readonly disk: LampView;
    /** Polling, judging, storing make progress (the self-silence watch). */
    readonly self: LampView;
  };
  readonly flood: {
    readonly isOn: boolean;
    readonly inTenMinutes: number;
    readonly sinceMs: number | null;
  };
  readonly counts: {
    readonly active: Readonly<Record<Priority, number>>;
    readonly unacked: number;
    readonly shelved: number;
    readonly suppressed: number;
    readonly outOfService: number;
    readonly chattering: number;
    readonly stale: number;
  };
  readonly clients: number;
  /** Clients at which somebody has heard the test tone. */
  readonly clientsWithSound?: number;
}

/** Columns of equal length: position of the point, value (null: none), quality code, time. */
export interface ReadingsView {
  readonly points: readonly number[];
  readonly values: readonly (number | null)[];
  readonly qualities: readonly number[];
  readonly takenMs: readonly number[];
}

/**
 * `seq` rises by one per message of one `life` of the server; a client that comes back with both gets what it missed,
 * or a new `hello` when that is no longer held. Query of the address: `?life=L&after=N`.
 * Refused before the upgrade: 401 not logged in, 403 wrong origin, 503 too many clients. Closed: see `closeCodes`.
 */
export type FromBox =
  | {
      readonly kind: "hello";
      readonly life: string;
      readonly seq: number;
      readonly site: SiteView;
      readonly alarms: readonly AlarmView[];
      readonly readings: ReadingsView;
      readonly box: BoxView;
    }
  | { readonly kind: "readings"; readonly seq: number; readonly readings: ReadingsView }
  | { readonly kind: "alarms"; readonly seq: number; readonly alarms: readonly AlarmView[] }
  | { readonly kind: "box"; readonly seq: number; readonly box: BoxView };

/** Why the box closed a live channel; after all but `loggedOut` the client comes back with `life` and `after`. */
export const closeCodes = {
  /** The agent ends. */
  goingAway: 1001,
  /** Logged out, or the user was changed or removed: log in again. */
  loggedOut: 4401,
  /** Took no data for too long. */
  tooSlow: 4408,
  /** Sent what no page sends. */
  unwelcome: 4400,
} as const;

/** The client says it is alive, and whether anybody can hear its sound. */
export interface ToBox {
  readonly kind: "alive";
  readonly isSoundOn: boolean;
}
