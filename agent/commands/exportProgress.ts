/** A progress bar on stderr, for a person at a terminal only. */

import type { Clock } from "../../config/words/time.ts";
import type { CommandIo } from "./io.ts";

export interface Progress {
  show(records: number, rows: number): void;
  clear(): void;
}

const everyMs = 200;
const barWidth = 24;
const eraseLine = "\r\u001b[K";

export function createProgress(options: {
  readonly io: CommandIo;
  readonly clock: Clock;
  /** Records that will be read. */
  readonly records: number;
  readonly isProgressSeen: boolean;
}): Progress {
  const { io, clock, records } = options;
  if (!options.isProgressSeen) return { show: () => {}, clear: () => {} };
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    show(done, rows) {
      const nowMs = clock.monotonicMs();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      io.err(`${eraseLine}${progressLine({ done, records, rows, lang: io.lang })}`);
    },
    clear() {
      if (shownMs > 0) io.err(eraseLine);
    },
  };
}

/** `[######..................]  25%  3/12 records  18,000 rows` */
export function progressLine(state: {
  readonly done: number;
  readonly records: number;
  readonly rows: number;
  readonly lang: "zh" | "en";
}): string {
  const { done, records, rows, lang } = state;
  const share = records === 0 ? 1 : Math.min(1, done / records);
  const filled = Math.floor(share * barWidth);
  const bar = `[${"#".repeat(filled)}${".".repeat(barWidth - filled)}]`;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const [recordWord, rowWord] = lang === "zh" ? ["条记录", "行"] : ["records", "rows"];
  const of = `${done.toLocaleString("en")}/${records.toLocaleString("en")} ${recordWord}`;
  return `${bar} ${percent}  ${of}  ${rows.toLocaleString("en")} ${rowWord}`;
}
