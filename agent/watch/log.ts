/** Structured log lines (pino), with repeated trouble folded into counts. */

import { type Logger, pino } from "pino";
import type { MonotonicMs } from "../../config/words/time.ts";

export interface Log {
  info(what: string, detail?: Readonly<Record<string, unknown>>): void;
  warn(what: string, detail?: Readonly<Record<string, unknown>>): void;
  error(what: string, detail?: Readonly<Record<string, unknown>>): void;
}

/** The same words again within this time are counted, not written. */
const quietMs = 60_000;
/** Most different texts remembered for folding; beyond it all are forgotten and written afresh. */
const remembered = 500;

/** One JSON line per message to `write`; storms of one message become one line with a count. */
export function createLog(write: (line: string) => void, monotonicMs: () => MonotonicMs): Log {
  const logger: Logger = pino({ base: null }, { write });
  const last = new Map<string, { ms: number; folded: number }>();
  const at =
    (level: "info" | "warn" | "error") =>
    (what: string, detail: Readonly<Record<string, unknown>> = {}): void => {
      const key = `${level} ${what} ${detail["source"] ?? ""}`;
      const nowMs = monotonicMs();
      const before = last.get(key);
      if (before !== undefined && nowMs - before.ms < quietMs) {
        before.folded += 1;
        return;
      }
      if (last.size >= remembered) last.clear();
      last.set(key, { ms: nowMs, folded: 0 });
      const folded = before === undefined || before.folded === 0 ? {} : { repeated: before.folded };
      logger[level]({ ...detail, ...folded }, what);
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}
