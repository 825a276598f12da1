/**
 * What the box's page and its server say to each other. Types only; the browser's side imports them too.
 * Times are milliseconds since 1970 by the box's clock unless the name says otherwise.
 */

import type { AlarmStateName, AlarmType, AlarmVerb, Priority } from "../../config/words/alarms.ts";

/** viewer: looks. officer: also acknowledges, shelves, hands over. admin: also users and set-up. */
export const roles = ["viewer", "officer", "admin"] as const;
export type Role = (typeof roles)[number];

export interface Me {
  readonly name: string;
  readonly role: Role;
  /** Goes back in the header `x-hazgate-csrf` of every POST, PUT and DELETE. */
  readonly csrf: string;
}

/** GET /api/me (no login needed). */
export interface Welcome {
  readonly me: Me | null;
  /** No user exists yet: the page asks for the one-time code the box has printed. */
  readonly isFirstStart: boolean;
  readonly siteName: string;
  readonly boxId: string;
  /** A simulated plant: the page offers scenarios. */
  readonly isSimulation: boolean;
  readonly version: string;
  readonly timezone: string;
  /** A wall screen may look without login: `me` is null and every page of a viewer works all the same. */
  readonly isOpenView?: boolean;
}

// ---------------------------------------------------------------- who is there

/** POST /api/login; answer: Me. 401 `login-failed`, 429 `login-locked` (header `retry-after`, seconds). */
export interface LoginRequest {
  readonly name: string;
  readonly password: string;
}

/** POST /api/setup, on first start only; answer: Me. Makes the first admin and logs in. */
export interface SetupRequest extends LoginRequest {
  readonly code: string;
}

/** POST /api/me/password; answer: Me. Ends this user's other sessions. POST /api/logout has no body. */
export interface PasswordRequest {
  readonly old: string;
  readonly password: string;
}

// ---------------------------------------------------------------- what does not change while the agent runs

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
  /** One-tap reasons for acts, from the site file or the default list. */
  readonly reasons: readonly string[];
  readonly shelveMsMax: Readonly<Record<Priority, number>>;
}

// ---------------------------------------------------------------- the live channel: WebSocket /api/live

/** One alarm as people see it; `state` "normal" takes it off the list. */
export interface AlarmView {
  readonly key: string;
  readonly alarmId: string;
  readonly source: string;
  /** Plant name of the point, device or rule; null: has none. */
  readonly name: string | null;
  readonly tank: string | null;
  readonly type: AlarmType;
  readonly priority: Priority;
  readonly state: AlarmStateName;
  readonly value: number | null;
  readonly quality: string;
  readonly unit: string;
  readonly limit: number | null;
  readonly reason: string;
  readonly sinceMs: number;
  readonly raisedMs: number;
  readonly returnedMs: number | null;
  readonly raises: number;
  readonly acked: ActView | null;
  readonly handled: ActView | null;
  readonly shelved: HoldView | null;
  readonly outOfService: HoldView | null;
  readonly suppressedBy: string | null;
  readonly isActive: boolean;
  readonly isShelvable: boolean;
  /** Told before the disk had it. */
  readonly isStored: boolean;
  /** Advice of the site file: what to do. */
  readonly advice: string | null;
  /** First alarm of its tank within the flood that is under way. */
  readonly isFirstOut: boolean;
  /** Began to stand often in a short time, or stands since very long. */
  readonly isChattering: boolean;
  readonly isStale: boolean;
}

export interface ActView {
  readonly by: string;
  readonly reason: string;
  readonly note: string;
  readonly atMs: number;
}

export interface HoldView extends ActView {
  readonly untilMs: number;
}

/** One line of the history: a transition as the journal has it. */
export interface AlarmLine {
  readonly seq: number;
  readonly epoch: string;
  readonly atMs: number;
  readonly alarmId: string;
  readonly source: string;
  readonly name: string | null;
  readonly tank: string | null;
  readonly type: AlarmType;
  readonly event: AlarmVerb;
  readonly priority: Priority;
  readonly stateAfter: AlarmStateName;
  readonly value: number | null;
  readonly unit: string;
  readonly limit: number | null;
  readonly quality: string;
  readonly reason: string;
  readonly by: string | null;
  readonly note: string | null;
  readonly untilMs: number | null;
}

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
  | {
      readonly kind: "alarms";
      readonly seq: number;
      readonly alarms: readonly AlarmView[];
      readonly lines: readonly Omit<AlarmLine, "seq" | "epoch">[];
    }
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

// ---------------------------------------------------------------- acts: POST /api/alarms/act (officer)

export const alarmActs = [
  "ack",
  "handle",
  "shelve",
  "unshelve",
  "out-of-service",
  "in-service",
  "reset",
] as const;
export type AlarmAct = (typeof alarmActs)[number];

export interface ActRequest {
  readonly do: AlarmAct;
  readonly alarms: readonly { readonly source: string; readonly type: AlarmType }[];
  readonly reason: string;
  readonly note: string;
  /** For shelve and out-of-service. */
  readonly forMs?: number;
}

/** What became of it, alarm by alarm; a refusal says why in both languages. */
export interface ActAnswer {
  readonly done: readonly string[];
  readonly refused: readonly { readonly key: string; readonly zh: string; readonly en: string }[];
}

/** Every answer that is not 2xx has this body. */
export interface Refusal {
  readonly error: { readonly code: string; readonly zh: string; readonly en: string };
}

// ---------------------------------------------------------------- asked for, not pushed

/** GET /api/alarms/history?from&to&search&priority&type&event&limit&before ; .csv for the file. Newest first. */
export interface AlarmHistory {
  readonly lines: readonly AlarmLine[];
  /** Pass as `before` for the next page; null: that was all. */
  readonly next: string | null;
}

/** GET /api/trend?points=TAG,TAG&from&to&width : one series a point. */
export interface TrendView {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
  readonly series: readonly TrendSeries[];
  /** Spans for which the journal declares readings lost or none were made. */
  readonly gaps: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    /** A `GapReason`, `no-readings`, `clock-set-back` (lived twice) or `clock-set-forward` (skipped). */
    readonly reason: string;
    /** Absent: all points. */
    readonly tags?: readonly string[];
  }[];
}

/** Columns of equal length, one entry a bucket that holds readings. Null: no number in that bucket. */
export interface TrendSeries {
  readonly tag: string;
  readonly unit: string;
  readonly startMs: readonly number[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly last: readonly (number | null)[];
  /** Worst quality of the bucket, as a code. */
  readonly quality: readonly number[];
}

/** GET /api/report/shift?from&to (.pdf for the file made on the box). */
export interface ShiftReport {
  readonly site: string;
  readonly box: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly madeMs: number;
  readonly counts: {
    readonly raised: number;
    readonly returned: number;
    readonly acked: number;
    readonly byPriority: Readonly<Record<Priority, number>>;
  };
  readonly lines: readonly AlarmLine[];
  /** What stands at the end of the shift. */
  readonly open: readonly AlarmView[];
  readonly shelved: readonly AlarmView[];
  readonly outOfService: readonly AlarmView[];
  readonly operator: readonly OperatorLine[];
  readonly gaps: TrendView["gaps"];
  readonly handover: {
    readonly from: string;
    readonly to: string;
    readonly note: string;
    readonly atMs: number;
  } | null;
}

/** One line of the hash-chained audit log. */
export interface OperatorLine {
  readonly n: number;
  readonly atMs: number;
  readonly by: string;
  readonly role: Role | "box" | "command line";
  readonly from: string;
  readonly did: string;
  readonly note: string;
}

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
  readonly online: OnlineView;
}

/** As the authority counts: share of time on line, and drop-outs, of this calendar month. */
export interface OnlineView {
  readonly monthStartMs: number;
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

/** GET /api/audit?from&to (officer): the audit log, newest first, at most 1,000 lines. /api/audit.jsonl: as it is kept. */
export interface AuditView {
  readonly lines: readonly OperatorLine[];
  /** There is more; ask again with `to` before the last line's time. */
  readonly isCut: boolean;
}

/** POST /api/handover (officer): the shift goes from who is logged in to `to`. Answer: ShiftReport["handover"]. */
export interface HandoverRequest {
  readonly to: string;
  readonly note: string;
}

/** GET /api/users (admin): UserView[]; DELETE /api/users/:name */
export interface UserView {
  readonly name: string;
  readonly role: Role;
  readonly createdMs: number;
  readonly lastLoginMs: number | null;
  readonly isLocked: boolean;
}

/** POST /api/users (admin); answer: UserView. */
export interface UserRequest {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/** POST /api/users/:name (admin); answer: UserView. What is absent stays; a new role or password ends the sessions. */
export interface UserChange {
  readonly role?: Role;
  readonly password?: string;
  readonly unlock?: true;
}

/** GET /api/scenarios, POST /api/scenarios { name, do: "start" | "stop" }: in simulation only. */
export interface ScenarioView {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly isRunning: boolean;
}

/** POST /api/scenarios (officer, simulation only); answer: ScenarioView[]. */
export interface ScenarioRequest {
  readonly name: string;
  readonly do: "start" | "stop";
}

/** POST /api/transfers (officer); answer: TransferView. At most 24 h. */
export interface TransferRequest {
  readonly tank: string;
  readonly note: string;
  readonly forMs: number;
}

/** GET /api/transfers: TransferView[]; DELETE /api/transfers/:tank (officer). A declared transfer explains a falling or rising level. */
export interface TransferView {
  readonly tank: string;
  readonly by: string;
  readonly note: string;
  readonly fromMs: number;
  readonly untilMs: number;
}
