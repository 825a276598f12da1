/** What `ntpq -c rv` prints (ntpd, NTPsec) -> an answer. Pure. */

import { roundedMs, type SourceAnswer } from "./timeSource.ts";

export const ntpdCommand = ["ntpq", "-n", "-c", "rv"] as const;

/** `sync_local` is ntpd following the clock that it disciplines; `sync_unspec` is nobody. */
const following = /^associd=\d.*leap_(none|add_sec|del_sec),\s*sync_(?!unspec|local|alarm)/im;
const someVariables = /^associd=\d/im;

/** Null for anything but the variables of ntpd. */
export function parseVariables(output: string): SourceAnswer | null {
  if (!someVariables.test(output)) return null;
  const isSynchronised = following.test(output);
  const offsetMs = variable(output, "offset");
  const delayMs = variable(output, "rootdelay");
  const dispersionMs = variable(output, "rootdisp");
  const isTold = isSynchronised && offsetMs !== null;
  const isBounded = isTold && delayMs !== null && dispersionMs !== null;
  return {
    source: "ntpd",
    isSynchronised,
    offsetMs: isTold ? roundedMs(offsetMs) : null,
    errorMsMax: isBounded ? Math.abs(offsetMs) + delayMs / 2 + dispersionMs : null,
    update: /\breftime=(0x)?([0-9a-f]+\.[0-9a-f]+)/.exec(output)?.[2] ?? null,
  };
}

/** In ms, as ntpq prints all of these. */
function variable(output: string, name: string): number | null {
  const text = new RegExp(`\\b${name}=([+-]?\\d+(?:\\.\\d+)?)`).exec(output)?.[1];
  return text === undefined ? null : Number(text);
}
