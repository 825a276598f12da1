/** Moments as people write them, in the site's zone: "2026-11-24T08:00", "-7d", "now"; and back to ISO (pure). */

import { fail, ok, type Result } from "../../config/words/result.ts";
import { duration, durationPattern } from "../../config/words/units.ts";

export interface SiteTime {
  /** `2026-11-24T08:00:01.250+08:00`: exact to the millisecond, with the zone's offset at that moment. Empty: no time. */
  iso(wallMs: number): string;
  /** Milliseconds since 1970 UTC. Fails when it is no moment. */
  moment(text: string): Result<number, "no moment">;
}

const written =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?)?(Z|[+-]\d\d:?\d\d)?$/;
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** The calendar of the language ends here. */
const wallMsMax = 8.64e15;

/** @throws RangeError when there is no zone of that name. */
export function siteTime(zone: string, nowWallMs: number): SiteTime {
  const minute = new Intl.DateTimeFormat("sv", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  const offset = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });

  /** "+08:00" */
  const offsetAt = (wallMs: number): string => {
    const parts = offset.formatToParts(wallMs);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, text = "+00:00"] = /GMT([+-]\d\d:\d\d)/.exec(name) ?? [];
    return text;
  };

  // Readings come minute by minute: the slow part is asked once for each.
  let known = { minute: Number.NaN, head: "", tail: "" };
  const iso = (wallMs: number): string => {
    if (!(Math.abs(wallMs) <= wallMsMax)) return "";
    const which = Math.floor(wallMs / minuteMs);
    if (which !== known.minute) {
      const head = minute.format(which * minuteMs).replace(" ", "T");
      known = { minute: which, head, tail: offsetAt(which * minuteMs) };
    }
    const ms = Math.floor(wallMs - which * minuteMs);
    const seconds = String(Math.floor(ms / 1_000)).padStart(2, "0");
    return `${known.head}:${seconds}.${String(ms % 1_000).padStart(3, "0")}${known.tail}`;
  };

  const local = (text: string): Result<number, "no moment"> => {
    const found = written.exec(text);
    if (found === null) return fail("no moment");
    const asUtc = utcOf(found);
    const given = found[8];
    if (given !== undefined) return ok(asUtc - msOfOffset(given));
    // The offset that holds at the moment itself: near a change of the clocks the first guess is off.
    const guess = asUtc - msOfOffset(offsetAt(asUtc));
    return ok(asUtc - msOfOffset(offsetAt(guess)));
  };

  return {
    iso,
    moment(text) {
      if (text === "now") return ok(nowWallMs);
      const ago = text.startsWith("-") ? text.slice(1) : "";
      if (durationPattern.test(ago)) return ok(nowWallMs - duration.parse(ago));
      const day = /^(\d{4})-(\d\d)-(\d\d)/.exec(text);
      return day !== null && isDay(day) ? local(text) : fail("no moment");
    },
  };
}

function msOfOffset(text: string): number {
  if (text === "Z") return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text.startsWith("-") ? -minutes : minutes) * minuteMs;
}

function numbersOf(found: RegExpExecArray): number[] {
  return found.slice(1, 7).map((text) => Number(text ?? 0));
}

function utcOf(found: RegExpExecArray): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = numbersOf(found);
  const seconds = (hour * 60 + minute) * 60 + second;
  const ms = Number((found[7] ?? "").padEnd(3, "0"));
  return daysSince1970(year, month, day) * dayMs + seconds * 1_000 + ms;
}

function isDay(found: RegExpExecArray): boolean {
  const [year = 0, month = 0, day = 0] = numbersOf(found);
  if (month < 1 || month > 12 || day < 1) return false;
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return daysSince1970(year, month, day) < daysSince1970(nextYear, nextMonth, 1);
}

/** Of the Gregorian calendar, counted in years that begin in March: a leap day is then the last one. */
function daysSince1970(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return 365 * years + leapDays + Math.floor((153 * months + 2) / 5) + day - 1 - 719_468;
}
