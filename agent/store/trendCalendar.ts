/** Days and months of the site's time zone as spans of wall time (pure). Days are 23 to 25 h where clocks change. */

export interface Calendar {
  /** Start of the site's day that holds this moment. */
  dayStartMs(wallMs: number): number;
  /** Start of the day after it. */
  nextDayMs(wallMs: number): number;
  monthStartMs(wallMs: number): number;
  /** Start of the month after it. */
  nextMonthMs(wallMs: number): number;
}

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** Days remembered, a year's worth and more. */
const rememberedMax = 500;

/** @throws RangeError when there is no zone of that name. */
export function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat("sv", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const known = new Map<string, number>();

  /** First minute of a site's date, near a moment known to be in it. */
  const startOf = (date: string, insideMs: number): number => {
    const found = known.get(date);
    if (found !== undefined) return found;
    let out = Math.floor(insideMs / minuteMs) - 26 * 60;
    let inside = Math.floor(insideMs / minuteMs);
    // Bisected: in some zones midnight itself does not exist on the day the clocks change.
    while (inside - out > 1) {
      const middle = Math.floor((inside + out) / 2);
      if (format.format(middle * minuteMs) === date) inside = middle;
      else out = middle;
    }
    if (known.size >= rememberedMax) known.clear();
    known.set(date, inside * minuteMs);
    return inside * minuteMs;
  };

  const dayStartMs = (wallMs: number): number => startOf(format.format(wallMs), wallMs);
  const nextDayMs = (wallMs: number): number => dayStartMs(dayStartMs(wallMs) + 26 * hourMs);
  const monthStartMs = (wallMs: number): number => {
    const day = Number(format.format(wallMs).slice(8, 10));
    // Noon of the first day, give or take the hour of a change of clocks.
    return dayStartMs(dayStartMs(wallMs) - (day - 1) * 24 * hourMs + 12 * hourMs);
  };
  return {
    dayStartMs,
    nextDayMs,
    monthStartMs,
    nextMonthMs: (wallMs) => monthStartMs(monthStartMs(wallMs) + 32 * 24 * hourMs),
  };
}
