/** Bytes written one after the other into pages and let go from the front, as a tape. */

import type { PageSource } from "./pagePool.ts";

/** Positions count from 0 on, for ever; held are those from the last `letGo` to `end`. */
export class PageTape {
  readonly #source: PageSource;
  /** The page with number `#firstPage` and those after it. */
  readonly #pages: Buffer[] = [];
  #firstPage = 0;
  #end = 0;

  constructor(source: PageSource) {
    this.#source = source;
  }

  get end(): number {
    return this.#end;
  }

  get heldBytes(): number {
    return this.#pages.length * this.#source.pageBytes;
  }

  /** Takes the pages for so many bytes more. False: there are not enough; those that there were are kept. */
  reserve(sizeBytes: number): boolean {
    const needed = Math.ceil((this.#end + sizeBytes) / this.#source.pageBytes) - this.#firstPage;
    while (this.#pages.length < needed) {
      const page = this.#source.take();
      if (page === null) return false;
      this.#pages.push(page);
    }
    return true;
  }

  /** Into what was reserved. */
  write(bytes: Uint8Array): void {
    const { pageBytes } = this.#source;
    for (let done = 0; done < bytes.length; ) {
      const page = this.#pages[Math.floor(this.#end / pageBytes) - this.#firstPage];
      const at = this.#end % pageBytes;
      const part = Math.min(bytes.length - done, pageBytes - at);
      page?.set(part === bytes.length ? bytes : bytes.subarray(done, done + part), at);
      done += part;
      this.#end += part;
    }
  }

  /** A copy. */
  read(from: number, sizeBytes: number): Uint8Array {
    const { pageBytes } = this.#source;
    const bytes = new Uint8Array(sizeBytes);
    for (let done = 0; done < sizeBytes; ) {
      const page = this.#pages[Math.floor((from + done) / pageBytes) - this.#firstPage];
      const at = (from + done) % pageBytes;
      const part = Math.min(sizeBytes - done, pageBytes - at);
      if (page !== undefined) bytes.set(page.subarray(at, at + part), done);
      done += part;
    }
    return bytes;
  }

  /** All before this position; pages that hold nothing else go back. */
  letGo(before: number): void {
    const first = Math.floor(before / this.#source.pageBytes);
    while (this.#firstPage < first) {
      const page = this.#pages.shift();
      if (page !== undefined) this.#source.give(page);
      this.#firstPage += 1;
    }
  }

  /** Nothing is held any more. */
  clear(): void {
    for (const page of this.#pages.splice(0)) this.#source.give(page);
    this.#firstPage = Math.ceil(this.#end / this.#source.pageBytes);
    this.#end = this.#firstPage * this.#source.pageBytes;
  }
}
