/** `hazgate cam test`: one camera, step by step, with cause and cure of what fails. */

import type { Lang } from "../../config/words/bilingual.ts";
import type { Clock } from "../../config/words/time.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import { type CamStep, runSteps } from "./camSteps.ts";
import { type CamWords, openTarget } from "./camTarget.ts";
import { causeOf, cureOf } from "./camWords.ts";
import { type CommandIo, exitCode } from "./io.ts";

export interface CamCommand extends CamWords {
  readonly json: boolean;
  readonly clock: Clock;
  readonly randomHex: () => string;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
}

const marks: Readonly<Record<CamStep["state"], string>> = {
  ok: "+",
  failed: "x",
  warning: "!",
  skipped: "-",
};

/** @returns 0 all well, 1 something is wrong with it, 2 no such camera, 3 it cannot be reached. */
export async function camTest(command: CamCommand & { readonly forMs: number }): Promise<number> {
  const { io, json } = command;
  const target = openTarget(command, command);
  if (!target.ok) {
    io.err(target.error.text);
    return target.error.exitCode;
  }
  const steps: CamStep[] = [];
  await runSteps({ ...command, target: target.value }, (step) => {
    steps.push(step);
    if (!json) io.out(lineOf(step, io.lang));
  });
  if (json) {
    const told = steps.map(({ error, ...step }) => ({
      ...step,
      ...(error === undefined
        ? {}
        : { kind: error.kind, message: error.message, cure: cureOf(error, io.lang) }),
    }));
    io.out(`${JSON.stringify({ camera: target.value.id, steps: told }, null, 2)}\n`);
  }
  const worst = endOf(steps.flatMap(({ error }) => error ?? []));
  const isReached = steps.some(({ step, state }) => step !== "address" && isAnswer[state]);
  return isReached ? Math.min(worst, exitCode.problems) : worst;
}

const isAnswer: Readonly<Record<CamStep["state"], boolean>> = {
  ...{ ok: true, warning: true, failed: false, skipped: false },
};

/** The worst that was seen. */
export function endOf(errors: readonly CameraError[]): number {
  const isAway = errors.some(({ kind }) => kind === "unreachable" || kind === "timeout");
  if (isAway) return exitCode.deviceUnreachable;
  return errors.length > 0 ? exitCode.problems : exitCode.well;
}

function lineOf({ state, title, seen, error }: CamStep, lang: Lang): string {
  const said = error === undefined ? seen : causeOf(error, lang);
  const cure = error === undefined ? "" : cureOf(error, lang);
  const hint = cure === "" ? "" : `\n      -> ${cure}`;
  return `  ${marks[state]} ${title}: ${said}${hint}\n`;
}
