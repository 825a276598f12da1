/** How the box is and how it has been: for the engineer and the inspector. Times are ms since 1970. */

import type { AlarmView } from "./alarms.ts";
import type { SiteView } from "./site.ts";

/** GET /api/system */
export interface SystemView {
  readonly version: string;
  readonly startedMs: number;
  readonly site: { readonly file: string | null; readonly dataDir: string };
  readonly buses: readonly {
    readonly id: string;
    readonly isDown: boolean;
    readonly missed: number;
    readonly devices: readonly {
      readonly id: string;
      readonly health: string;
      readonly answers: number;
      readonly failures: number;
    }[];
  }[];
  readonly upload: {
    readonly isConfigured: boolean;
    readonly isConnected: boolean;
    readonly zh: string;
    readonly en: string;
    readonly backlogRecords: number;
    readonly backlogBytes: number;
    readonly oldestMs: number | null;
    /** At the present pace; null: not draining. */
    readonly drainMs: number | null;
    readonly deliveredRecords: number;
  };
  readonly journal: {
    readonly sizeBytes: number;
    readonly maxSizeBytes: number;
    readonly freeBytes: number | null;
    readonly trouble: string | null;
    readonly account: {
      readonly made: number;
      readonly delivered: number;
      readonly stored: number;
      readonly declaredLost: number;
    };
  };
  readonly clock: {
    readonly state: string;
    readonly source: string | null;
    readonly offsetMs: number | null;
  };
  readonly memory: { readonly rssBytes: number };
  /** What cannot be judged now: a rule (`rule/ID`) or a point with limits, and whose number is missing. */
  readonly unjudged: readonly UnjudgedView[];
  readonly online: OnlineView;
}

export interface UnjudgedView {
  readonly source: string;
  /** Plant name of the rule or point. */
  readonly name: string | null;
  readonly inputs: readonly string[];
}

/** As the authority counts: share of time on line, and drop-outs, of this calendar month; and of the last 30 days. */
export interface OnlineView extends OnlineSpan {
  readonly monthStartMs: number;
  /** Days of the site, today among them. */
  readonly last30Days: OnlineSpan;
}

export interface OnlineSpan {
  readonly boxPercent: number | null;
  readonly boxDropOuts: number;
  readonly pointsPercent: number | null;
  readonly days: readonly {
    readonly dayMs: number;
    readonly boxPercent: number | null;
    readonly pointsPercent: number | null;
    readonly dropOuts: number;
  }[];
}

/** GET /api/inspection : one printable page. */
export interface InspectionView {
  readonly site: SiteView;
  readonly madeMs: number;
  readonly online: OnlineView;
  readonly open: readonly AlarmView[];
  readonly outOfService: readonly AlarmView[];
  readonly shelved: readonly AlarmView[];
  readonly keepReadingsDays: number;
  readonly oldestReadingMs: number | null;
}
