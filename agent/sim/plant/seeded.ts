/**
 * Chance that can be repeated: every number is a hash of seed, channel and position, so that the
 * order of asking changes nothing. Pure.
 */

const mixA = 0x85ebca6b;
const mixB = 0xc2b2ae35;
const mixC = 0x27d4eb2f;
const mixD = 0x165667b1;
const uint32Count = 2 ** 32;

/** In [0, 1), the same for the same arguments on every machine. */
export function uniform(seed: number, channel: number, position: number): number {
  let hash =
    Math.imul(seed | 0, mixA) ^ Math.imul(channel | 0, mixC) ^ Math.imul(position | 0, mixD);
  hash = Math.imul(hash ^ (hash >>> 16), mixA);
  hash = Math.imul(hash ^ (hash >>> 13), mixB);
  return ((hash ^ (hash >>> 16)) >>> 0) / uint32Count;
}

/** Bell-shaped, mean 0, standard deviation 1, never outside -3..3 (three uniforms added). */
export function bell(seed: number, channel: number, position: number): number {
  const at = position * 3;
  const sum =
    uniform(seed, channel, at) + uniform(seed, channel, at + 1) + uniform(seed, channel, at + 2);
  return 2 * (sum - 1.5);
}

/** A slow wave in -1..1 that passes through a new random height at every whole `position`. */
export function wander(seed: number, channel: number, position: number): number {
  const from = Math.floor(position);
  const way = position - from;
  const smooth = way * way * (3 - 2 * way);
  const a = uniform(seed, channel, from);
  const b = uniform(seed, channel, from + 1);
  return 2 * (a + (b - a) * smooth) - 1;
}

/** A stream of numbers in [0, 1) for wire noise, where only statistics matter. */
export function seededRandom(seed: number): () => number {
  let position = 0;
  return () => {
    position += 1;
    return uniform(seed, wireChannel, position);
  };
}

const wireChannel = 9001;
