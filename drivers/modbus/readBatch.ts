/** Several reads in one go, until the last of them has its outcome. */

import type { Result } from "../../config/words/result.ts";
import type { TakeReply } from "../contract.ts";
import type { DriverError } from "../errors.ts";

export class ReadBatch {
  readonly #take: TakeReply;
  readonly #done: (bug: unknown) => void;
  #bug: unknown;

  /** `done` is told what `take` threw first; undefined: nothing. */
  constructor(take: TakeReply, done: (bug: unknown) => void) {
    this.#take = take;
    this.#done = done;
  }

  /** A bug of whoever takes it must not tear the stream: it is told when the batch is over. */
  give(position: number, outcome: Result<Uint8Array, DriverError>): void {
    try {
      this.#take(position, outcome);
    } catch (error) {
      this.#bug ??= error;
    }
  }

  end(): void {
    this.#done(this.#bug);
  }
}
