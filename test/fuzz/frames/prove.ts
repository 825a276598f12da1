/**
 * The proof of hostile lines: spoilt replies through both ports in-process, on a clock that jumps; a share of them over
 * real sockets and pseudo-terminals; and controls, masters as they are usually written, that must be deceived.
 */

import { liveMb } from "../liveMemory.ts";
import { calmKinds } from "./mutations.ts";
import { emptyReal, runReal } from "./realWires.ts";
import { emptyTally, runTrial, type Tally, type Transport } from "./trial.ts";

/** Asks of one line; a long one, in which 16-bit ids come round. */
const trialAsks = 1_000;
const longAsks = 150_000;
/** One of so many questions goes over real wires as well, over so many lines at once. */
const realShare = 100;
const realLines = 8;
/** A control is tried until it is deceived, so often at most. */
const controlTrialsMax = 40;
const growthMbMax = 5;
/** modbus-serial itself is tried from so many spoilt replies on. */
const bareFrom = 100_000;
const faultsMax = 20;

export async function proveFrames(options: {
  /** Spoilt replies per framing: so many over TCP, and so many as RTU. */
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly figures: Record<string, unknown>; readonly faults: readonly string[] }> {
  const { count, seed, say } = options;
  const faults: string[] = [];
  const fault = (text: string): void => {
    if (faults.length < faultsMax) faults.push(text);
    say(text);
  };
  const onUncaught = (error: unknown): void => fault(`uncaught: ${String(error)}`);
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
  const of: Record<Transport, Tally> = {
    tcp: emptyTally(),
    rtu: emptyTally(),
    "rtu-socket": emptyTally(),
  };
  let trial = 0;
  const runUntil = async (transport: Transport, mutated: number): Promise<void> => {
    while (of[transport].mutated < mutated && faults.length < faultsMax) {
      trial += 1;
      const isCalm = transport === "tcp" && trial % 2 === 0;
      // Calm connections live long; the rest begins anew every few questions.
      const asks = isCalm && mutated >= 2 * longAsks && trial === 2 ? longAsks : trialAsks;
      await runTrial({
        ...{ transport, seed: (seed + Math.imul(trial, 0x9e3779b1)) >>> 0, count: asks },
        ...(isCalm ? { only: calmKinds } : {}),
        ...{ tally: of[transport], fault },
      });
    }
    say(`${transport}: ${of[transport].mutated} spoilt replies, ${faults.length} faults`);
  };
  // What is filled once (code, pools) is filled by a first share: memory counts from after it.
  const first = Math.min(count, Math.max(2_000, Math.ceil(count / 20)));
  await runUntil("tcp", first);
  await runUntil("rtu", Math.ceil(first / 2));
  await runUntil("rtu-socket", Math.ceil(first / 2));
  const liveStartMb = liveMb();
  await runUntil("tcp", count);
  await runUntil("rtu", Math.ceil(count / 2));
  await runUntil("rtu-socket", Math.ceil(count / 2));
  const liveEndMb = liveMb();
  if (liveEndMb - liveStartMb > growthMbMax) {
    fault(`what is alive grew from ${liveStartMb} to ${liveEndMb} MB`);
  }
  const real = await realWires({ count: Math.ceil(count / realShare), seed, fault });
  const controls = await runControls(seed, fault);
  // Takes a while, and needs many questions to be deceived for sure: only in the long proof.
  const bare = count < bareFrom ? null : await bareLibrary(seed, fault);
  process.off("uncaughtException", onUncaught);
  process.off("unhandledRejection", onUncaught);
  const memory = { liveStartMb: rounded(liveStartMb), liveEndMb: rounded(liveEndMb) };
  return { figures: { ...of, real, controls, bare, memory }, faults };
}

async function realWires(options: {
  readonly count: number;
  readonly seed: number;
  readonly fault: (text: string) => void;
}): Promise<Record<string, unknown>> {
  const { seed, fault } = options;
  const count = Math.ceil(options.count / realLines);
  const figures = { sockets: emptyReal(), ptys: emptyReal(), converters: emptyReal() };
  for (const [name, isTcp] of [
    ["sockets", true],
    ["ptys", false],
    ["converters", false],
  ] as const) {
    const kind = { isTcp, isConverted: name === "converters" };
    const lines = Array.from({ length: realLines }, (_, i) =>
      runReal({ seed: seed + i, count, ...kind, figures: figures[name], fault }),
    );
    await Promise.all(lines);
  }
  return figures;
}

/** Each must give wrong values with good quality, or the proof proves nothing. */
async function runControls(
  seed: number,
  fault: (text: string) => void,
): Promise<Record<string, unknown>> {
  const figures: Record<string, unknown> = {};
  const plain = [
    ["no ids beyond 8 bits", "tcp", calmKinds],
    ["no rule of late replies", "rtu", ["late"]],
    ["nobody else is overheard", "rtu", ["another master asks and is answered before us"]],
  ] as const;
  for (const [name, transport, only] of plain) {
    const tally = emptyTally();
    for (let trial = 0; trial < controlTrialsMax && tally.wrong === 0; trial += 1) {
      await runTrial({
        ...{ transport, isControl: true, seed: seed + trial, count: trialAsks, only, tally, fault },
      });
    }
    if (tally.wrong === 0) fault(`the control "${name}" was never wrong: nothing is proven`);
    figures[name] = { asked: tally.requests, wrong: tally.wrong };
  }
  return figures;
}

/** The same against modbus-serial as it comes, over real wires: replies that are late, and on TCP ids that come round. */
async function bareLibrary(
  seed: number,
  fault: (text: string) => void,
): Promise<Record<string, unknown>> {
  const figures = { sockets: emptyReal(), ptys: emptyReal() };
  const tcp = { isTcp: true, count: 900, only: ["right", "within the time-out"] };
  const rtu = { isTcp: false, count: 300, only: ["late"] };
  const lines = Array.from({ length: realLines }, async (_, i) => {
    const more = { seed: seed + i, isControl: true, fault };
    await runReal({ ...tcp, ...more, figures: figures.sockets });
    await runReal({ ...rtu, ...more, figures: figures.ptys });
  });
  await Promise.all(lines);
  for (const [name, { wrong }] of Object.entries(figures)) {
    if (wrong === 0) fault(`modbus-serial over ${name} was never wrong: nothing is proven`);
  }
  return figures;
}

const rounded = (mb: number): number => Math.round(mb * 10) / 10;
