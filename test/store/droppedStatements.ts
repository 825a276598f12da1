/** A program that crashes where the SQLite library cannot stand the collection of what was dropped. */

import Database from "better-sqlite3";

const runMs = Number(process.argv[2] ?? 5_500);
const counts = { made: 0, collected: 0 };
const registry = new FinalizationRegistry<undefined>(() => {
  counts.collected += 1;
});
const db = new Database(":memory:");
db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
const startMs = performance.now();
while (performance.now() - startMs < runMs) {
  for (let i = 0; i < 500; i += 1) {
    const insert = db.prepare("INSERT INTO t (a) VALUES (?)");
    registry.register(insert, undefined);
    insert.run(i);
    db.prepare("SELECT a FROM t WHERE id = ?").get(i);
    db.pragma("user_version", { simple: true });
    db.pragma("table_info(t)");
    counts.made += 1;
  }
  db.exec("DELETE FROM t");
  // Whole connections are dropped too, as an agent does that never closed one.
  new Database(":memory:").prepare("SELECT 1").get();
  // The collector's messages arrive between turns of the loop; the collection itself is natural.
  await new Promise((resolve) => setImmediate(resolve));
}
db.close();
process.stdout.write(JSON.stringify(counts));
