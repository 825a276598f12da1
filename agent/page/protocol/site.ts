/** What does not change while the agent runs. Times are ms since 1970. */

import type { AlarmType, Priority } from "../../../config/words/alarms.ts";

export interface LimitView {
  readonly type: AlarmType;
  readonly at: number;
  readonly priority: Priority;
}

export interface PointView {
  readonly tag: string;
  readonly name: string | null;
  readonly kind: string;
  readonly unit: string;
  readonly decimals: number | null;
  readonly range: readonly [number, number];
  readonly device: string;
  readonly tank: string | null;
  readonly everyMs: number;
  readonly limits: readonly LimitView[];
}

export interface TankView {
  readonly id: string;
  readonly name: string;
  readonly medium: string | null;
  readonly cas: string | null;
  readonly capacityM3: number | null;
  readonly hazard: string | null;
  /** Positions in `SiteView.points`. */
  readonly points: readonly number[];
}

export interface SiteView {
  readonly id: string;
  readonly box: string;
  readonly name: string;
  readonly timezone: string;
  readonly hazards: readonly {
    readonly id: string;
    readonly name: string;
    readonly level: number | null;
  }[];
  readonly points: readonly PointView[];
  readonly tanks: readonly TankView[];
  readonly buses: readonly {
    readonly id: string;
    readonly type: string;
    readonly devices: readonly string[];
  }[];
  /** What each camera sees; how it is: GET /api/cameras. */
  readonly cameras: readonly {
    readonly id: string;
    readonly name: string;
    readonly tanks: readonly string[];
    readonly points: readonly string[];
  }[];
  /** One-tap reasons for acts, from the site file or the default list. */
  readonly reasons: readonly string[];
  readonly shelveMsMax: Readonly<Record<Priority, number>>;
}
