/**
 * Tells a dead wire from dead units: only when every unit keeps silent, many questions in a row, is
 * the wire itself worth reopening. Foreign or damaged frames never count against it. Pure.
 */

/** At least so many unanswered questions in a row, whatever the number of units. */
const silencesMin = 5;
/** A line whose units are all really dead is reopened ever more seldom, up to this factor. */
const factorMax = 64;

export class Liveness {
  readonly #units = new Set<number>();
  #silences = 0;
  #factor = 1;

  /** A valid reply (an exception is one too) came from anybody. */
  answered(): void {
    this.#silences = 0;
    this.#factor = 1;
  }

  /** A question to `unit` stayed without valid reply. True: reopen the wire now. */
  silent(unit: number): boolean {
    this.#units.add(unit);
    this.#silences += 1;
    if (this.#silences < this.#factor * Math.max(silencesMin, 2 * this.#units.size)) return false;
    this.#silences = 0;
    this.#factor = Math.min(this.#factor * 2, factorMax);
    return true;
  }
}
