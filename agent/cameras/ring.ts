/**
 * The newest video of one camera, as it was coded, so that an alarm finds what was before it.
 *
 * - It takes pages as pictures come and gives them back as they go: it holds what the stream brings, no more.
 * - It always begins with a key picture: what goes is the oldest key picture with all that depend on it, when the one
 *   after it is enough for `keepMs` and for whoever holds it, or when room is needed.
 * - A picture without a key picture before it, and one larger than the ring may be, is not kept.
 */

import type { Instant } from "../../config/words/time.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import type { CodedPicture, StreamFormat } from "../../drivers/cameras/contract.ts";
import { PagePool, type PageSource } from "./pagePool.ts";
import { PageTape } from "./pageTape.ts";
import { column, PictureIndex } from "./pictureIndex.ts";

/** One coded picture, copied out of the ring. */
export interface RingPicture {
  readonly arrivedAt: Instant;
  /** The stream's own time: see CodedPicture. */
  readonly streamMs: number;
  readonly isKey: boolean;
  /** Annex B: each NAL unit after a start code of four bytes. */
  readonly bytes: Uint8Array;
  /** In force when it came. */
  readonly format: StreamFormat;
}

export interface RingOptions {
  /** Of pictures; the pages for them are up to two more. */
  readonly bytesMax: number;
  /** Kept at least, as long as the bytes suffice; at most this and one group of pictures. */
  readonly keepMs: number;
  /** Kept at most while somebody holds it. Default: `keepMs`. */
  readonly heldMs?: number;
  /** Default: 120 a second for `heldMs` and 10 s more. */
  readonly picturesMax?: number;
  /** Default: memory of its own. */
  readonly pages?: PageSource;
}

export interface RingState {
  readonly pictures: number;
  readonly bytes: number;
  /** Memory taken for them. */
  readonly pageBytes: number;
  /** When the oldest and the newest picture came; null: empty. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Since the start: had no key picture before them, or did not fit. */
  readonly notKept: number;
}

const startCode = Uint8Array.of(0, 0, 0, 1);
/** A camera that changes its parameters all the time keeps no more of them than this. */
const formatsMax = 16;

export class VideoRing {
  readonly #bytesMax: number;
  readonly #keepMs: number;
  readonly #heldMs: number;
  readonly #index: PictureIndex;
  readonly #tape: PageTape;
  /** From when on somebody needs it. */
  readonly #holds = new Set<{ readonly fromMs: number }>();
  #bytes = 0;
  /** The newest key picture; null: what comes depends on none that is here. */
  #lastKey: number | null = null;
  #notKept = 0;
  /** Oldest first; the last one is in force. */
  #formats: { readonly id: number; readonly format: StreamFormat }[] = [];
  #nextFormatId = 0;

  constructor({ bytesMax, keepMs, heldMs = keepMs, picturesMax, pages }: RingOptions) {
    this.#bytesMax = bytesMax;
    this.#keepMs = keepMs;
    this.#heldMs = Math.max(keepMs, heldMs);
    this.#index = new PictureIndex(picturesMax ?? Math.ceil((this.#heldMs + 10_000) / 1000) * 120);
    this.#tape = new PageTape(pages ?? new PagePool({ bytesMax: Infinity }).source(0));
  }

  /** Holds for the pictures that come from now on. */
  setFormat(format: StreamFormat): void {
    this.#formats.push({ id: this.#nextFormatId, format });
    this.#nextFormatId += 1;
    while (this.#formats.length > formatsMax && this.#index.count > 0) this.#dropGroup();
    if (this.#formats.length > formatsMax) this.#formats.shift();
  }

  /** What came since `fromMs` (monotonic) is kept beyond `keepMs`, up to `heldMs`, until the answer is called. */
  hold(fromMs: number): () => void {
    const hold = { fromMs };
    this.#holds.add(hold);
    return () => void this.#holds.delete(hold);
  }

  /** Pictures come in the order of their arrival. */
  put(picture: CodedPicture): void {
    const { isKey, nals, arrivedAt } = picture;
    this.#dropOld(arrivedAt.monotonicMs);
    const sizeBytes = picture.sizeBytes + nals.length * startCode.length;
    const isPossible = sizeBytes <= this.#bytesMax && this.#formats.length > 0;
    const hasItsKey = isKey || this.#lastKey !== null;
    if (!(isPossible && hasItsKey && this.#makeRoom(sizeBytes, isKey))) {
      this.#notKept += 1;
      // What follows until the next key picture has lost what it depends on.
      this.#lastKey = null;
      return;
    }
    this.#store(picture, sizeBytes);
  }

  /**
   * Copies of the pictures that came from `fromMs` to `toMs` (monotonic, both included), begun at the last key picture
   * at or before `fromMs`, or at the oldest one. Empty when none came in that time.
   */
  take(fromMs: number, toMs: number): readonly RingPicture[] {
    const index = this.#index;
    let begin = index.first;
    let end = index.first;
    let hasAny = false;
    for (let picture = index.first; picture < index.end; picture += 1) {
      const atMs = index.get(picture, column.arrivedMs);
      if (atMs > toMs) break;
      if (atMs <= fromMs && index.get(picture, column.groupSize) > 0) begin = picture;
      if (atMs >= fromMs) hasAny = true;
      end = picture + 1;
    }
    if (!hasAny) return [];
    return Array.from({ length: end - begin }, (_, i) => this.#copy(begin + i));
  }

  /** A copy of the newest key picture. */
  lastKey(): RingPicture | null {
    const index = this.#index;
    for (let picture = index.first; picture < index.end; ) {
      const next = picture + index.get(picture, column.groupSize);
      if (next >= index.end) return this.#copy(picture);
      picture = next;
    }
    return null;
  }

  get state(): RingState {
    const { first, end, count } = this.#index;
    const atMs = (picture: number): number | null =>
      count === 0 ? null : this.#index.get(picture, column.arrivedMs);
    return {
      pictures: count,
      bytes: this.#bytes,
      pageBytes: this.#tape.heldBytes,
      fromMs: atMs(first),
      toMs: atMs(end - 1),
      notKept: this.#notKept,
    };
  }

  /** While the second key picture is old enough, the first is not needed. */
  #dropOld(nowMs: number): void {
    const index = this.#index;
    let neededMs = nowMs - this.#keepMs;
    for (const { fromMs } of this.#holds) neededMs = Math.min(neededMs, fromMs);
    neededMs = Math.max(neededMs, nowMs - this.#heldMs);
    while (index.count > 0) {
      const secondKey = index.first + index.get(index.first, column.groupSize);
      if (secondKey >= index.end || index.get(secondKey, column.arrivedMs) > neededMs) return;
      this.#dropGroup();
    }
  }

  #dropGroup(): void {
    const index = this.#index;
    const dropped = Math.max(1, index.get(index.first, column.groupSize));
    for (let i = 0; i < dropped; i += 1) {
      this.#bytes -= index.get(index.first + i, column.sizeBytes);
    }
    index.drop(dropped);
    if (index.count === 0) {
      this.#lastKey = null;
      this.#tape.clear();
    } else this.#tape.letGo(index.get(index.first, column.offset));
    const oldest =
      index.count > 0 ? index.get(index.first, column.formatId) : this.#nextFormatId - 1;
    while ((this.#formats[0]?.id ?? oldest) < oldest) this.#formats.shift();
  }

  /** @returns false when a picture that depends on others would have to drive out its own key picture. */
  #makeRoom(sizeBytes: number, isKey: boolean): boolean {
    while (
      this.#index.isFull ||
      this.#bytes + sizeBytes > this.#bytesMax ||
      !this.#tape.reserve(sizeBytes)
    ) {
      if (this.#index.count === 0) {
        // Others have all the pages: the few that it got help nobody here.
        this.#tape.clear();
        return false;
      }
      this.#dropGroup();
      if (this.#index.count === 0 && !isKey) return false;
    }
    return true;
  }

  #store(picture: CodedPicture, sizeBytes: number): void {
    const { arrivedAt, streamMs, isKey, nals } = picture;
    const index = this.#index;
    const number = index.push();
    index.set(number, column.arrivedMs, arrivedAt.monotonicMs);
    index.set(number, column.arrivedWallMs, arrivedAt.wallMs);
    index.set(number, column.streamMs, streamMs);
    index.set(number, column.offset, this.#tape.end);
    index.set(number, column.sizeBytes, sizeBytes);
    index.set(number, column.formatId, this.#nextFormatId - 1);
    index.set(number, column.groupSize, isKey ? 1 : 0);
    if (isKey) this.#lastKey = number;
    else if (this.#lastKey !== null) {
      const size = index.get(this.#lastKey, column.groupSize);
      index.set(this.#lastKey, column.groupSize, size + 1);
    }
    for (const nal of nals) {
      this.#tape.write(startCode);
      this.#tape.write(nal);
    }
    this.#bytes += sizeBytes;
  }

  #copy(picture: number): RingPicture {
    const number = (which: number): number => this.#index.get(picture, which);
    const id = number(column.formatId);
    const entry = this.#formats.find((one) => one.id === id);
    return {
      arrivedAt: {
        monotonicMs: monotonicMs(number(column.arrivedMs)),
        wallMs: wallMs(number(column.arrivedWallMs)),
      },
      streamMs: number(column.streamMs),
      isKey: number(column.groupSize) > 0,
      bytes: this.#tape.read(number(column.offset), number(column.sizeBytes)),
      format: entry?.format ?? unknownFormat,
    };
  }
}

/** Never seen: a picture is only kept once a format was told. */
const unknownFormat: StreamFormat = {
  codec: "h264",
  width: null,
  height: null,
  parameterSets: [],
};
