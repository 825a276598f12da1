/**
 * Opens sound journals while its disk fails at the N-th call, for many N, and says how often each answer came.
 * Its disk must be the preloaded one. Arguments: watched folder, control file, class of calls that fail.
 */

import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRealClock } from "../../agent/realClock.ts";
import { openEngine } from "../../agent/store/openEngine.ts";
import { columnsOfBlock } from "../../agent/wire/readingColumns.ts";
import { alarm, heads, settings } from "../store/samples.ts";
import { readingsOf } from "./claims.ts";
import { DiskControl, type FaultClass } from "./diskControl.ts";

export interface OpenOutcome {
  /** Openings whose fault came. */
  hit: number;
  /** Opened all the same: the journal that was there. */
  opened: number;
  /** Not opened; the next opening found the journal that was there. */
  refused: number;
  /** A sound journal was moved aside, or another one begun. */
  readonly givenUp: string[];
}

const [folder = "", controlFile = "", fails = "read"] = process.argv.slice(2);
const clock = createRealClock();
const seconds = 60;
/** An opening makes fewer calls of a class than this. */
const callsMax = 600;
/** Calls tried: each of the first, then some. */
const eachCall = 60;
const thenEvery = 7;

type Opening = ReturnType<typeof openEngine>;

function openAt(file: string, newEpoch: string): Opening {
  return openEngine({ file, site: "demo", box: "box1", heads, settings, clock, newEpoch });
}

function end(opening: Opening): void {
  if (!opening.ok) throw new Error(opening.error.message);
  opening.value.engine.close();
  opening.value.lock[Symbol.dispose]();
}

/** One as a clean stop leaves it, one as a kill does. */
function soundJournals(): readonly string[] {
  const stopped = join(folder, "stopped");
  const killed = join(folder, "killed");
  const opening = openAt(join(stopped, "journal.db"), "old");
  if (!opening.ok) throw new Error(opening.error.message);
  const { engine } = opening.value;
  for (let id = 0; id < seconds; id += 1) {
    engine.append(columnsOfBlock(readingsOf(clock.now(), id)));
    engine.raise([alarm(clock.now(), { alarmId: `A${id}` })]);
    if (!engine.commit().ok) throw new Error("the disk fails too early");
  }
  cpSync(stopped, killed, { recursive: true });
  end(opening);
  return [stopped, killed];
}

function attempt(sound: string, from: number, outcome: OpenOutcome): boolean {
  const place = join(folder, "copy");
  rmSync(place, { recursive: true, force: true });
  cpSync(sound, place, { recursive: true });
  const file = join(place, "journal.db");
  control.fail({ fails: fails as FaultClass, as: "EIO", from, run: 1 });
  const first = openAt(file, "new");
  const isHit = control.get("faulted") > 0;
  control.heal();
  if (!isHit) {
    end(first);
    return false;
  }
  outcome.hit += 1;
  const epoch = first.ok ? first.value.engine.epoch : null;
  if (first.ok) end(first);
  const again = openAt(file, "new");
  const isOld = again.ok && again.value.engine.epoch === "old" && epoch !== "new";
  end(again);
  const isAside = readdirSync(place).some((name) => name.includes("damaged"));
  if (!isOld || isAside) outcome.givenUp.push(`${sound}, call ${from}`);
  else if (first.ok) outcome.opened += 1;
  else outcome.refused += 1;
  return true;
}

using control = new DiskControl(controlFile, true);
control.set({ isSyncIgnored: 1 });
const outcome: OpenOutcome = { hit: 0, opened: 0, refused: 0, givenUp: [] };
for (const sound of soundJournals()) {
  let from = 1;
  while (from < callsMax && attempt(sound, from, outcome)) from += from < eachCall ? 1 : thenEvery;
}
process.stdout.write(JSON.stringify(outcome));
