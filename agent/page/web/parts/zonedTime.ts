/** Wall time of the plant: the browser may stand in another zone than the tanks it shows. Pure. */

export interface WallParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Calendar and clock of `timezone` at `ms`; an unknown zone counts as UTC. */
export function wallParts(ms: number, timezone: string): WallParts {
  const found: Record<string, number> = {};
  for (const part of formatFor(timezone).formatToParts(ms)) found[part.type] = Number(part.value);
  return {
    year: found["year"] ?? 1970,
    month: found["month"] ?? 1,
    day: found["day"] ?? 1,
    hour: found["hour"] ?? 0,
    minute: found["minute"] ?? 0,
    second: found["second"] ?? 0,
  };
}

/** The moment at which a clock in `timezone` shows these figures; day 0 or 32, hour 24 and the like carry over. */
export function wallToMs(parts: Omit<WallParts, "second">, timezone: string): number {
  const asUtc = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
  // Twice: the first guess may lie on the other side of a change to summer time.
  const guess = asUtc - offsetMs(asUtc, timezone);
  return asUtc - offsetMs(guess, timezone);
}

/** What `<input type="datetime-local">` takes: 2026-11-24T08:00. */
export function toInput(ms: number, timezone: string): string {
  const at = wallParts(ms, timezone);
  return `${dayWords(at)}T${two(at.hour)}:${two(at.minute)}`;
}

/** Undefined: not such a text. */
export function fromInput(text: string, timezone: string): number | undefined {
  const [year, month, day, hour, minute] = text.split(/[-T:]/).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined) return undefined;
  const ms = wallToMs({ year, month, day, hour, minute }, timezone);
  return Number.isFinite(ms) ? ms : undefined;
}

/** 2026-11-24 08:00:15 */
export function dateTime(ms: number, timezone: string): string {
  const at = wallParts(ms, timezone);
  return `${dayWords(at)} ${two(at.hour)}:${two(at.minute)}:${two(at.second)}`;
}

/** 2026-11-24 08:00 */
export function dateMinute(ms: number, timezone: string): string {
  return dateTime(ms, timezone).slice(0, 16);
}

/** 2026-11-24 */
export function dateOnly(ms: number, timezone: string): string {
  return dayWords(wallParts(ms, timezone));
}

function offsetMs(ms: number, timezone: string): number {
  const at = wallParts(ms, timezone);
  const shown = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second);
  return shown - Math.floor(ms / 1000) * 1000;
}

function dayWords(at: WallParts): string {
  return `${at.year}-${two(at.month)}-${two(at.day)}`;
}

function two(figure: number): string {
  return String(figure).padStart(2, "0");
}

function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const made = makeFormat(timezone);
  formats.set(timezone, made);
  return made;
}

function makeFormat(timezone: string): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  };
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: timezone });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
}
