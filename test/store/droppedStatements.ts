/**
 * A program that crashes where the SQLite library cannot stand the collection of what was dropped. Major
 * version 12 aborts here on Node 24 in four of five runs, in the loops that never yield; never in the rest.
 */

import { writeSync } from "node:fs";
import Database from "better-sqlite3";

/** Enough for the first collections; longer loops only cost memory. */
const loopMs = 200;
const restMs = Number(process.argv[2] ?? 1_300);
const restMsMax = 60_000;
const counts = { made: 0, collected: 0 };
const registry = new FinalizationRegistry<undefined>(() => {
  counts.collected += 1;
});
const db = new Database(":memory:");
db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");

function prepare(): void {
  db.prepare("SELECT a FROM t");
}
function prepareAndAsk(): void {
  prepare();
  db.pragma("user_version", { simple: true });
}
function useAndDrop(): void {
  const insert = db.prepare("INSERT INTO t (a) VALUES (?)");
  registry.register(insert, undefined);
  insert.run(1);
  db.prepare("SELECT a FROM t WHERE id = ?").get(1);
  db.pragma("table_info(t)");
}

// First, as part of the module's own evaluation: after any await version 12 does not abort.
for (const step of [prepare, prepareAndAsk]) {
  const startMs = performance.now();
  while (performance.now() - startMs < loopMs) step();
}
// Version 13 leaves the end of what these loops dropped to the next turn.
await new Promise((resolve) => setTimeout(resolve, 1));
const gentleMs = performance.now();
/** A slow machine makes less in the same time: it goes on until something was collected. */
function goesOn(): boolean {
  const passedMs = performance.now() - gentleMs;
  return passedMs < restMs || (counts.collected === 0 && passedMs < restMsMax);
}
while (goesOn()) {
  for (let i = 0; i < 500; i += 1) useAndDrop();
  counts.made += 500;
  db.exec("DELETE FROM t");
  // Whole connections are dropped too, as an agent does that never closed one.
  new Database(":memory:").prepare("SELECT 1").get();
  // The registry is told between turns of the loop; the collection itself is natural.
  await new Promise((resolve) => setImmediate(resolve));
}
db.close();
writeSync(1, JSON.stringify(counts));
