/** Asks, one after the other, the programs that may discipline this clock. Only ever reads. */

import { chronyCommand, parseTracking } from "./chrony.ts";
import type { Machine } from "./machine.ts";
import { ntpdCommand, parseVariables } from "./ntpd.ts";
import type { SourceAnswer } from "./timeSource.ts";
import {
  kernelCommand,
  parseKernelFlag,
  parseTimesyncd,
  synchronizedFile,
  timesyncdCommand,
} from "./timesyncd.ts";

/** The first that answers; null: nobody on this box says anything about its clock. */
export async function askSources(
  machine: Machine,
  signal: AbortSignal,
): Promise<SourceAnswer | null> {
  const run = async ([program, ...args]: readonly [string, ...string[]]): Promise<string> =>
    (await machine.run({ program, args, signal })) ?? "";

  const chrony = parseTracking(await run(chronyCommand));
  if (chrony !== null) return chrony;
  const isKernelSynchronised = parseKernelFlag(await run(kernelCommand));
  if (isKernelSynchronised !== null) {
    const timesyncd = parseTimesyncd(await run(timesyncdCommand), isKernelSynchronised);
    if (timesyncd !== null) return timesyncd;
  }
  const ntpd = parseVariables(await run(ntpdCommand));
  if (ntpd !== null) return ntpd;
  if (isKernelSynchronised !== null) return onlyFlag(isKernelSynchronised);
  const touchedMs = await machine.modifiedMs(synchronizedFile);
  return touchedMs === null ? null : touched(touchedMs);
}

function onlyFlag(isSynchronised: boolean): SourceAnswer {
  return { source: "system", isSynchronised, offsetMs: null, errorMsMax: null, update: null };
}

/** Whoever touched the file had just synchronised; its next time tells that it still does. */
function touched(touchedMs: number): SourceAnswer {
  const update = String(touchedMs);
  return { source: "timesyncd", isSynchronised: true, offsetMs: null, errorMsMax: null, update };
}
