import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Lane } from "../../agent/records.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { alarmBodySchema } from "../../agent/wire/envelope.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder, valuesOf } from "./scratchJournal.ts";

const kills = Number(process.env["HAZGATE_KILLS"] ?? 30);

/** Starts a writer, lets it claim for a while, kills it at a moment it cannot know. */
async function killOnce(file: string, firstValue: number): Promise<number[]> {
  const writer = spawn(
    process.execPath,
    [fileURLToPath(new URL("./claimingWriter.ts", import.meta.url)), file, String(firstValue)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let claims = "";
  const wanted = 1 + Math.floor(Math.random() * 40);
  writer.stdout.on("data", (chunk: Buffer) => {
    claims += chunk.toString();
    if (claims.split("\n").length > wanted) writer.kill("SIGKILL");
  });
  await new Promise((resolve) => writer.on("close", resolve));
  expect(writer.signalCode).toBe("SIGKILL");
  return claims.split("\n").slice(0, -1).map(Number);
}

test(`no claim is lost over ${kills} kills, and the books balance after each`, async () => {
  const file = join(scratchFolder(), "journal.db");
  const claimed: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const claims = await killOnce(file, kill * 1_000_000);
    expect(claims.length).toBeGreaterThan(0);
    claimed.push(...claims);
    const seen = look(file);
    expect(seen.faults).toEqual([]);
    expect(isInOrder(seen)).toBe(true);
  }

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
  // Readings appended before a claimed alarm are durable with it.
  expect(claimed.filter((value) => !readings.includes(value - 1))).toEqual([]);
  expect(all("gap")).toHaveLength(kills);
  close(life);
}, 300_000);
