import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Lane } from "../../agent/records.ts";
import { isInOrder } from "../../agent/store/inspection.ts";
import { alarmBodySchema } from "../../agent/wire/envelope.ts";
import { bodyOf, close, HandClock, look, open, scratchFolder, valuesOf } from "./scratchJournal.ts";

const kills = Number(process.env["HAZGATE_KILLS"] ?? 30);
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface Life {
  readonly file: string;
  readonly firstValue: number;
  /** Claims after which it is killed; without: it ends by itself. */
  readonly killAfter?: number;
  /** The thread whose memory ends, if any. */
  readonly hog?: "main" | "journal";
}

interface End {
  readonly claims: number[];
  readonly signal: NodeJS.Signals | null;
  readonly lastWords: string;
}

/** Runs a writer until it ends, and answers what it had claimed by then. */
async function endOf(life: Life): Promise<End> {
  const { file, firstValue, killAfter = Number.POSITIVE_INFINITY, hog } = life;
  const hungry =
    hog === undefined ? [] : ["--max-old-space-size=48", "--import", program("./memoryHog.ts")];
  const command = [...hungry, program("./claimingWriter.ts"), file, String(firstValue)];
  const writer = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HAZGATE_TEST_HOG: hog },
  });
  let claims = "";
  let lastWords = "";
  writer.stderr.on("data", (chunk: Buffer) => {
    lastWords += chunk.toString();
  });
  writer.stdout.on("data", (chunk: Buffer) => {
    claims += chunk.toString();
    if (claims.split("\n").length > killAfter) writer.kill("SIGKILL");
  });
  await new Promise((resolve) => writer.on("close", resolve));
  return {
    claims: claims.split("\n").slice(0, -1).map(Number),
    signal: writer.signalCode,
    lastWords,
  };
}

function expectInOrder(file: string): void {
  const seen = look(file);
  expect(seen.faults).toEqual([]);
  expect(isInOrder(seen)).toBe(true);
}

/** Every claimed alarm is there, with the reading that came before it; nothing is there twice; each end is told. */
function expectClaimed(file: string, claimed: readonly number[], ends: number): void {
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
  expect(all("gap")).toHaveLength(ends);
  close(life);
}

test(`no claim is lost over ${kills} kills, and the books balance after each`, async () => {
  const file = join(scratchFolder(), "journal.db");
  const claimed: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    // A moment the writer cannot know.
    const killAfter = 1 + Math.floor(Math.random() * 40);
    const end = await endOf({ file, firstValue: kill * 1_000_000, killAfter });
    expect(end.signal, end.lastWords).toBe("SIGKILL");
    const { claims } = end;
    expect(claims.length).toBeGreaterThan(0);
    claimed.push(...claims);
    expectInOrder(file);
  }
  expectClaimed(file, claimed, kills);
});

/** How each thread's end by memory ends the program: the runtime aborts it, or the thread's error does. */
const endings = [
  { hog: "main", signal: "SIGABRT", words: /heap out of memory/ },
  { hog: "journal", signal: null, words: /the journal's thread ended: .*heap out of memory/ },
] as const;

for (const { hog, signal, words } of endings) {
  test(`an agent whose ${hog} thread runs out of memory loses no claim, and the books balance`, async () => {
    const file = join(scratchFolder(), "journal.db");
    const claimed: number[] = [];
    const ends = 3;
    for (let number = 0; number < ends; number += 1) {
      const end = await endOf({ file, firstValue: number * 1_000_000, hog });
      expect(end.lastWords).toMatch(words);
      expect(end.signal).toBe(signal);
      claimed.push(...end.claims);
      expectInOrder(file);
    }
    expect(claimed.length).toBeGreaterThan(0);
    expectClaimed(file, claimed, ends);
  });
}
