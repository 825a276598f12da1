/** Buckets of many points in the order they came: how they travel to the history's thread and wait to be sealed (pure but for the compressor). */

import { zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Columns of equal length. */
export interface Chunk {
  /** Position in the agent's list on the way, the file's own number of the point from there on. */
  readonly point: Uint32Array<ArrayBuffer>;
  readonly startMs: Float64Array<ArrayBuffer>;
  readonly min: Float64Array<ArrayBuffer>;
  readonly max: Float64Array<ArrayBuffer>;
  readonly last: Float64Array<ArrayBuffer>;
  readonly count: Uint32Array<ArrayBuffer>;
  readonly quality: Uint8Array<ArrayBuffer>;
}

const bytesEach = 4 + 4 * 8 + 4 + 1;
const chunkBytesMax = 256 * 1024 * 1024;

export function buffersOf(chunk: Chunk): ArrayBuffer[] {
  return Object.values(chunk).map((column: Chunk[keyof Chunk]) => column.buffer);
}

/** Columns that grow, and are handed over. */
export class ChunkBuilder {
  #chunk = room(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Column by column from those of the same meaning, at `i`. */
  add(point: number, from: Omit<Chunk, "point">): void {
    if (this.#length === this.#chunk.point.length)
      this.#chunk = copied(this.#chunk, this.#length * 2);
    const at = this.#length;
    const into = this.#chunk;
    into.point[at] = point;
    into.startMs[at] = from.startMs[point] ?? 0;
    into.min[at] = from.min[point] ?? Number.NaN;
    into.max[at] = from.max[point] ?? Number.NaN;
    into.last[at] = from.last[point] ?? Number.NaN;
    into.count[at] = from.count[point] ?? 0;
    into.quality[at] = from.quality[point] ?? 0;
    this.#length += 1;
  }

  take(): Chunk {
    const chunk = copied(this.#chunk, this.#length);
    this.#length = 0;
    return chunk;
  }
}

export function room(length: number): Chunk {
  return {
    point: new Uint32Array(length),
    startMs: new Float64Array(length),
    min: new Float64Array(length),
    max: new Float64Array(length),
    last: new Float64Array(length),
    count: new Uint32Array(length),
    quality: new Uint8Array(length),
  };
}

/** The first rows, as many as fit. */
function copied(chunk: Chunk, length: number): Chunk {
  const to = room(length);
  to.point.set(chunk.point.subarray(0, length));
  to.startMs.set(chunk.startMs.subarray(0, length));
  to.min.set(chunk.min.subarray(0, length));
  to.max.set(chunk.max.subarray(0, length));
  to.last.set(chunk.last.subarray(0, length));
  to.count.set(chunk.count.subarray(0, length));
  to.quality.set(chunk.quality.subarray(0, length));
  return to;
}

/** Bytes of the same place of each number together, then compressed. */
export function packChunks(chunks: readonly Chunk[]): Uint8Array {
  const parts: Buffer[] = [];
  for (const column of ["point", "startMs", "min", "max", "last", "count", "quality"] as const) {
    const joined = Buffer.concat(
      chunks.map((chunk) => Buffer.from(chunk[column].buffer, 0, chunk[column].byteLength)),
    );
    const size = chunks[0]?.[column].BYTES_PER_ELEMENT ?? 1;
    const planes = Buffer.alloc(joined.length);
    const rows = joined.length / size;
    for (let at = 0, place = 0; place < size; place += 1) {
      for (let row = 0; row < rows; row += 1) planes[at++] = joined[row * size + place] ?? 0;
    }
    parts.push(planes);
  }
  return zstdCompressSync(Buffer.concat(parts));
}

/** Null for bytes that are no chunk. */
export function unpackChunk(packed: Uint8Array): Chunk | null {
  try {
    const bytes = zstdDecompressSync(packed, { maxOutputLength: chunkBytesMax });
    if (bytes.length % bytesEach !== 0) return null;
    const rows = bytes.length / bytesEach;
    const chunk = room(rows);
    let at = 0;
    for (const column of ["point", "startMs", "min", "max", "last", "count", "quality"] as const) {
      const into = new Uint8Array(chunk[column].buffer);
      const size = chunk[column].BYTES_PER_ELEMENT;
      for (let place = 0; place < size; place += 1) {
        for (let row = 0; row < rows; row += 1) into[row * size + place] = bytes[at++] ?? 0;
      }
    }
    return chunk;
  } catch {
    return null;
  }
}
