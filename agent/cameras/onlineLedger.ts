/**
 * How much of each day one camera was on, and how much of it without any fault, day by day of the site's zone (pure).
 * What was not watched counts for nothing: neither as on nor as off.
 */

export interface CameraDay {
  readonly dayMs: number;
  readonly watchedS: number;
  /** A stream or pictures came. */
  readonly onS: number;
  /** And nothing was wrong with them. */
  readonly goodS: number;
}

export interface OnlineShare {
  /** Null: not watched in that time. */
  readonly onPercent: number | null;
  readonly goodPercent: number | null;
}

/** This month and the one before. */
const daysMax = 62;

export class OnlineLedger {
  readonly #days = new Map<number, CameraDay>();

  constructor(days: readonly CameraDay[]) {
    for (const day of days.slice(-daysMax)) this.#days.set(day.dayMs, day);
  }

  /** One second of the day that began at `dayMs` is over. */
  second(dayMs: number, { isOn, isGood }: { readonly isOn: boolean; readonly isGood: boolean }) {
    const day = this.#days.get(dayMs) ?? { dayMs, watchedS: 0, onS: 0, goodS: 0 };
    this.#days.set(dayMs, {
      dayMs,
      watchedS: day.watchedS + 1,
      onS: day.onS + Number(isOn),
      goodS: day.goodS + Number(isGood),
    });
    if (this.#days.size > daysMax) this.#days.delete(Math.min(...this.#days.keys()));
  }

  /** From the day that began at `fromMs` on. */
  share(fromMs: number): OnlineShare {
    const days = this.days.filter(({ dayMs }) => dayMs >= fromMs);
    const sum = (of: (day: CameraDay) => number) => days.reduce((all, day) => all + of(day), 0);
    const watchedS = sum((day) => day.watchedS);
    const percent = (s: number) => (watchedS === 0 ? null : (s / watchedS) * 100);
    return { onPercent: percent(sum((day) => day.onS)), goodPercent: percent(sum((d) => d.goodS)) };
  }

  get days(): readonly CameraDay[] {
    return [...this.#days.values()].toSorted((a, b) => a.dayMs - b.dayMs);
  }
}
