/** Several questions of one line in one turn: all are sent at once, each answer is handed over as it comes. */

import { fail, ok, type Result } from "../../config/words/result.ts";
import type { DirectRead, Line, ModbusIo, Samples } from "../contract.ts";
import type { DriverError } from "../errors.ts";

/** A question as one of several. */
export interface Together {
  readonly direct: DirectRead;
  /** Longest time it could take alone. */
  readonly readMsMax: number;
}

/** Takes the answer to the `index`-th of them, once. The samples are overwritten by the next read. */
export type TakeSamples = (index: number, answer: Result<Samples, DriverError>) => void;

/**
 * Resolves when every question has its answer or its error, within the sum of what they could take one by one.
 * The line's `io` must be able to read together.
 */
export async function askTogether(
  line: Line<ModbusIo>,
  questions: readonly Together[],
  options: { readonly signal: AbortSignal; readonly take: TakeSamples },
): Promise<void> {
  const { signal, take } = options;
  const isTaken = new Uint8Array(questions.length);
  let deadlineMs = 0;
  for (const question of questions) deadlineMs += question.readMsMax;
  const turned = await line.turn({ deadlineMs, signal }, async (io, turnSignal) => {
    await io.readTogether?.(
      questions.map(({ direct }) => direct.request),
      turnSignal,
      (index, outcome) => {
        if (isTaken[index] === 1) return;
        isTaken[index] = 1;
        const question = questions[index];
        if (outcome.ok && question !== undefined)
          take(index, ok(question.direct.decode(outcome.value)));
        else if (!outcome.ok) take(index, outcome);
      },
    );
    return ok(null);
  });
  if (turned.ok) return;
  for (let index = 0; index < questions.length; index += 1) {
    if (isTaken[index] === 1) continue;
    isTaken[index] = 1;
    take(index, fail(turned.error));
  }
}
