/**
 * Share of time on line and drop-outs, day by day of the site's zone (pure).
 *
 * - What was not seen to be on line was off line: also while the agent did not run.
 * - Time is measured by the monotonic clock and booked on the day of the wall clock. Wall time that was skipped or lived
 *   twice because the clock was set is taken off, or put on, what its days could have had.
 * - Every loss of the connection is a drop-out, and so is a stop of the agent while it was connected: the far side
 *   counts them alike.
 */

import type { Instant } from "../../config/words/time.ts";
import type { OnlineSpan, OnlineView } from "../page/protocol/system.ts";
import type { Calendar } from "./trendCalendar.ts";

export interface OnlineDay {
  readonly dayMs: number;
  readonly boxMs: number;
  /** Milliseconds times the share of points that were good. */
  readonly pointsMs: number;
  readonly dropOuts: number;
  /** Wall time of this day that was skipped (positive) or lived twice (negative). */
  readonly skippedMs: number;
}

/** What survives a restart. */
export interface OnlineMark {
  /** Counting began. */
  readonly sinceMs: number;
  readonly aliveMs: number;
  readonly isConnected: boolean;
}

/** Smaller differences of the two clocks are slewing, not a step. */
export const stepMsMin = 1_000;
const dayMs = 86_400_000;
const lastDays = 30;
/** A step over more days is not booked: counting begins anew after a clock that comes from 1970. */
const skippedDaysMax = 62;
/** A stretch nobody reported on for longer than this was not lived by this process: asleep, or hung. */
const unreportedMsMax = 60_000;

export class OnlineLedger {
  readonly #calendar: Calendar;
  readonly #days = new Map<number, OnlineDay>();
  readonly #changed = new Set<number>();
  #sinceMs: number;
  #isConnected = false;
  #pointsShare = 0;
  #last: Instant;

  constructor(options: {
    readonly calendar: Calendar;
    readonly days: readonly OnlineDay[];
    /** Null: counting begins now. */
    readonly mark: OnlineMark | null;
    readonly now: Instant;
  }) {
    const { calendar, mark, now } = options;
    this.#calendar = calendar;
    for (const day of options.days) this.#days.set(day.dayMs, day);
    this.#sinceMs = Math.min(mark?.sinceMs ?? now.wallMs, now.wallMs);
    this.#last = now;
    if (mark?.isConnected === true) this.#book(mark.aliveMs, { dropOuts: 1 });
  }

  uplinkIs(isConnected: boolean, now: Instant): void {
    this.reached(now);
    if (this.#isConnected && !isConnected) this.#book(now.wallMs, { dropOuts: 1 });
    this.#isConnected = isConnected;
  }

  /** `share` 0..1: of the points that are good now. */
  pointsAre(share: number, now: Instant): void {
    this.reached(now);
    this.#pointsShare = share;
  }

  /** Books what was between the moment before and this one. */
  reached(now: Instant): void {
    const last = this.#last;
    this.#last = now;
    const livedMs = now.monotonicMs - last.monotonicMs;
    if (livedMs <= 0) return;
    const stepMs = now.wallMs - last.wallMs - livedMs;
    if (Math.abs(stepMs) >= stepMsMin) this.#stepped(last.wallMs + livedMs, now.wallMs);
    const bookedMs = Math.min(livedMs, unreportedMsMax);
    let fromMs = now.wallMs - bookedMs;
    while (fromMs < now.wallMs) {
      const toMs = Math.min(now.wallMs, this.#calendar.nextDayMs(fromMs));
      const spanMs = toMs - fromMs;
      this.#book(fromMs, {
        boxMs: this.#isConnected ? spanMs : 0,
        pointsMs: spanMs * this.#pointsShare,
      });
      fromMs = toMs;
    }
  }

  get mark(): OnlineMark {
    return {
      sinceMs: this.#sinceMs,
      aliveMs: this.#last.wallMs,
      isConnected: this.#isConnected,
    };
  }

  /** Days that are not what they were when this was asked last. */
  takeChanged(): readonly OnlineDay[] {
    const days = [...this.#changed].flatMap((dayMs) => this.#days.get(dayMs) ?? []);
    this.#changed.clear();
    return days;
  }

  /** The month that holds `monthMs`, up to now. `hasUplink` false: there is nothing to be on line to. */
  view(monthMs: number, hasUplink: boolean): OnlineView {
    const nowMs = this.#last.wallMs;
    const monthStartMs = this.#calendar.monthStartMs(monthMs);
    const monthEndMs = Math.min(nowMs, this.#calendar.nextMonthMs(monthMs));
    // Noon of the first day, give or take the hour of a change of clocks.
    const todayMs = this.#calendar.dayStartMs(nowMs);
    const firstMs = this.#calendar.dayStartMs(todayMs - (lastDays - 1) * dayMs + dayMs / 2);
    return {
      monthStartMs,
      ...this.#span({ fromMs: monthStartMs, toMs: monthEndMs, hasUplink }),
      last30Days: this.#span({ fromMs: firstMs, toMs: nowMs, hasUplink }),
    };
  }

  /** `fromMs`: start of a day. */
  #span(span: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly hasUplink: boolean;
  }): OnlineSpan {
    const days: (OnlineDay & { readonly possibleMs: number })[] = [];
    let startMs = span.fromMs;
    while (startMs < span.toMs) {
      const nextMs = this.#calendar.nextDayMs(startMs);
      const day = this.#days.get(startMs) ?? emptyDay(startMs);
      const wallMs = Math.max(0, Math.min(nextMs, span.toMs) - Math.max(startMs, this.#sinceMs));
      days.push({ ...day, possibleMs: Math.max(0, wallMs - day.skippedMs) });
      startMs = nextMs;
    }
    const sum = (of: (day: (typeof days)[number]) => number) =>
      days.reduce((total, day) => total + of(day), 0);
    const box = (ms: number, ofMs: number) => (span.hasUplink ? percent(ms, ofMs) : null);
    const possibleMs = sum((day) => day.possibleMs);
    const [boxMs, pointsMs] = [sum((day) => day.boxMs), sum((day) => day.pointsMs)];
    return {
      boxPercent: box(boxMs, possibleMs),
      boxDropOuts: sum((day) => day.dropOuts),
      pointsPercent: percent(pointsMs, possibleMs),
      days: days.map((day) => ({
        dayMs: day.dayMs,
        boxPercent: box(day.boxMs, day.possibleMs),
        pointsPercent: percent(day.pointsMs, day.possibleMs),
        dropOuts: day.dropOuts,
      })),
    };
  }

  #stepped(fromMs: number, toMs: number): void {
    if (this.#sinceMs > toMs) {
      // Counting began while the clock was wrong: all of it moves with the clock.
      this.#sinceMs = toMs - (fromMs - this.#sinceMs);
      return;
    }
    const sign = toMs > fromMs ? 1 : -1;
    let atMs = Math.min(fromMs, toMs);
    const endMs = Math.max(fromMs, toMs);
    if (endMs - atMs > skippedDaysMax * dayMs) {
      if (sign > 0) this.#sinceMs = toMs;
      return;
    }
    while (atMs < endMs) {
      const nextMs = Math.min(endMs, this.#calendar.nextDayMs(atMs));
      this.#book(atMs, { skippedMs: sign * (nextMs - atMs) });
      atMs = nextMs;
    }
  }

  #book(wallMs: number, more: Partial<Omit<OnlineDay, "dayMs">>): void {
    const dayMs = this.#calendar.dayStartMs(wallMs);
    const day = this.#days.get(dayMs) ?? emptyDay(dayMs);
    this.#days.set(dayMs, {
      dayMs,
      boxMs: day.boxMs + (more.boxMs ?? 0),
      pointsMs: day.pointsMs + (more.pointsMs ?? 0),
      dropOuts: day.dropOuts + (more.dropOuts ?? 0),
      skippedMs: day.skippedMs + (more.skippedMs ?? 0),
    });
    this.#changed.add(dayMs);
  }
}

function emptyDay(dayMs: number): OnlineDay {
  return { dayMs, boxMs: 0, pointsMs: 0, dropOuts: 0, skippedMs: 0 };
}

function percent(ms: number, ofMs: number): number | null {
  return ofMs <= 0 ? null : Math.min(100, (ms / ofMs) * 100);
}
