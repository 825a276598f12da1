/**
 * `npm run prove -- power --count 2000 --seed 7`: the long proofs, by the same code as the tests with larger counts.
 * Without a name it lists them. Ends with 0 only when nothing was found.
 */

import { parseArgs } from "node:util";
import { proveStalls } from "../flow/stallProofs.ts";
import { prove as proveDeaths } from "../forward/brokerDeaths.ts";
import { proveFrames } from "../fuzz/frames/prove.ts";
import { proveOnvif } from "../fuzz/onvifFuzz.ts";
import { proveRtsp } from "../fuzz/rtspFuzz.ts";
import { prove as proveLarge } from "../mutations/largeFile.ts";
import { prove as proveMutations } from "../mutations/prove.ts";
import { proveShift } from "../page/shift.ts";
import { proveFaults, proveKill, provePower } from "../power/prove.ts";
import { prove as proveOutage } from "../store/outageProof.ts";
import { prove as proveClocks } from "../timekeeping/prove.ts";

interface ProofOptions {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}
interface Proof {
  readonly figures: Readonly<Record<string, unknown>>;
  /** Empty: proven. */
  readonly faults: readonly string[];
}
interface Provable {
  readonly what: string;
  /** The count the proof is meant for. */
  readonly count: number;
  prove(options: ProofOptions): Promise<Proof>;
}

const proofs: Readonly<Record<string, Provable>> = {
  power: { what: "power cuts, and controls that must lose", count: 2_000, prove: provePower },
  kill: { what: "kill -9 at random moments", count: 1_000, prove: proveKill },
  faults: {
    what: "a disk that is full or broken at every N-th call",
    count: 500,
    prove: proveFaults,
  },
  mutations: { what: "damaged journal files", count: 10_000, prove: proveMutations },
  large: {
    what: "records in a damaged file, and when it runs again",
    count: 500_000,
    prove: proveLarge,
  },
  deaths: { what: "deaths of a broker that had acknowledged", count: 500, prove: proveDeaths },
  outage: {
    what: "days offline at full rate in the size that check promises",
    count: 30,
    prove: proveOutage,
  },
  clocks: { what: "histories of a clock in trouble", count: 300, prove: proveClocks },
  shift: {
    what: "hours of a shift in a real browser: heap, nodes and listeners flat",
    count: 8,
    prove: proveShift,
  },
  frames: {
    what: "spoilt Modbus replies, over TCP and as RTU; controls must be deceived",
    count: 1_000_000,
    prove: proveFrames,
  },
  onvif: { what: "spoilt answers of a camera", count: 100_000, prove: proveOnvif },
  rtsp: { what: "spoilt conversations with a camera", count: 100_000, prove: proveRtsp },
  stalls: {
    what: "seconds of export, hanging disk, slow broker",
    count: 30,
    prove: proveStalls,
  },
};

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string" }, seed: { type: "string", default: "1" } },
});
const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

for (const name of positionals.length === 0 ? [] : positionals) {
  const proof = proofs[name];
  if (proof === undefined) {
    out(`no proof is named ${name}; there are: ${Object.keys(proofs).join(", ")}`);
    process.exitCode = 2;
    continue;
  }
  const startedMs = Date.now();
  const count = Number(given.count ?? proof.count);
  out(`${name}: ${count} x ${proof.what}, seed ${given.seed}`);
  const { figures, faults } = await proof.prove({ count, seed: Number(given.seed), say: out });
  out(JSON.stringify(figures, null, 2));
  for (const fault of faults) out(`FAULT ${fault}`);
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  out(`${name}: ${faults.length === 0 ? "proven" : `${faults.length} FAULTS`}, ${seconds} s`);
  if (faults.length > 0) process.exitCode = 1;
}
if (positionals.length === 0) {
  for (const [name, { what, count }] of Object.entries(proofs)) {
    out(`npm run prove -- ${name.padEnd(10)} ${what} (${count})`);
  }
}
