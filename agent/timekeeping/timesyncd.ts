/** What `timedatectl` prints about the kernel's clock and systemd-timesyncd -> an answer. Pure. */

import { roundedMs, type SourceAnswer } from "./timeSource.ts";

export const kernelCommand = ["timedatectl", "show"] as const;
export const timesyncdCommand = ["timedatectl", "timesync-status"] as const;
/** Touched at each synchronisation; there also where `timedatectl` finds nobody to ask. */
export const synchronizedFile = "/run/systemd/timesync/synchronized";

/** Above this timesyncd sets the clock instead of slewing it: nothing of the offset remains. */
const steppedMs = 400;

/**
 * The kernel's own flag, whoever sets it: the kernel takes it back when the clock is set by hand, and after
 * hours without word from whoever disciplines it. Null: not told.
 */
export function parseKernelFlag(output: string): boolean | null {
  const flag = /^NTPSynchronized=(yes|no)$/m.exec(output)?.[1];
  return flag === undefined ? null : flag === "yes";
}

/** Null when timesyncd has not answered, or heard from no server yet and tells nothing. */
export function parseTimesyncd(output: string, isKernelSynchronised: boolean): SourceAnswer | null {
  const packets = field(output, "Packet count");
  if (packets === null) return null;
  const measuredMs = spanMs(field(output, "Offset") ?? "");
  const isFollowing = isKernelSynchronised && packets !== "0" && leapKnown.test(output);
  const remainingMs = measuredMs !== null && Math.abs(measuredMs) > steppedMs ? 0 : measuredMs;
  return {
    source: "timesyncd",
    isSynchronised: isFollowing,
    offsetMs: isFollowing && remainingMs !== null ? roundedMs(remainingMs) : null,
    errorMsMax: null,
    update: `${field(output, "Server") ?? ""} ${packets}`,
  };
}

const leapKnown = /^\s*Leap: (normal|last minute of the day has (61|59) seconds)$/m;

function field(output: string, name: string): string | null {
  return new RegExp(`^\\s*${name}: (.*)$`, "m").exec(output)?.[1]?.trim() ?? null;
}

const msOf: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  month: 30.4375 * 86_400_000,
  y: 365.25 * 86_400_000,
};

/** "+4.523ms", "-1min 2.5s", "0". Null: no time span. */
export function spanMs(text: string): number | null {
  const parts = /^([+-]?)((?:\d+(?:[.,]\d+)?[a-zµ]+ ?)+|0)$/.exec(text);
  if (parts === null) return null;
  let sum = 0;
  for (const [, number = "", unit = ""] of (parts[2] ?? "").matchAll(
    /(\d+(?:[.,]\d+)?)([a-zµ]+)/g,
  )) {
    sum += Number(number.replace(",", ".")) * (msOf[unit] ?? Number.NaN);
  }
  if (Number.isNaN(sum)) return null;
  return parts[1] === "-" ? -sum : sum;
}
