/**
 * The page over a plant that does not exist, for work on the browser's side:
 * `node test/page/devServer.ts --port 8099 --password tank-farm-7411` and log in as `officer` or `admin`.
 */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { AlarmView } from "../../agent/page/protocol/alarms.ts";
import { startPage } from "../../agent/page/server/page.ts";
import { createPasswords } from "../../agent/page/server/passwords.ts";
import { openUsers } from "../../agent/page/server/users.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { page } from "../../config/shape/page.ts";
import { createFakePageSources } from "../fakes/fakePageSources.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8099" },
    password: { type: "string", default: "tank-farm-7411" },
    /** Nobody exists yet: the page asks for the one-time code. */
    first: { type: "boolean", default: false },
    open: { type: "boolean", default: false },
  },
});
const clock = createRealClock();
const dataDir = await mkdtemp(join(tmpdir(), "hazgate-page-"));
if (!values.first) {
  const users = await openUsers(dataDir);
  if (!users.ok) throw new Error(users.error);
  for (const role of ["officer", "admin", "viewer"] as const) {
    const password = (await createPasswords().hash(values.password)) ?? "";
    await users.value.add({ name: role, role, password, nowMs: clock.now().wallMs });
  }
}
const sources = createFakePageSources({ now: () => clock.now() });
const log = (what: string, detail?: unknown): void => console.log(what, detail ?? "");
const started = await startPage({
  settings: page.parse({ listen: `127.0.0.1:${values.port}`, openView: values.open }),
  ...{ dataDir, sources, clock, log: { info: log, warn: log } },
});
if (!started.ok) throw new Error(started.error);
const server = started.value;
console.log(server.address, `officer, admin or viewer / ${values.password}`);
if (server.oneTimeCode !== null) console.log(`one-time code: ${server.oneTimeCode}`);

for (const { alarmId } of sources.alarms.now().slice(0, 3)) {
  await sources.cameras.gather(alarmId, join(dataDir, "evidence", alarmId));
}

const ending = new AbortController();
process.once("SIGINT", () => ending.abort());
process.once("SIGTERM", () => ending.abort());
for (let beats = 0; !ending.signal.aborted; beats += 1) {
  await clock.sleep(500, ending.signal);
  sources.beat(clock.now());
  if (beats % 40 === 20) flip();
}
await server[Symbol.asyncDispose]();

/** An alarm that comes and goes, so that there is something to see. */
function flip(): void {
  const key = "H TT-104";
  const model = sources.alarms.now()[0];
  const standing = sources.alarms.now().find((alarm) => alarm.key === key);
  if (model === undefined) return;
  const nowMs = clock.now().wallMs;
  const alarm: AlarmView = {
    ...(standing ?? model),
    ...{ key, source: "TT-104", type: "H", priority: 3, name: "V-104 汽油储罐温度", tank: "V-104" },
    ...{ state: standing === undefined ? "unacked" : "normal", isActive: standing === undefined },
    ...{ value: 61.2, limit: 60, unit: "℃", sinceMs: nowMs, raisedMs: nowMs, isFirstOut: false },
    ...{ alarmId: `01FLIP${String(nowMs).padStart(20, "0")}`, advice: null, raises: 1 },
  };
  sources.tell({ alarms: [alarm] });
}
