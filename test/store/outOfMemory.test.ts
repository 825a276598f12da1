import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Lane } from "../../agent/records.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { alarmBodySchema } from "../../agent/wire/envelope.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder, valuesOf } from "./scratchJournal.ts";

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Writes and claims until its memory is used up; answers what it had claimed by then. */
async function writeUntilOutOfMemory(file: string, firstValue: number): Promise<number[]> {
  const words = [
    ...["--max-old-space-size=48", "--import", program("./memoryHog.ts")],
    ...[program("./claimingWriter.ts"), file, String(firstValue)],
  ];
  const writer = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  let claims = "";
  writer.stdout.on("data", (chunk: Buffer) => {
    claims += chunk.toString();
  });
  await new Promise((resolve) => writer.on("close", resolve));
  expect(writer.signalCode).toBe("SIGABRT");
  return claims.split("\n").slice(0, -1).map(Number);
}

test("an agent that runs out of memory loses no claim, and the books balance", async () => {
  const file = join(scratchFolder(), "journal.db");
  const claimed: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    claimed.push(...(await writeUntilOutOfMemory(file, round * 1_000_000)));
    const seen = look(file);
    expect(seen.faults).toEqual([]);
    expect(isInOrder(seen)).toBe(true);
  }
  expect(claimed.length).toBeGreaterThan(0);

  const life = open(file, new HandClock());
  const all = (lane: Lane): Uint8Array[] => {
    const next = life.engine.next({ lane, afterSeq: 0, maxRecords: 1e6, maxBytes: 1e9 });
    return next.ok ? next.value.map(({ bytes }) => bytes) : [];
  };
  const readings = [...all("live"), ...all("backlog")].flatMap(valuesOf);
  const alarms = all("alarm").map((bytes) => alarmBodySchema.parse(bodyOf(bytes)).value);
  expect(new Set(readings).size).toBe(readings.length);
  expect(claimed.filter((value) => !readings.includes(value))).toEqual([]);
  expect(claimed.filter((value) => !alarms.includes(value))).toEqual([]);
  close(life);
}, 120_000);
