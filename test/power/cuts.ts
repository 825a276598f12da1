/** Cuts the power of a working journal, and judges what is left. */

import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkImage, type Verdict } from "./checkImage.ts";
import type { Claims } from "./claims.ts";
import { DiskControl, diskEnvironment } from "./diskControl.ts";
import { type DiskEvent, readDiskLog } from "./diskLog.ts";
import { type DiskImage, DiskModel, writeImage } from "./diskModel.ts";
import type { NameRule } from "./nameModel.ts";

/** What makes the writer's disk or settings weaker than they must be. */
export type Weakness = "none" | "NORMAL" | "OFF" | "ignored-syncs";

/** One life of a writer, from its start to the cut. */
export interface Life {
  readonly events: readonly DiskEvent[];
  /** What was on the disk before it; the model starts from here. */
  readonly start: DiskModel;
  /** How it ended: cut at a call, or killed at a moment. */
  readonly end: "call" | "moment";
}

const writer = fileURLToPath(new URL("./powerWriter.ts", import.meta.url));
const weaker = new URL("./weakerSync.ts", import.meta.url).href;
/** A writer that ends by itself before this is an error; one that is not cut till then, too. */
const lifeMsMax = 60_000;

export interface Place {
  /** Real path of an empty folder of its own. */
  readonly work: string;
  readonly library: string;
  readonly weakness: Weakness;
}

const journalOf = (disk: string): string => join(disk, "data", "journal.db");

/** Before the first life: the journal makes its own folder, and sees to it that its name is kept. */
export function emptyDisk(): DiskImage {
  return new Map();
}

/**
 * Runs a writer on the disk that `image` describes. `cutAt`: the call it ends at; `cutAfterMs`: the moment it is
 * killed at, counted from its start.
 * @throws Error when it ended otherwise.
 */
export async function runLife(
  place: Place,
  options: {
    readonly image: DiskImage;
    readonly firstId: number;
    /** Only readings, a few a second, and no promise asked for: what is lost then is the open second. */
    readonly isRoutine: boolean;
    readonly cut: { readonly atCall: number } | { readonly afterMs: number };
  },
): Promise<Life> {
  const { work, library, weakness } = place;
  const { image, firstId, isRoutine, cut } = options;
  const [disk, log, claims] = ["disk", "log", "claims"].map((name) => join(work, name));
  for (const path of [disk, log, claims]) rmSync(path ?? "", { recursive: true, force: true });
  if (disk === undefined || log === undefined || claims === undefined) throw new Error("no paths");
  writeImage(image, disk);
  const start = new DiskModel(disk);
  using control = new DiskControl(join(work, "control"));
  control.set({
    cutAt: "atCall" in cut ? cut.atCall : 0,
    isSyncIgnored: weakness === "ignored-syncs" ? 1 : 0,
  });
  const preload = weakness === "NORMAL" || weakness === "OFF" ? ["--import", weaker] : [];
  const child = spawn(
    process.execPath,
    [...preload, writer, journalOf(disk), claims, String(firstId), isRoutine ? "routine" : "all"],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        ...diskEnvironment({ library, folder: disk, control, log, claims }),
        HAZGATE_TEST_SYNCHRONOUS: weakness,
        NODE_COMPILE_CACHE: join(work, "compiled"),
      },
    },
  );
  const timer = setTimeout(() => child.kill("SIGKILL"), lifeMsMax);
  if ("afterMs" in cut) setTimeout(() => child.kill("SIGKILL"), cut.afterMs);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const isAsTold =
    "atCall" in cut ? code === 137 && control.get("cuts") === 1 : child.signalCode === "SIGKILL";
  if (!isAsTold) throw new Error(`the writer ended by itself: ${code} ${child.signalCode}`);
  return { events: readDiskLog(log), start, end: "atCall" in cut ? "call" : "moment" };
}

export interface Cut {
  readonly verdict: Verdict;
  /** Not everything that was written reached the disk. */
  readonly isTorn: boolean;
  readonly claims: Claims;
  readonly image: DiskImage;
}

/** Cuts one life at each of `points` (numbers of events, ascending); `before`: promises of earlier lives. */
export function* cutsOf(
  life: Life,
  options: {
    readonly points: readonly number[];
    readonly before: Claims;
    readonly seed: number;
    readonly rule: NameRule;
    /** An empty folder of its own. */
    readonly scratch: string;
  },
): Generator<Cut> {
  const { points, seed, rule, scratch } = options;
  const claims = options.before.copy();
  let at = 0;
  let committedMs = 0;
  for (const [number, point] of points.entries()) {
    for (; at < point; at += 1) {
      const event = life.events[at];
      if (event === undefined) break;
      if (event.kind === "claim") claims.take(event.text, event.timeMs);
      if (event.kind === "syncFile") committedMs = event.timeMs;
      life.start.apply(event);
    }
    const keep = { seed: seed + number };
    const image = life.start.image({ rule, keep });
    const isTorn = !isSame(unmarked(image), unmarked(life.start.image({ rule, keep: "all" })));
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    writeImage(image, scratch);
    const verdict = checkImage(journalOf(scratch), claims, committedMs);
    yield { verdict, isTorn, claims: claims.copy(), image };
  }
}

/** Without the sequence mark, which is never synced, and so nearly always behind. */
function unmarked(image: DiskImage): DiskImage {
  return new Map([...image].filter(([path]) => !path.endsWith(".mark")));
}

export function isSame(one: DiskImage, other: DiskImage): boolean {
  if (one.size !== other.size) return false;
  for (const [path, content] of one) {
    const twin = other.get(path);
    if (twin === undefined || (content === null) !== (twin === null)) return false;
    if (content !== null && twin !== null && !content.equals(twin)) return false;
  }
  return true;
}
