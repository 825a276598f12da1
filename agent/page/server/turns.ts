/** One at a time, in order, with a bound on how many may wait. */

/** Null: too many wait already; nothing was started. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T> | null;

export function createTurns(waitingMax: number): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= waitingMax) return null;
    waiting += 1;
    const mine = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = mine.catch(() => {});
    return mine;
  };
}
