/**
 * Seeded readings of a tank farm, one column per second, all at a resolution of 0.1: 40 % levels (noise sd
 * 0.03 about a slow drift), 30 % temperatures and pressures (sd 0.1), 15 % gas detectors near 0, 15 % on/off.
 * `noisy`: every tag with sd 0.3. `walk`: float32 random walks without a resolution: nothing repeats.
 */

export type DataKind = "tank" | "noisy" | "walk";

/** Decimals a point of such data declares. */
export function decimalsOf(kind: DataKind): number | undefined {
  return kind === "walk" ? undefined : 1;
}

export interface TankData {
  readonly tags: number;
  /** One array of `tags` values per second. */
  readonly seconds: readonly Float64Array[];
  /** Share of readings that differ from the one before. */
  readonly differing: number;
}

export function tankData(options: {
  readonly kind: DataKind;
  readonly tags: number;
  readonly seconds: number;
  readonly seed: number;
}): TankData {
  const { kind, tags } = options;
  const chance = mulberry(options.seed);
  const signals = Array.from({ length: tags }, (_, tag) => signalOf(kind, tag / tags, chance));
  const seconds = Array.from({ length: options.seconds }, (_, second) =>
    Float64Array.from(signals, (signal) => signal(second)),
  );
  return { tags, seconds, differing: differing(seconds) };
}

type Signal = (second: number) => number;

function signalOf(kind: DataKind, share: number, chance: () => number): Signal {
  const base = 10 + chance() * 80;
  const drift = (chance() - 0.5) * 0.002;
  const slow =
    (sd: number): Signal =>
    (second) =>
      base + drift * second + sd * bell(chance);
  if (kind === "walk") return walk(base, chance);
  if (kind === "noisy") return tenths(slow(0.3));
  if (share < 0.4) return tenths(slow(0.03));
  if (share < 0.7) return tenths(slow(0.1));
  if (share < 0.85) return tenths(() => Math.max(0, 0.04 * bell(chance)));
  let isOn = chance() < 0.5;
  return () => {
    if (chance() < 1 / 600) isOn = !isOn;
    return Number(isOn);
  };
}

function tenths(signal: Signal): Signal {
  return (second) => Math.round(signal(second) * 10) / 10;
}

function walk(base: number, chance: () => number): Signal {
  let value = base;
  return () => {
    value = Math.fround(value + 0.05 * bell(chance));
    return value;
  };
}

function differing(seconds: readonly Float64Array[]): number {
  let changed = 0;
  for (let second = 1; second < seconds.length; second += 1) {
    const [before, now] = [seconds[second - 1], seconds[second]];
    now?.forEach((value, tag) => {
      changed += Number(value !== before?.[tag]);
    });
  }
  return changed / ((seconds.length - 1) * (seconds[0]?.length ?? 1));
}

/** Mean 0, standard deviation 1 (twelve uniforms, as good as normal here). */
function bell(chance: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += chance();
  return sum;
}

/** A small, good enough generator: the same numbers for the same seed everywhere. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
