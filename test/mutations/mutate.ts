/** What can happen to the files of a journal, by seed (pure). */

import type { Image, Part } from "./preparedJournal.ts";

export interface Sources {
  readonly image: Image;
  readonly earlier: Image;
  readonly other: Image;
}

export interface Mutation {
  readonly kind: string;
  readonly image: Image;
}

type Rng = () => number;
type Change = (bytes: Buffer, rng: Rng) => Buffer;

const pageBytes = 4096;

/** A small random number generator: the same seed, the same numbers in [0, 1). */
export function seeded(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (rng: Rng, end: number): number => Math.floor(rng() * end);

function pageAt(bytes: Buffer, rng: Rng): { readonly from: number; readonly to: number } {
  const pages = Math.max(1, Math.ceil(bytes.length / pageBytes));
  const from = below(rng, pages) * pageBytes;
  return { from, to: Math.min(bytes.length, from + pageBytes) };
}

const flipBits: Change = (bytes, rng) => {
  const flipped = Buffer.from(bytes);
  for (let left = 1 + below(rng, 64); left > 0 && flipped.length > 0; left -= 1) {
    const at = below(rng, flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << below(rng, 8));
  }
  return flipped;
};

const flipOne: Change = (bytes, rng) => {
  const flipped = Buffer.from(bytes);
  const at = below(rng, Math.max(1, flipped.length));
  if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << below(rng, 8));
  return flipped;
};

const zeroPage: Change = (bytes, rng) => {
  const zeroed = Buffer.from(bytes);
  const { from, to } = pageAt(bytes, rng);
  return zeroed.fill(0, from, to);
};

const doublePage: Change = (bytes, rng) => {
  const doubled = Buffer.from(bytes);
  const [source, target] = [pageAt(bytes, rng), pageAt(bytes, rng)];
  bytes.copy(
    doubled,
    target.from,
    source.from,
    Math.min(source.to, source.from + target.to - target.from),
  );
  return doubled;
};

const swapPages: Change = (bytes, rng) => {
  const swapped = Buffer.from(bytes);
  const [a, b] = [pageAt(bytes, rng), pageAt(bytes, rng)];
  bytes.copy(swapped, b.from, a.from, a.to);
  bytes.copy(swapped, a.from, b.from, b.to);
  return swapped.subarray(0, bytes.length);
};

const truncate: Change = (bytes, rng) => bytes.subarray(0, below(rng, bytes.length));

const append: Change = (bytes, rng) => {
  const garbage = Buffer.from(Array.from({ length: 1 + below(rng, 9_000) }, () => below(rng, 256)));
  return Buffer.concat([bytes, garbage]);
};

const garbage: Change = (bytes, rng) =>
  Buffer.from(Array.from({ length: bytes.length }, () => below(rng, 256)));

const empty: Change = () => Buffer.alloc(0);

const changes: Readonly<Record<string, Change>> = {
  "flipped bits": flipBits,
  "one flipped bit": flipOne,
  "zeroed page": zeroPage,
  "doubled page": doublePage,
  "swapped pages": swapPages,
  truncated: truncate,
  "garbage behind": append,
  emptied: empty,
};

/** Which part, how; several at once; and exchanges with other files. */
const kinds: Readonly<Record<string, (from: Sources, rng: Rng) => Image>> = {
  ...within("db", ""),
  ...within("wal", "-wal"),
  ...within("mark", ".mark"),
  ...both("db and wal", ["", "-wal"]),
  ...both("wal and mark", ["-wal", ".mark"]),
  ...both("all three", ["", "-wal", ".mark"]),
  "shm: garbage": ({ image }, rng) => changed(image, "-shm", garbage, rng),
  "wal of an earlier moment": ({ image, earlier }) => ({ ...image, "-wal": earlier["-wal"] }),
  "db of an earlier moment": ({ image, earlier }) => ({ ...image, "": earlier[""] }),
  "db and wal of an earlier moment": ({ image, earlier }) => ({
    ...image,
    "": earlier[""],
    "-wal": earlier["-wal"],
  }),
  "wal of another journal": ({ image, other }) => ({ ...image, "-wal": other["-wal"] }),
  "db of another journal": ({ image, other }) => ({ ...image, "": other[""] }),
  "db and wal of another journal": ({ image, other }) => ({
    ...image,
    "": other[""],
    "-wal": other["-wal"],
  }),
  "mark of another journal": ({ image, other }) => ({ ...image, ".mark": other[".mark"] }),
  "db and wal exchanged": ({ image }) => ({ ...image, "": image["-wal"], "-wal": image[""] }),
  "wal gone": ({ image }) => ({ ...image, "-wal": null, "-shm": null }),
  "db gone": ({ image }) => ({ ...image, "": null }),
  "mark gone": ({ image }) => ({ ...image, ".mark": null }),
  "mark and wal gone": ({ image }) => ({ ...image, ".mark": null, "-wal": null }),
  nothing: ({ image }) => image,
};

export const mutationKinds = Object.keys(kinds);

export function mutated(from: Sources, seed: number): Mutation {
  const kind = mutationKinds[seed % mutationKinds.length] ?? "nothing";
  const image = kinds[kind]?.(from, seeded(seed)) ?? from.image;
  return { kind, image };
}

function within(name: string, part: Part): typeof kinds {
  return Object.fromEntries(
    Object.entries(changes).map(([how, change]) => [
      `${name}: ${how}`,
      ({ image }: Sources, rng: Rng) => changed(image, part, change, rng),
    ]),
  );
}

function both(name: string, which: readonly Part[]): typeof kinds {
  const all = Object.values(changes);
  const act = ({ image }: Sources, rng: Rng): Image =>
    which.reduce(
      (now, part) => changed(now, part, all[below(rng, all.length)] ?? flipBits, rng),
      image,
    );
  return { [`${name}: each in some way`]: act };
}

function changed(image: Image, part: Part, change: Change, rng: Rng): Image {
  const bytes = image[part];
  return bytes === null || bytes.length === 0 ? image : { ...image, [part]: change(bytes, rng) };
}
