/** Keeps the terminal's summary fresh: redrawn on a terminal, one line a minute elsewhere. */

import { createLogUpdate } from "log-update";
import type { Clock } from "../../config/words/time.ts";
import type { Agent } from "../agent.ts";
import type { CommandIo } from "./io.ts";
import { plainLine, summaryLines } from "./summaryView.ts";

const redrawMs = 1_000;
const plainMs = 60_000;

/** Ends when `signal` aborts. */
export async function showSummary(options: {
  readonly agent: Agent;
  readonly io: CommandIo;
  readonly clock: Clock;
  readonly hints: () => readonly string[];
  readonly isLive: boolean;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { agent, io, clock, hints, signal } = options;
  if (!options.isLive) {
    for (const hint of hints()) io.out(`${hint}\n`);
    while (!signal.aborted) {
      await clock.sleep(plainMs, signal);
      io.err(`${plainLine(agent, io.lang, clock.monotonicMs())}\n`);
    }
    return;
  }
  const draw = createLogUpdate(process.stdout);
  while (!signal.aborted) {
    const lead = hints();
    const rows = (process.stdout.rows ?? 40) - lead.length - 1;
    const lines = summaryLines(agent, io, clock.monotonicMs(), rows);
    draw([...lead, "", ...lines].join("\n"));
    await clock.sleep(redrawMs, signal);
  }
  draw.done();
}
