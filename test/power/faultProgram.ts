/**
 * Works on real journals whose disk fails at the N-th call, one journal for each N, and says of each what came of it.
 * Its disk must be the preloaded one. Arguments: watched folder, control file, file of outcomes, plan as JSON.
 */

import { appendFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { createRealClock } from "../../agent/realClock.ts";
import { type Lane, lanes } from "../../agent/records.ts";
import { type Journal, openJournal } from "../../agent/store/journal.ts";
import { alarm, heads, settings } from "../store/samples.ts";
import { checkImage } from "./checkImage.ts";
import { Claims, contentOf, readingsOf } from "./claims.ts";
import { DiskControl, type Fault } from "./diskControl.ts";

export type FaultPlan = Pick<Fault, "fails" | "as"> & {
  readonly points: readonly { readonly from: number; readonly run: number }[];
};

export interface FaultOutcome {
  readonly from: number;
  readonly run: number;
  /** Calls that were made to fail. */
  readonly faulted: number;
  /** Openings that failed before one did not. */
  readonly refusedOpenings: number;
  readonly alarms: number;
  readonly lost: number;
  readonly isCorrupt: boolean;
  readonly faults: readonly string[];
}

const [folder = "", controlFile = "", outcomesFile = "", planText = "{}"] = process.argv.slice(2);
const plan = JSON.parse(planText) as FaultPlan;
const clock = createRealClock();
const never = new AbortController().signal;
/** An alarm that is not durable so long after the disk has recovered never will be. */
const wedgedMs = 20_000;
/** Alarms raised while waiting for the fault to come, and after it is over. */
const alarmsMax = 3_000;
const alarmsAfter = 5;
const readingsOfBlock = 3;

using control = new DiskControl(controlFile, true);
for (const { from, run } of plan.points) {
  const outcome = await faultAt(join(folder, `at${from}`, "journal.db"), { ...plan, from, run });
  appendFileSync(outcomesFile, `${JSON.stringify(outcome)}\n`);
}
process.exit(0);

async function faultAt(file: string, fault: Fault): Promise<FaultOutcome> {
  const claims = new Claims();
  const faults: string[] = [];
  // No sync needs to reach the real disk here: nobody cuts its power.
  control.set({ isSyncIgnored: 1 });
  control.fail(fault);
  const { journal, refusedOpenings } = await opened(file);
  const crash = journal.failed.then(({ message }) => faults.push(`crashed: ${message}`));
  claims.epoch = journal.epoch;
  const { promises, readings } = await work(journal, { fault, claims });
  const faulted = control.get("faulted");
  control.heal();
  const all = Promise.all(promises).then(() => "durable");
  const isDurable = await Promise.race([all, clock.sleep(wedgedMs, never), crash]);
  if (isDurable !== "durable") faults.push("alarms did not become durable by themselves");
  else faults.push(...(await bookFaults(journal, readings)));
  try {
    await journal[Symbol.asyncDispose]();
  } catch (error) {
    faults.push(`closing: ${String(error)}`);
  }
  const verdict = checkImage(file, claims);
  for (const name of readdirSync(dirname(file))) {
    if (name.includes("damaged")) faults.push(`left behind: ${name}`);
  }
  rmSync(dirname(file), { recursive: true, force: true });
  const { from, run } = fault;
  const counts = { from, run, faulted, refusedOpenings, alarms: claims.kept.size };
  const { lost, isCorrupt } = verdict;
  return { ...counts, lost, isCorrupt, faults: [...faults, ...verdict.faults] };
}

/** As a supervisor does: tries again until it works. */
async function opened(file: string): Promise<{ journal: Journal; refusedOpenings: number }> {
  for (let refusedOpenings = 0; ; refusedOpenings += 1) {
    const answer = await openJournal({
      ...{ file, heads, clock, site: "demo", box: "box1" },
      settings: { ...settings, liveEveryMs: 1_000, backlogEveryMs: 1_000 },
    });
    if (answer.ok) return { journal: answer.value, refusedOpenings };
    if (refusedOpenings > 200) throw new Error(`never opens: ${answer.error.message}`);
  }
}

/** Raises alarms until the fault has come and gone, without waiting long for any of them. */
async function work(
  journal: Journal,
  options: { readonly fault: Fault; readonly claims: Claims },
): Promise<{ readonly promises: readonly Promise<void>[]; readonly readings: number }> {
  const { fault, claims } = options;
  const promises: Promise<void>[] = [];
  let after = 0;
  let id = 0;
  for (; id < alarmsMax && after < alarmsAfter; id += 1) {
    const event = alarm(clock.now(), { alarmId: `A${id}`, value: id });
    const durable = journal.commitAlarms([event], readingsOf(clock.now(), id));
    durable.catch(() => {});
    claims.kept.set(event.alarmId, contentOf(event));
    promises.push(durable);
    await Promise.race([durable.catch(() => {}), clock.sleep(15, never)]);
    if (id % 16 === 8) await send(journal, claims);
    if (control.get("matched") >= fault.from + fault.run - 1) after += 1;
  }
  claims.durable.set(0, id - 1);
  return { promises, readings: id * readingsOfBlock };
}

async function send(journal: Journal, claims: Claims): Promise<void> {
  for (const lane of lanes satisfies readonly Lane[]) {
    try {
      const request = { lane, afterSeq: 0, maxRecords: 3, maxBytes: 1e6 };
      for (const { seq, bytes } of await journal.next(request)) {
        claims.sent.set(`${journal.epoch}/${seq}`, crc32(bytes));
      }
    } catch {
      // Refused while the disk fails: the forwarder asks again.
    }
  }
}

async function bookFaults(journal: Journal, readings: number): Promise<readonly string[]> {
  const { account, trouble } = await journal.stats();
  const { made, delivered, stored, declaredLost } = account;
  const faults: string[] = [];
  if (trouble !== null) faults.push(`trouble stays: ${trouble}`);
  if (made !== readings) faults.push(`${readings} readings taken, ${made} made`);
  if (declaredLost > 0) faults.push(`${declaredLost} readings declared lost without need`);
  if (made !== delivered + stored + declaredLost) faults.push(JSON.stringify(account));
  return faults;
}
