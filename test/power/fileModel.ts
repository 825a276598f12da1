/**
 * One file of the modelled disk: what the last sync promised, and the changes since then, of which a power cut may
 * keep any part. The page cache writes whole blocks at any time and in any order, so each block may be found as it
 * was after any of those changes; a disk may tear a block between its sectors.
 */

const blockBytes = 4096;
const sectorBytes = 512;

type Change =
  | { readonly kind: "write"; readonly offset: number; readonly data: Buffer }
  | { readonly kind: "truncate"; readonly length: number };

/** In [0, 1). */
export type Random = () => number;

export class FileModel {
  readonly #synced: Content;
  #pending: Change[] = [];

  constructor(content: Buffer = Buffer.alloc(0)) {
    this.#synced = new Content(content);
  }

  get isDirty(): boolean {
    return this.#pending.length > 0;
  }

  write(offset: number, data: Buffer): void {
    this.#pending.push({ kind: "write", offset, data });
  }

  truncate(length: number): void {
    this.#pending.push({ kind: "truncate", length });
  }

  sync(): void {
    for (const change of this.#pending) this.#synced.apply(change);
    this.#pending = [];
  }

  /** Nothing that was not synced. */
  least(): Buffer {
    return this.#synced.copy();
  }

  /** Everything, as a process sees it. */
  most(): Buffer {
    return this.#after(this.#pending);
  }

  /** One of the contents that may be found after a power cut. */
  torn(random: Random): Buffer {
    if (!this.isDirty) return this.least();
    const fate = random();
    if (fate < 0.2) return this.least();
    if (fate < 0.35) return this.most();
    return fate < 0.55 ? this.#prefix(random) : this.#scattered(random);
  }

  #after(changes: readonly Change[]): Buffer {
    const content = new Content(this.#synced.copy());
    for (const change of changes) content.apply(change);
    return content.copy();
  }

  /** The first changes in order, the last of them in part. */
  #prefix(random: Random): Buffer {
    const kept = this.#pending.slice(0, Math.floor(random() * (this.#pending.length + 1)));
    const last = kept.pop();
    if (last?.kind === "write") {
      const sectors = Math.floor((random() * last.data.length) / sectorBytes);
      kept.push({ ...last, data: last.data.subarray(0, sectors * sectorBytes) });
    }
    return this.#after(kept);
  }

  #scattered(random: Random): Buffer {
    const content = new Content(this.#synced.copy());
    let sizes = [content.length];
    const versions = new Map<number, Buffer[]>();
    for (const change of this.#pending) {
      if (change.kind === "truncate") {
        // File systems keep the order of lengths: behind a truncate that was lost, nothing is kept.
        if (random() < 0.3) break;
        content.apply(change);
        sizes = [content.length];
        for (const block of versions.keys()) {
          if ((block + 1) * blockBytes > change.length) versions.delete(block);
        }
        continue;
      }
      const blocks = blocksOf(change.offset, change.data.length);
      for (const block of blocks) {
        if (!versions.has(block)) versions.set(block, [content.block(block)]);
      }
      content.apply(change);
      sizes.push(content.length);
      for (const block of blocks) versions.get(block)?.push(content.block(block));
    }
    const found = Buffer.alloc(pick(sizes, random));
    content.copy().copy(found);
    for (const [block, ways] of versions) mixed(ways, random).copy(found, block * blockBytes);
    return found;
  }
}

/** Bytes that can grow and shrink; what was cut off comes back as zeros. */
class Content {
  #bytes: Buffer;
  length: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.length = bytes.length;
  }

  apply(change: Change): void {
    if (change.kind === "truncate") {
      if (change.length < this.length) this.#bytes.fill(0, change.length, this.length);
      this.#reserve(change.length);
      this.length = change.length;
    } else if (change.data.length > 0) {
      const end = change.offset + change.data.length;
      this.#reserve(end);
      change.data.copy(this.#bytes, change.offset);
      this.length = Math.max(this.length, end);
    }
  }

  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.length));
  }

  block(number: number): Buffer {
    const copy = Buffer.alloc(blockBytes);
    const [from, to] = [number * blockBytes, (number + 1) * blockBytes];
    if (from < this.length) this.#bytes.copy(copy, 0, from, Math.min(to, this.length));
    return copy;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(length, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}

function blocksOf(offset: number, length: number): number[] {
  const first = Math.floor(offset / blockBytes);
  const last = Math.floor((offset + length - 1) / blockBytes);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** One version, or two of them sector by sector. */
function mixed(versions: readonly Buffer[], random: Random): Buffer {
  const one = pick(versions, random);
  if (random() < 0.75) return one;
  const other = pick(versions, random);
  const torn = Buffer.from(one);
  for (let at = 0; at < blockBytes; at += sectorBytes) {
    if (random() < 0.5) other.copy(torn, at, at, at + sectorBytes);
  }
  return torn;
}

function pick<T>(choices: readonly T[], random: Random): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error("nothing to choose from");
  return choice;
}
