/** What a ring knows of each picture it holds, as numbers in one piece of memory that grows with their count. */

/** Columns of a picture. */
export const column = {
  arrivedMs: 0,
  arrivedWallMs: 1,
  streamMs: 2,
  /** Where its bytes begin; counts on for ever. */
  offset: 3,
  sizeBytes: 4,
  formatId: 5,
  /** At a key picture: how many belong to it, itself included; else 0. */
  groupSize: 6,
} as const;
const columns = 7;
const firstCapacity = 512;

/** Pictures are numbered from 0 on, for ever; held are those from `first` to before `end`. */
export class PictureIndex {
  readonly #max: number;
  #capacity: number;
  #numbers: Float64Array;
  #first = 0;
  #end = 0;

  constructor(picturesMax: number) {
    this.#max = picturesMax;
    this.#capacity = Math.min(picturesMax, firstCapacity);
    this.#numbers = new Float64Array(this.#capacity * columns);
  }

  get first(): number {
    return this.#first;
  }
  get end(): number {
    return this.#end;
  }
  get count(): number {
    return this.#end - this.#first;
  }
  get isFull(): boolean {
    return this.count >= this.#max;
  }

  get(picture: number, which: number): number {
    return this.#numbers[(picture % this.#capacity) * columns + which] ?? 0;
  }

  set(picture: number, which: number, value: number): void {
    this.#numbers[(picture % this.#capacity) * columns + which] = value;
  }

  /** A new one, all of whose columns must be set. Only while it is not full. */
  push(): number {
    if (this.count === this.#capacity) this.#grow();
    this.#end += 1;
    return this.#end - 1;
  }

  drop(pictures: number): void {
    this.#first += pictures;
  }

  #grow(): void {
    const [before, capacity] = [this.#numbers, this.#capacity];
    this.#capacity = Math.min(this.#max, 2 * capacity);
    this.#numbers = new Float64Array(this.#capacity * columns);
    for (let picture = this.#first; picture < this.#end; picture += 1) {
      const at = (picture % capacity) * columns;
      const row = before.subarray(at, at + columns);
      this.#numbers.set(row, (picture % this.#capacity) * columns);
    }
  }
}
