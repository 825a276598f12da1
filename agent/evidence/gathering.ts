/**
 * Which bundle an alarm belongs to: an alarm of the same cameras within the time of an open bundle joins it, so that
 * a flood makes one; else it opens its own, or is refused by a bound. Pure.
 */

import type { AlarmRef } from "./manifest.ts";

export interface GatheringOptions {
  /** How long an open bundle takes further alarms in. */
  readonly windowMs: number;
  readonly perCameraPerDay: number;
  /** Bundles made of this camera on this day before the start. */
  countOf(camera: string, day: string): number;
}

/** Bundles that may be under way at once. */
export const openMax = 32;
/** Alarms that a manifest names; further ones of a flood are only counted. */
export const alarmsNamedMax = 200;

export type Taken =
  | { readonly kind: "opened"; readonly bundle: string }
  | { readonly kind: "joined"; readonly bundle: string; readonly isNamed: boolean }
  /** Of this bundle already. */
  | { readonly kind: "known"; readonly bundle: string }
  | { readonly kind: "refused"; readonly why: RefusalReason };

export type RefusalReason =
  | "per-camera-per-day"
  | "too-many-at-once"
  | "no-room"
  | "disk"
  | "stopped";

interface Open {
  readonly id: string;
  readonly key: string;
  readonly untilMs: number;
  readonly alarms: Set<string>;
}

export class Gathering {
  readonly #options: GatheringOptions;
  readonly #open = new Map<string, Open>();
  readonly #counts = new Map<string, number>();
  #day = "";

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  get openBundles(): number {
    return this.#open.size;
  }

  /** `newId` names the bundle should one be opened. */
  take(
    alarm: AlarmRef,
    where: {
      readonly cameras: readonly string[];
      readonly day: string;
      readonly newId: string;
      readonly nowMs: number;
    },
  ): Taken {
    const key = JSON.stringify([...where.cameras].sort());
    const open = [...this.#open.values()].find(
      (one) => one.key === key && where.nowMs <= one.untilMs,
    );
    const name = `${alarm.alarmId} ${alarm.event}`;
    if (open !== undefined) {
      if (open.alarms.has(name)) return { kind: "known", bundle: open.id };
      open.alarms.add(name);
      return { kind: "joined", bundle: open.id, isNamed: open.alarms.size <= alarmsNamedMax };
    }
    if (this.#open.size >= openMax) return { kind: "refused", why: "too-many-at-once" };
    const { perCameraPerDay } = this.#options;
    if (where.cameras.every((camera) => this.#count(camera, where.day) >= perCameraPerDay)) {
      return { kind: "refused", why: "per-camera-per-day" };
    }
    const untilMs = where.nowMs + this.#options.windowMs;
    this.#open.set(where.newId, { id: where.newId, key, untilMs, alarms: new Set([name]) });
    for (const camera of where.cameras) {
      this.#counts.set(camera, this.#count(camera, where.day) + 1);
    }
    return { kind: "opened", bundle: where.newId };
  }

  /** It takes no more alarms: it is closed, or could not be begun. */
  close(bundle: string): void {
    this.#open.delete(bundle);
  }

  /** Bundles of this camera on this day. */
  #count(camera: string, day: string): number {
    if (day !== this.#day) {
      this.#day = day;
      this.#counts.clear();
    }
    return this.#counts.get(camera) ?? this.#options.countOf(camera, day);
  }
}
