/** Moments as a report writes them, in the site's zone (pure). */

export type TimeText = (wallMs: number) => string;

/** `2026-11-24 08:00:01`. @throws RangeError when there is no zone of that name. */
export function timeText(timeZone: string): TimeText {
  const format = new Intl.DateTimeFormat("sv", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return (wallMs) => (Math.abs(wallMs) <= 8.64e15 ? format.format(wallMs) : "");
}
