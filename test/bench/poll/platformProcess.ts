/** The platform as a process: takes and acknowledges records while the agent is measured, then reads them all. */

import { createRealClock } from "../../../agent/realClock.ts";
import { loadIndexOf } from "../../../agent/sim/plant/loadSite.ts";
import { identityOf } from "../../../agent/sim/plant/telltale.ts";
import { startPlatform } from "../../../agent/sim/platform/platform.ts";
import { openPayload } from "../../../agent/wire/payload.ts";
import { decodeReadings } from "../../../agent/wire/readingsDecoder.ts";
import { answer, settingsOf } from "../measure/child.ts";
import { isRight, tickAt } from "./fieldShape.ts";

export interface PlatformFindings {
  /** Readings decoded. */
  readonly checked: number;
  /** Readings with another register's value, an old value, no value, or a quality that is not good. */
  readonly wrong: number;
  readonly invalid: number;
  /** Records missing without a gap record. */
  readonly holes: number;
  readonly declaredLost: number;
}

const { dataDir, url, groupMs, originMs } = settingsOf<{
  dataDir: string;
  /** None: an own broker. */
  url: string | null;
  groupMs: number;
  originMs: number;
}>();
const platform = await startPlatform({
  dataDir,
  groupMs,
  clock: createRealClock(),
  ...(url === null ? {} : { url, protocol: 5 as const }),
});
await platform.ready;

function findings(): PlatformFindings {
  const found = { checked: 0, wrong: 0 };
  for (const page of platform.store.pages()) {
    for (const record of page) {
      if (record.kind === "readings") checkRecord(record.bytes, found);
    }
  }
  const { invalid, holes, declaredLost } = platform.counts();
  return { ...found, invalid, holes, declaredLost };
}

function checkRecord(bytes: Uint8Array, found: { checked: number; wrong: number }): void {
  const opened = openPayload(bytes);
  const points = opened.ok ? decodeReadings(opened.value.body) : opened;
  if (!points.ok) {
    found.wrong += 1;
    return;
  }
  for (const { tag, monotonicMs, values, qualities } of points.value) {
    const identity = identityOf(loadIndexOf(tag));
    for (const [i, value] of values.entries()) {
      found.checked += 1;
      const tick = tickAt(monotonicMs[i] ?? 0, originMs);
      if (value === null || qualities[i] !== "good" || !isRight(value, identity, tick)) {
        found.wrong += 1;
      }
    }
  }
}

answer({
  url: () => platform.url,
  readings: () => platform.counts().readings,
  findings,
  cutBundles: () =>
    platform
      .bundles()
      .filter(({ isComplete }) => !isComplete)
      .map(({ bundle }) => bundle),
});
