import { expect, test } from "vitest";
import {
  besideExport,
  besideFrozenAgent,
  besideHangingDisk,
  besideSlowBroker,
  type Proof,
  type StallOptions,
} from "./stallProofs.ts";

/** The long run is `npm run prove -- stalls --count 30`. */
const options: StallOptions = { seconds: Number(process.env["HAZGATE_STALL_S"] ?? 8), seed: 7 };

test.each<readonly [string, (options: StallOptions) => Promise<Proof>]>([
  ["an export of a million readings slows down neither polling nor alarms", besideExport],
  [
    "a disk that hangs: polling goes on, alarms are told as not yet stored, then all is on the disk",
    besideHangingDisk,
  ],
  [
    "a broker that reads one byte a second: polling, alarms and memory as before, then all arrives",
    besideSlowBroker,
  ],
])(
  "%s",
  async (name, prove) => {
    const { figures, faults } = await prove(options);
    show(name, figures);
    expect(faults).toEqual([]);
  },
  240_000,
);

test("the control: an agent that stands still is noticed by each of these measures", async () => {
  const { figures, faults } = await besideFrozenAgent({ ...options, seconds: 9 });
  show("frozen", figures);
  expect(faults.join()).toContain("polling has slowed down");
  expect(faults.join()).toContain("alarms have slowed down");
  expect(faults.join()).toContain("a unit was forgotten");
});

function show(name: string, figures: Proof["figures"]): void {
  const phases = Object.entries(figures).filter(([, value]) => typeof value === "object");
  const counts = Object.entries(figures).filter(([, value]) => typeof value !== "object");
  console.log(`${name}: ${counts.map(([what, count]) => `${what} ${count}`).join(", ")}`);
  console.table(Object.fromEntries(phases));
}
