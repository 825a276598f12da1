/** How long the backlog will take at the pace of the last half minute. Pure. */

const windowMs = 30_000;

interface Mark {
  readonly atMs: number;
  readonly records: number;
}

export class DrainPace {
  #marks: Mark[] = [];

  /** Once a second or so; `atMs` is monotonic. */
  look(records: number, atMs: number): void {
    this.#marks.push({ atMs, records });
    this.#marks = this.#marks.filter((mark) => atMs - mark.atMs <= windowMs);
  }

  /** Milliseconds until nothing waits; null: nothing to drain, or it does not shrink. */
  drainMs(): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.records === 0) return null;
    const shrunk = first.records - last.records;
    if (shrunk <= 0 || last.atMs === first.atMs) return null;
    return Math.round((last.records * (last.atMs - first.atMs)) / shrunk);
  }
}
