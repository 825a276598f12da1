/** A damaged journal: never a wrong value, never a silent loss, never a start that fails. */

import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { recordKinds } from "../../agent/records.ts";
import { verdictOn } from "./judge.ts";
import { mutationKinds, seeded } from "./mutate.ts";
import { type Prepared, prepare, scratchRoot, type Truth } from "./preparedJournal.ts";
import { prove } from "./prove.ts";
import { runTrial } from "./trial.ts";

const root = scratchRoot();
afterAll(() => rmSync(root, { recursive: true, force: true }));
const prepared: Prepared = prepare(join(root, "own"), "original", 1);

test("the prepared journal has records in every state, and its log is not yet in the file", () => {
  const { truth, image } = prepared;
  const kinds = [...truth.kinds.values()];
  for (const kind of recordKinds) expect(kinds).toContain(kind);
  expect(truth.nextSeq).toBeGreaterThan(150);
  expect(truth.delivered.size).toBeGreaterThan(50);
  expect(truth.unsealed.size).toBeGreaterThan(0);
  expect(truth.standing).toBeGreaterThan(0);
  expect(image["-wal"]?.length).toBeGreaterThan(100_000);
});

test("undamaged, everything comes and nothing is declared lost", () => {
  const { image, truth } = prepared;
  expect(runTrial({ root, image, truths: [truth] })).toEqual({
    faults: [],
    carried: 0,
    lost: 0,
    isLostUnknown: false,
    movedAside: 0,
  });
});

test("the judge sees a wrong value, a changed record and a silent loss", () => {
  const { image, truth } = prepared;
  const faultsAgainst = (change: Partial<Truth>): string =>
    runTrial({ root, image, truths: [{ ...truth, ...change }] }).faults.join("; ");
  const [key = ""] = truth.unsealed;
  expect(faultsAgainst({ readings: new Map([...truth.readings, [key, -1]]) })).toContain(key);
  const more = new Map([...truth.readings, ["LT-101@1", 5]]);
  expect(faultsAgainst({ readings: more })).toContain("1 readings");
  expect(faultsAgainst({ delivered: new Set() })).toContain("no word of");
  expect(faultsAgainst({ nextSeq: truth.nextSeq + 1_000 })).toContain("no word of");
  const undelivered = [...truth.texts.keys()].find((seq) => !truth.delivered.has(seq)) ?? 0;
  const texts = new Map([...truth.texts, [undelivered, `{"seq":1,"body":{"lost":1}}`]]);
  expect(faultsAgainst({ texts })).toContain("is not what was sealed");
  expect(verdictOn([truth], [], truth.standing).faults).not.toEqual([]);
});

test("of hundreds of mutations of database, log and mark none is silent", async () => {
  const lines: string[] = [];
  const { figures, faults } = await prove({
    count: Number(process.env["HAZGATE_MUTATIONS"] ?? 300),
    seed: 20_260_000,
    say: (line) => lines.push(line),
  });
  expect(faults, lines.join("\n")).toEqual([]);
  for (const kind of mutationKinds) expect(figures[kind]?.trials, kind).toBeGreaterThan(0);
  expect(figures["all"]?.noticed).toBeGreaterThan(0);
  expect(figures["all"]?.carriedRecords).toBeGreaterThan(0);
  expect(figures["nothing"]).toMatchObject({ noticed: 0, lostReadings: 0, lostUnknown: 0 });
});

test("pages damaged under a running journal are noticed by reading or by the check, and nothing is silent", () => {
  const { image, truth } = prepared;
  let noticed = 0;
  for (let seed = 1; seed <= 30; seed += 1) {
    const rng = seeded(seed);
    const outcome = runTrial({
      ...{ root, image, truths: [truth] },
      whileRunning(file) {
        const path = rng() < 0.7 ? file : `${file}-wal`;
        const bytes = readFileSync(path);
        // Beyond the first page and the log's head, which a connection that is open reads only once.
        const span = statSync(path).size - 8_192;
        if (span <= 0) return;
        for (let flips = 0; flips < 200; flips += 1) {
          const at = 8_192 + Math.floor(rng() * span);
          bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(rng() * 8));
        }
        const descriptor = openSync(path, "r+");
        writeSync(descriptor, bytes, 8_192, span, 8_192);
        closeSync(descriptor);
      },
    });
    expect(outcome.faults, `seed ${seed}`).toEqual([]);
    noticed += Number(outcome.movedAside > 0 || outcome.lost > 0);
  }
  expect(noticed).toBeGreaterThan(5);
});
