/**
 * The newest video of one camera, as it was coded, so that an alarm finds what was before it.
 *
 * - One slab of `bytesMax` is taken at the start and never grows; a picture costs one copy into it and no garbage.
 * - It always begins with a key picture: what goes is the oldest key picture with all that depend on it, when the one
 *   after it is enough for `keepMs`, or when room is needed.
 * - A picture without a key picture before it, and one larger than the slab, is not kept.
 */

import type { Instant } from "../../config/words/time.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import type { CodedPicture, StreamFormat } from "../../drivers/cameras/contract.ts";

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
  readonly bytesMax: number;
  /** Kept at least, as long as the bytes suffice; at most this and one group of pictures. */
  readonly keepMs: number;
  /** Default: 120 a second for `keepMs` and 10 s more. */
  readonly picturesMax?: number;
}

export interface RingState {
  readonly pictures: number;
  readonly bytes: number;
  /** When the oldest and the newest picture came; null: empty. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Since the start: had no key picture before them, or did not fit. */
  readonly notKept: number;
}

const startCodeBytes = 4;
/** A camera that changes its parameters all the time keeps no more of them than this. */
const formatsMax = 16;

export class VideoRing {
  readonly #slab: Buffer;
  readonly #keepMs: number;
  readonly #capacity: number;
  // What is known of each picture, by slot: slots go round as the bytes do.
  readonly #arrivedMs: Float64Array;
  readonly #arrivedWallMs: Float64Array;
  readonly #streamMs: Float64Array;
  readonly #offset: Float64Array;
  readonly #size: Float64Array;
  readonly #formatId: Float64Array;
  /** At a key picture: how many belong to it, itself included; else 0. */
  readonly #groupSize: Uint32Array;
  #first = 0;
  #count = 0;
  #bytes = 0;
  #write = 0;
  #lastKeySlot = -1;
  #notKept = 0;
  /** Oldest first; the last one is in force. */
  #formats: { readonly id: number; readonly format: StreamFormat }[] = [];
  #nextFormatId = 0;

  constructor({ bytesMax, keepMs, picturesMax }: RingOptions) {
    this.#slab = Buffer.allocUnsafeSlow(bytesMax);
    this.#keepMs = keepMs;
    this.#capacity = picturesMax ?? Math.ceil((keepMs + 10_000) / 1000) * 120;
    const numbers = (): Float64Array => new Float64Array(this.#capacity);
    this.#arrivedMs = numbers();
    this.#arrivedWallMs = numbers();
    this.#streamMs = numbers();
    this.#offset = numbers();
    this.#size = numbers();
    this.#formatId = numbers();
    this.#groupSize = new Uint32Array(this.#capacity);
  }

  /** Holds for the pictures that come from now on. */
  setFormat(format: StreamFormat): void {
    this.#formats.push({ id: this.#nextFormatId, format });
    this.#nextFormatId += 1;
    while (this.#formats.length > formatsMax && this.#count > 0) this.#dropGroup();
    if (this.#formats.length > formatsMax) this.#formats.shift();
  }

  /** Pictures come in the order of their arrival. */
  put(picture: CodedPicture): void {
    const { isKey, nals, arrivedAt } = picture;
    this.#dropOld(arrivedAt.monotonicMs);
    const sizeBytes = picture.sizeBytes + nals.length * startCodeBytes;
    const isPossible = sizeBytes <= this.#slab.length && this.#formats.length > 0;
    const hasItsKey = isKey || this.#lastKeySlot >= 0;
    if (!(isPossible && hasItsKey && this.#makeRoom(sizeBytes, isKey))) {
      this.#notKept += 1;
      // What follows until the next key picture has lost what it depends on.
      this.#lastKeySlot = -1;
      return;
    }
    this.#store(picture, sizeBytes);
  }

  /**
   * Copies of the pictures that came from `fromMs` to `toMs` (monotonic, both included), begun at the last key picture
   * at or before `fromMs`, or at the oldest one. Empty when none came in that time.
   */
  take(fromMs: number, toMs: number): readonly RingPicture[] {
    let begin = 0;
    let end = 0;
    let hasAny = false;
    for (let index = 0; index < this.#count; index += 1) {
      const slot = this.#slot(index);
      const atMs = this.#arrivedMs[slot] ?? 0;
      if (atMs > toMs) break;
      if (atMs <= fromMs && (this.#groupSize[slot] ?? 0) > 0) begin = index;
      if (atMs >= fromMs) hasAny = true;
      end = index + 1;
    }
    if (!hasAny) return [];
    return Array.from({ length: end - begin }, (_, index) => this.#copy(this.#slot(begin + index)));
  }

  /** A copy of the newest key picture. */
  lastKey(): RingPicture | null {
    for (let index = 0; index < this.#count; ) {
      const slot = this.#slot(index);
      const next = index + (this.#groupSize[slot] ?? 0);
      if (next >= this.#count) return this.#copy(slot);
      index = next;
    }
    return null;
  }

  get state(): RingState {
    const isEmpty = this.#count === 0;
    return {
      pictures: this.#count,
      bytes: this.#bytes,
      fromMs: isEmpty ? null : (this.#arrivedMs[this.#first] ?? null),
      toMs: isEmpty ? null : (this.#arrivedMs[this.#slot(this.#count - 1)] ?? null),
      notKept: this.#notKept,
    };
  }

  #slot(index: number): number {
    return (this.#first + index) % this.#capacity;
  }

  /** While the second key picture is old enough, the first is not needed. */
  #dropOld(nowMs: number): void {
    while (this.#count > 0) {
      const secondKey = this.#groupSize[this.#first] ?? 0;
      if (secondKey >= this.#count) return;
      if ((this.#arrivedMs[this.#slot(secondKey)] ?? 0) > nowMs - this.#keepMs) return;
      this.#dropGroup();
    }
  }

  #dropGroup(): void {
    const dropped = Math.max(1, this.#groupSize[this.#first] ?? 0);
    for (let index = 0; index < dropped; index += 1) {
      this.#bytes -= this.#size[this.#slot(index)] ?? 0;
    }
    this.#first = this.#slot(dropped);
    this.#count -= dropped;
    if (this.#count === 0) this.#lastKeySlot = -1;
    const oldest = this.#count > 0 ? (this.#formatId[this.#first] ?? 0) : this.#nextFormatId - 1;
    while ((this.#formats[0]?.id ?? oldest) < oldest) this.#formats.shift();
  }

  /** @returns false when a picture that depends on others would have to drive out its own key picture. */
  #makeRoom(sizeBytes: number, isKey: boolean): boolean {
    while (this.#count === this.#capacity || !this.#placeFor(sizeBytes)) {
      this.#dropGroup();
      if (this.#count === 0 && !isKey) return false;
    }
    return true;
  }

  /** Moves the place to write to the slab's begin when its end is too short. */
  #placeFor(sizeBytes: number): boolean {
    if (this.#count === 0) {
      this.#write = 0;
      return true;
    }
    const oldest = this.#offset[this.#first] ?? 0;
    if (this.#write <= oldest) return sizeBytes <= oldest - this.#write;
    if (sizeBytes <= this.#slab.length - this.#write) return true;
    if (sizeBytes > oldest) return false;
    this.#write = 0;
    return true;
  }

  #store(picture: CodedPicture, sizeBytes: number): void {
    const slot = this.#slot(this.#count);
    this.#arrivedMs[slot] = picture.arrivedAt.monotonicMs;
    this.#arrivedWallMs[slot] = picture.arrivedAt.wallMs;
    this.#streamMs[slot] = picture.streamMs;
    this.#offset[slot] = this.#write;
    this.#size[slot] = sizeBytes;
    this.#formatId[slot] = this.#nextFormatId - 1;
    this.#groupSize[slot] = picture.isKey ? 1 : 0;
    if (picture.isKey) this.#lastKeySlot = slot;
    else this.#groupSize[this.#lastKeySlot] = (this.#groupSize[this.#lastKeySlot] ?? 0) + 1;
    const slab = this.#slab;
    let at = this.#write;
    for (const nal of picture.nals) {
      slab[at] = 0;
      slab[at + 1] = 0;
      slab[at + 2] = 0;
      slab[at + 3] = 1;
      slab.set(nal, at + startCodeBytes);
      at += startCodeBytes + nal.length;
    }
    this.#write = at;
    this.#count += 1;
    this.#bytes += sizeBytes;
  }

  #copy(slot: number): RingPicture {
    const begin = this.#offset[slot] ?? 0;
    const id = this.#formatId[slot] ?? 0;
    const entry = this.#formats.find((one) => one.id === id);
    return {
      arrivedAt: {
        monotonicMs: monotonicMs(this.#arrivedMs[slot] ?? 0),
        wallMs: wallMs(this.#arrivedWallMs[slot] ?? 0),
      },
      streamMs: this.#streamMs[slot] ?? 0,
      isKey: (this.#groupSize[slot] ?? 0) > 0,
      bytes: new Uint8Array(this.#slab.subarray(begin, begin + (this.#size[slot] ?? 0))),
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
