/** The site's cameras, opened but silent: how each is reached, watched and told of. Joins the parts; no logic of its own. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Camera } from "../config/site.ts";
import { fail } from "../config/words/result.ts";
import type { Clock } from "../config/words/time.ts";
import type { CameraAccess, StreamEars } from "../drivers/cameras/contract.ts";
import type { AgentOptions } from "./agent.ts";
import type { ConditionChange, StandingAlarm } from "./alarmRecords.ts";
import { cameraCondition, cameraHead } from "./cameraHeads.ts";
import type { Cameras } from "./cameras/cameraHealth.ts";
import { createCameraLink } from "./cameras/cameraLink.ts";
import { CameraTeller } from "./cameras/cameraTeller.ts";
import { CameraWatch } from "./cameras/cameraWatch.ts";
import { isDecoderThere } from "./cameras/decoderProcess.ts";
import { createKeyDecoder } from "./cameras/keyDecoder.ts";
import { learntFileOf, readLearnt } from "./cameras/learntFile.ts";
import { LearntKeeper } from "./cameras/learntKeeper.ts";
import { readOnlineDays, writeOnlineDays } from "./cameras/onlineFile.ts";
import { OnlineLedger } from "./cameras/onlineLedger.ts";
import type { Learnt } from "./cameras/pictureJudge.ts";
import type { BoxEvent } from "./records.ts";
import type { CameraSecrets } from "./secrets.ts";
import { createCalendar } from "./store/trendCalendar.ts";

export interface CameraField extends Cameras {
  /** Ends on abort, its decoder with it. */
  run(signal: AbortSignal): Promise<void>;
}

const staggerMs = 400;
/** However many cameras there are, all have been asked by then. */
const staggerMsMax = 30_000;
const keepEveryMs = 10 * 60_000;

/** Nothing is sent before `run`. Without cameras it does nothing. */
export async function openCameras(parts: {
  readonly options: Pick<
    AgentOptions,
    "site" | "dataDir" | "cameraSecrets" | "clock" | "random" | "log"
  >;
  /** What the journal kept of the last life. */
  readonly standing: readonly StandingAlarm[];
  readonly onCondition: (change: ConditionChange) => void;
  readonly note: (event: BoxEvent) => void;
  /** Hears a camera's stream too, to keep video for evidence. */
  readonly earsOf?: (camera: string) => StreamEars;
}): Promise<CameraField> {
  const { site, clock, log, dataDir, random, cameraSecrets = {} } = parts.options;
  const cameras = Object.entries(site.cameras);
  const file = join(dataDir, "cameras.json");
  const days = cameras.length === 0 ? {} : await readOnlineDays(file);
  const ledgers = new Map(cameras.map(([id]) => [id, new OnlineLedger(days[id] ?? [])]));
  const canDecode = cameras.length > 0 && (await isDecoderThere());
  const decoder = canDecode ? createKeyDecoder({ clock }) : null;
  const calendar = createCalendar(site.site.timezone);
  const learnt = await learntBefore(parts.options);
  const watches = new Map(
    cameras.map(([id, settings], i): [string, CameraWatch] => {
      const head = cameraHead(site, id, settings);
      const teller = new CameraTeller({
        checks: settings.checks,
        stood: parts.standing.some(
          ({ source, type }) => source === head.source && type === "CAMERA",
        ),
        clock,
        condition: (health, isWorse) => parts.onCondition(cameraCondition(head, health, isWorse)),
        note: parts.note,
      });
      const watch = new CameraWatch({
        ...{ id, settings, decoder, clock, calendar, random },
        link: createCameraLink({
          ...{ settings, clock, access: accessOf(id, settings, cameraSecrets[id]) },
          randomHex: () => randomBytes(8).toString("hex"),
        }),
        startAfterMs: Math.min(i * staggerMs, staggerMsMax * (i / cameras.length)),
        ledger: ledgers.get(id) ?? new OnlineLedger([]),
        learnt: learnt.get(id) ?? null,
        ...(parts.earsOf === undefined ? {} : { ears: parts.earsOf(id) }),
        note: parts.note,
        onChange: (health) => teller.changed(health),
        onSecond: (health) => teller.second(health),
      });
      return [id, watch];
    }),
  );
  const keepers = new Map(
    [...watches].map(([camera, watch]) => [
      camera,
      new LearntKeeper({
        ...{ file: learntFileOf(dataDir, camera), camera, clock, learnt: () => watch.learnt },
        hasView: (learnt.get(camera)?.view ?? null) !== null,
      }),
    ]),
  );
  const keepLearnt = async (camera: string, kept: Promise<string | null>): Promise<void> => {
    const trouble = await kept;
    if (trouble !== null)
      log.warn("what was learnt of a camera cannot be kept", { camera, trouble });
  };
  const keep = async (): Promise<void> => {
    for (const [id, keeper] of keepers) await keepLearnt(id, keeper.keepIfDue());
    const trouble = await writeOnlineDays(
      file,
      Object.fromEntries([...ledgers].map(([id, ledger]) => [id, ledger.days])),
    );
    if (trouble !== null) log.warn("the cameras' on-line times cannot be kept", { trouble });
  };
  if (cameras.length > 0 && !canDecode) {
    log.warn(
      "ffmpeg is not installed: only cameras with a snapshot address have their picture judged",
    );
  }
  return {
    health: () => [...watches.values()].map((watch) => watch.health()),
    async still(id, signal) {
      const watch = watches.get(id);
      if (watch === undefined) return fail({ kind: "refused", message: "there is no such camera" });
      return await watch.still(signal);
    },
    learnViewAnew(id) {
      const keeper = keepers.get(id);
      watches.get(id)?.learnViewAnew();
      // At once: after a restart the old view would be the right one again.
      if (keeper !== undefined) void keepLearnt(id, keeper.keep());
      return keeper !== undefined;
    },
    async run(signal) {
      if (cameras.length === 0) return;
      try {
        await Promise.all([
          ...[...watches.values()].map((watch) => watch.run(signal)),
          repeat(keep, { clock, everyMs: keepEveryMs, signal }),
        ]);
      } finally {
        await decoder?.[Symbol.asyncDispose]();
      }
      await keep();
      for (const [id, keeper] of keepers) await keepLearnt(id, keeper.keep());
    },
  };
}

async function learntBefore({
  site,
  dataDir,
  log,
}: Pick<AgentOptions, "site" | "dataDir" | "log">): Promise<ReadonlyMap<string, Learnt>> {
  const all = new Map<string, Learnt>();
  for (const camera of Object.keys(site.cameras)) {
    const read = await readLearnt(learntFileOf(dataDir, camera), camera);
    if (read.ok && read.value !== null) all.set(camera, read.value);
    if (read.ok) continue;
    log.warn("what was learnt of a camera is damaged: it is learnt anew", {
      ...{ camera, trouble: read.error },
    });
  }
  return all;
}

async function repeat(
  act: () => Promise<void>,
  parts: { readonly clock: Clock; readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  while (!parts.signal.aborted) {
    await parts.clock.sleep(parts.everyMs, parts.signal);
    if (!parts.signal.aborted) await act();
  }
}

function accessOf(
  id: string,
  { username, networks }: Camera,
  secrets: CameraSecrets = {},
): CameraAccess {
  const { password = "", ca } = secrets;
  const credentials = username === undefined ? null : { username, password };
  return { id, credentials, networks, ...(ca === undefined ? {} : { ca }) };
}
