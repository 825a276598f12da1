import { appendFile, chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditLog } from "../../agent/commands/auditLog.ts";
import { emptyHead, follow, lineAfter } from "../../agent/page/server/auditChain.ts";
import { openAuditLog } from "../../agent/page/server/auditLog.ts";
import { canMount, fill, smallVolume } from "../store/smallVolume.ts";
import { bench, clock, codeOf } from "./harness.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "hazgate-audit-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const entry = (note: string) =>
  ({
    by: "王工",
    role: "officer",
    from: "10.0.0.5",
    did: "alarm.ack",
    note,
    details: { b: 1, a: [note] },
  }) as const;
const open = (torn: string[] = []) =>
  openAuditLog({ dataDir, clock, onTorn: (keptIn) => void torn.push(keptIn) });
const verify = async () => {
  const { exitCode, stdout } = await auditLog({ dataDir, json: true, lang: "en" });
  return {
    exitCode,
    ...(JSON.parse(stdout) as { lines: number; broken: { line: number } | null }),
  };
};

test("any change of any line is found at that line or the next", () => {
  const lines: string[] = [];
  let head = emptyHead;
  for (let i = 0; i < 12; i += 1) {
    const line = lineAfter(head, entry(`note ${i}`), "2026-11-25T00:00:00.000Z");
    lines.push(JSON.stringify(line));
    head = line;
  }
  const firstFault = (texts: readonly string[]): number => {
    let now = emptyHead;
    for (const [i, text] of texts.entries()) {
      const next = follow(now, text);
      if (typeof next === "string") return i;
      now = next;
    }
    return -1;
  };
  expect(firstFault(lines)).toBe(-1);
  fc.assert(
    fc.property(
      fc.nat(11),
      fc.constantFrom("change", "remove", "swap", "double"),
      fc.nat(10_000),
      (at, how, where) => {
        const wrong = [...lines];
        const text = lines[at]!;
        if (how === "remove") wrong.splice(at, 1);
        if (how === "double") wrong.splice(at, 0, text);
        if (how === "swap") wrong.splice(at, 2, ...lines.slice(at, at + 2).reverse());
        if (how === "change") {
          const i = where % text.length;
          wrong[at] = text.slice(0, i) + (text[i] === "7" ? "8" : "7") + text.slice(i + 1);
        }
        // Cutting off the end, or swapping the last with nothing, only the platform's copy of the hash shows.
        if (wrong.every((one, i) => one === lines[i])) return;
        const found = firstFault(wrong);
        expect(found).toBeGreaterThanOrEqual(at);
        expect(found).toBeLessThanOrEqual(at + 1);
      },
    ),
  );
});

test("a last line that a power cut tore is kept aside, and the chain goes on whole", async () => {
  await (await open()).append(entry("one"));
  await appendFile(join(dataDir, "audit.jsonl"), '{"n":2,"at":"2026');
  expect(await verify()).toMatchObject({ exitCode: 5, lines: 1, broken: { line: 2 } });
  const torn: string[] = [];
  const log = await open(torn);
  expect(await readFile(torn[0]!, "utf8")).toBe('{"n":2,"at":"2026');
  expect((await log.append(entry("two"))).n).toBe(2);
  expect(await verify()).toMatchObject({ exitCode: 0, lines: 2, broken: null });
});

test("two programs that append at the same time leave one chain", async () => {
  const logs = [await open(), await open(), await open()];
  await Promise.all(Array.from({ length: 30 }, (_, i) => logs[i % 3]!.append(entry(`note ${i}`))));
  expect(await verify()).toMatchObject({ exitCode: 0, lines: 30 });
  expect(await readdir(dataDir)).toEqual(["audit.jsonl", "audit.jsonl.reserve"]);
});

// Mounting needs root, as the tests in CI have it.
test.skipIf(!canMount())("people can act, on record, while the disk is full", async () => {
  const folder = smallVolume(4) ?? "";
  const log = await openAuditLog({ dataDir: folder, clock, onTorn: () => {} });
  await log.append(entry("before"));
  const filler = fill(folder);
  for (let i = 0; i < 300; i += 1) await log.append(entry(`while full ${i}`));
  const { exitCode, stdout } = await auditLog({ dataDir: folder, json: true, lang: "en" });
  expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 0, lines: 301 });
  expect(await readdir(folder)).not.toContain("audit.jsonl.reserve");
  await rm(filler ?? "");
  await log.append(entry("after"));
  expect(await readdir(folder)).toContain("audit.jsonl.reserve");
});

test("a lock left by a program that died is taken over", async () => {
  const log = await open();
  await writeFile(join(dataDir, "audit.jsonl.lock"), "");
  const { utimes } = await import("node:fs/promises");
  const old = new Date(Date.now() - 60_000);
  await utimes(join(dataDir, "audit.jsonl.lock"), old, old);
  expect((await log.append(entry("one"))).n).toBe(1);
});

test("a log whose last line is damaged is not built upon", async () => {
  await writeFile(join(dataDir, "audit.jsonl"), "rubbish\n");
  await expect(open()).rejects.toThrow("damaged");
});

test("reading gives a span, newest first, over many pieces of the file", async () => {
  const log = await open();
  const long = "长".repeat(400);
  for (let i = 0; i < 120; i += 1) await log.append(entry(`${i} ${long}`));
  const nowMs = clock.now().wallMs;
  const all = await log.read({ fromMs: 0, toMs: nowMs + 1_000, linesMax: 1_000 });
  expect(all.map(({ n }) => n)).toEqual(Array.from({ length: 120 }, (_, i) => 120 - i));
  expect(await log.read({ fromMs: 0, toMs: nowMs + 1_000, linesMax: 3 })).toHaveLength(3);
  expect(await log.read({ fromMs: nowMs + 900, toMs: nowMs + 1_000, linesMax: 9 })).toEqual([]);
});

test("what people do is written before it is done, and its hash goes into the journal", async () => {
  await using world = await bench();
  const officer = await world.client("officer");
  const act = {
    do: "shelve",
    alarms: [{ source: "LT-102", type: "H" }],
    reason: "检修",
    note: "泵房",
    forMs: 3_600_000,
  };
  const answer = await officer.send("POST", "/api/alarms/act", act);
  expect(await answer.json()).toEqual({ done: ["H LT-102"], refused: [] });
  expect(world.sources.acts).toMatchObject([{ by: "officer", do: "shelve", forMs: 3_600_000 }]);
  const admin = await world.client("admin");
  const lines = (await (await admin.get("/api/audit.jsonl")).text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ by, did }) => `${by} ${did}`)).toEqual([
    "officer login",
    "officer alarm.shelve",
    "admin login",
    "admin audit.export",
  ]);
  expect(lines[1]).toMatchObject({
    details: { alarms: ["H LT-102"], reason: "检修", forMs: 3_600_000 },
  });
  expect(world.sources.noted.map(({ type, details }) => [type, details["audit"]])).toEqual(
    lines.map(({ n, hash }) => ["operator", { n, hash }]),
  );
  const report = await (await admin.get("/api/report/shift")).json();
  expect((report as { operator: unknown[] }).operator).toHaveLength(4);
});

test("a hand-over stands in the shift report", async () => {
  await using world = await bench();
  const officer = await world.client("officer");
  const given = await officer.send("POST", "/api/handover", { to: "李工", note: "V-102 检修中" });
  expect(await given.json()).toMatchObject({ from: "officer", to: "李工" });
  const report = await (await officer.get("/api/report/shift")).json();
  expect(report).toMatchObject({ handover: { from: "officer", to: "李工", note: "V-102 检修中" } });
});

test("what cannot be written down is not done", async () => {
  await using world = await bench();
  const officer = await world.client("officer");
  const file = join(world.dataDir, "audit.jsonl");
  // A folder in its place: root may write to a file of any mode.
  await rm(file);
  const { mkdir } = await import("node:fs/promises");
  await mkdir(file);
  await chmod(file, 0o700);
  const act = { do: "ack", alarms: [{ source: "LT-102", type: "H" }], reason: "", note: "" };
  const answer = await officer.send("POST", "/api/alarms/act", act);
  expect([answer.status, await codeOf(answer)]).toEqual([503, "audit-trouble"]);
  expect(world.sources.acts).toEqual([]);
});
