/** Obeys the platform's commands: one after another, a few a minute, each once, each answered by a report. */

import type { Clock } from "../../config/words/time.ts";
import type { SentAgain, SeqRange } from "../records.ts";
import { type CommandMessage, parseCommand } from "./commandMessage.ts";

/**
 * What became of a command. `details` are JSON values: what was done, or in `reason` why it was not.
 * - `done`: obeyed in full.
 * - `refused`: known, but not possible now, malformed, for another epoch, or one of too many.
 * - `unknown`: this version does not know it.
 */
export interface CommandReport {
  readonly id: string;
  readonly do: string;
  readonly outcome: "done" | "refused" | "unknown";
  readonly details: Readonly<Record<string, unknown>>;
}

export interface CommandDeskOptions {
  readonly clock: Clock;
  readonly epoch: string;
  /** @throws when the journal cannot do it now. */
  resend(ranges: readonly SeqRange[]): Promise<SentAgain>;
  /** Returns the rate that holds now: the site's own bound may be lower. */
  setRate(bytesPerS: number | null): number | null;
  report(report: CommandReport): void;
}

export interface CommandDesk {
  /** False: no command, or a repeated one, or one of so many that it is not even answered. */
  take(payload: Uint8Array): boolean;
  /** Resolves when nothing is being obeyed. */
  idle(): Promise<void>;
}

const minuteMs = 60_000;
const obeyedPerMinute = 6;
/** An answer is a record in the journal: whoever floods the box with commands must not fill its disk. */
const answeredPerMinute = 30;
/** Commands are redelivered soon or never. */
const idsMax = 256;
/** A report is one record: of many ranges that are gone, the first are named and all are counted. */
const absentNamedMax = 100;

export function createCommandDesk(options: CommandDeskOptions): CommandDesk {
  const seen = new Set<string>();
  const recent = { answered: [] as number[], obeyed: [] as number[] };
  let last: Promise<void> = Promise.resolve();

  function isOneTooMany(times: number[], max: number): boolean {
    const nowMs = options.clock.monotonicMs();
    while (times[0] !== undefined && nowMs - times[0] >= minuteMs) times.shift();
    if (times.length >= max) return true;
    times.push(nowMs);
    return false;
  }

  function remember(id: string): void {
    seen.add(id);
    const [oldest] = seen;
    if (seen.size > idsMax && oldest !== undefined) seen.delete(oldest);
  }

  return {
    take(payload) {
      const command = parseCommand(payload);
      if (command === null || seen.has(command.id)) return false;
      if (isOneTooMany(recent.answered, answeredPerMinute)) return false;
      remember(command.id);
      const isDoable = command.kind === "resend" || command.kind === "rate";
      if (isDoable && isOneTooMany(recent.obeyed, obeyedPerMinute)) {
        const { id, do: what } = command;
        const reason = `more than ${obeyedPerMinute} commands in a minute`;
        options.report({ id, do: what, outcome: "refused", details: { reason } });
        return true;
      }
      last = last.then(async () => options.report(await answerTo(command, options)));
      return true;
    },
    idle: () => last,
  };
}

async function answerTo(
  command: CommandMessage,
  options: CommandDeskOptions,
): Promise<CommandReport> {
  const { id, do: what } = command;
  const refused = (reason: string): CommandReport => {
    return { id, do: what, outcome: "refused", details: { reason } };
  };
  switch (command.kind) {
    case "unknown":
      return { id, do: what, outcome: "unknown", details: {} };
    case "malformed":
      return refused("malformed");
    case "rate": {
      const bytesPerSecond = options.setRate(command.bytesPerSecond);
      return { id, do: what, outcome: "done", details: { bytesPerSecond } };
    }
    case "resend":
      if (command.epoch !== options.epoch) return refused("another epoch");
      try {
        const { again, absent } = await options.resend(command.ranges);
        return { id, do: what, outcome: "done", details: { again, ...absentDetails(absent) } };
      } catch {
        // The journal reports its trouble itself.
        return refused("the journal cannot be read now");
      }
  }
}

function absentDetails(ranges: readonly SeqRange[]): Record<string, unknown> {
  const absentRecords = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const absent = ranges.slice(0, absentNamedMax).map(({ from, to }) => [from, to]);
  return { absent, absentRecords };
}
