/** A figure is a median with its smallest and largest window: one number alone is not to be trusted. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly windows: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    windows: sorted.length,
  };
}

/** `sorted` rises; between two values the nearer lower one counts, except for the middle of an even number. */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  if (share !== 0.5) return sorted[Math.round(at)] ?? Number.NaN;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return (low + high) / 2;
}

/** "0.15 (0.14-0.17)". */
export function spreadText({ median, min, max }: Spread): string {
  return `${figure(median)} (${figure(min)}-${figure(max)})`;
}

/** Three meaning digits, without exponent. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}
