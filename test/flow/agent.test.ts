import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Agent } from "../../agent/agent.ts";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import { checkIoFor } from "../../agent/checkIo.ts";
import { startAgent } from "../../agent/compose.ts";
import { createRealClock } from "../../agent/realClock.ts";
import type { BoxEvent } from "../../agent/records.ts";
import { type Plant, startPlant } from "../../agent/sim/plant/plant.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import { type Platform, startPlatform } from "../../agent/sim/platform/platform.ts";
import { createLog } from "../../agent/watch/log.ts";
import { eventBodySchema } from "../../agent/wire/envelope.ts";
import { openPayload } from "../../agent/wire/payload.ts";
import { readSite } from "../../config/load.ts";
import { pointId } from "../../config/words/names.ts";
import { qualities } from "../../config/words/quality.ts";
import { until } from "../soak/processes.ts";

const dir = mkdtempSync(join(tmpdir(), "hazgate-flow-"));
const journalFile = join(dir, "agent", "journal.db");
const clock = createRealClock();
const announced: AlarmEvent[] = [];
/** Alarms that were announced as stored although the journal did not hold them yet. */
const tooEarly: string[] = [];
let plant: Plant;
let platform: Platform;
let agent: Agent;

beforeAll(async () => {
  mkdirSync(join(dir, "agent"));
  plant = await startPlant({ seed: 5, speed: 5, clock, dataDir: dir, tcpPort: 0 });
  platform = await startPlatform({ dataDir: join(dir, "platform"), clock });
  const text = siteFile(plant, {
    uplinkUrl: platform.url,
    protocol: 4,
    ack: "platform",
    lang: "en",
  });
  const site = readSite({ file: "site.yaml", text, io: checkIoFor("site.yaml") });
  if (!site.ok) throw new Error(JSON.stringify(site.error));
  const started = await startAgent({
    site: site.value.site,
    dataDir: join(dir, "agent"),
    secrets: {},
    clock,
    random: Math.random,
    log: createLog(
      () => {},
      () => clock.monotonicMs(),
    ),
    onAlarm: (event, isStored) => {
      announced.push(event);
      if (isStored && !journalHolds(event)) tooEarly.push(event.alarmId);
    },
  });
  if (!started.ok) throw new Error(started.error);
  agent = started.value;
  await until("the first values", () => agent.live.withNumber === agent.list.points.length);
});

afterAll(async () => {
  await agent?.stop();
  await platform?.[Symbol.asyncDispose]();
  await plant?.[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

/** What the platform holds of the box's own events. */
function events(): BoxEvent[] {
  const found: BoxEvent[] = [];
  for (const page of platform.store.pages()) {
    for (const { kind, bytes } of page) {
      const envelope = kind === "event" ? openPayload(bytes) : null;
      if (envelope?.ok) found.push(eventBodySchema.parse(envelope.value.body) as BoxEvent);
    }
  }
  return found;
}

/** Reads the file with a connection of its own, as another process would. */
function journalHolds(event: AlarmEvent): boolean {
  const db = new Database(journalFile, { readonly: true });
  try {
    return db
      .prepare<[], { bytes: Buffer }>(
        "SELECT bytes FROM record JOIN payload USING (seq) WHERE kind = 'alarm' ORDER BY seq DESC LIMIT 20",
      )
      .all()
      .some(({ bytes }) => {
        const envelope = openPayload(bytes);
        const body = envelope.ok ? (envelope.value.body as Partial<AlarmEvent>) : {};
        return body.alarmId === event.alarmId && body.event === event.event;
      });
  } finally {
    db.close();
  }
}

function qualityOf(tag: string): string {
  const position = agent.list.position(pointId(tag));
  return qualities[agent.live.reading(position).quality] ?? "?";
}

const raised = (source: string, type: string) =>
  announced.find(
    (event) => event.source === source && event.type === type && event.event === "raise",
  );

/** Alarm bodies as they lie at the platform. */
function heldAlarms(): AlarmEvent[] {
  return [...platform.store.pages()].flat().flatMap((record) => {
    const envelope = openPayload(record.bytes);
    return record.kind === "alarm" && envelope.ok ? [envelope.value.body as AlarmEvent] : [];
  });
}

test("a gas leak is an alarm on the box and at the platform, and was on disk before anybody heard of it", async () => {
  plant.start("gas-leak", { target: "T-101", amount: 80 });
  await until("GAS2", () => raised("GD-101", "GAS2") !== undefined, 60_000);
  const event = raised("GD-101", "GAS2");
  expect(event).toMatchObject({ tank: "T-101", priority: 1, unit: "%LEL", limit: 50 });
  expect(event?.value).toBeGreaterThanOrEqual(50);
  await until("the platform", () => heldAlarms().some((held) => held.alarmId === event?.alarmId));
  plant.stop("gas-leak");
  await until(
    "the return",
    () => announced.some((one) => one.alarmId === event?.alarmId && one.event === "return"),
    90_000,
  );
  expect(tooEarly).toEqual([]);
});

test("a dead slave is silent alone: its point says comm-fail, its neighbours on the line go on, one alarm for the device", async () => {
  const started = plant.start("dead-slave");
  if (!started.ok) return expect.fail(started.error.message);
  const { target } = started.value;
  const dead = agent.list.devices.find((device) => device.id === target);
  const neighbours = agent.list.devices.filter(
    (device) => device.bus === dead?.bus && device.id !== target,
  );
  expect(neighbours.length).toBeGreaterThan(2);
  await until("OFFLINE", () => raised(target, "OFFLINE") !== undefined, 40_000);
  for (const point of dead?.points ?? []) expect(qualityOf(point.id)).toBe("comm-fail");
  const nowMs = clock.monotonicMs();
  for (const point of neighbours.flatMap((device) => device.points)) {
    const { takenMs } = agent.live.reading(point.position);
    expect(qualityOf(point.id), point.id).not.toBe("comm-fail");
    expect(nowMs - (takenMs ?? 0), point.id).toBeLessThan(3 * point.settings.every + 10_000);
  }
  expect(announced.filter((event) => event.type === "OFFLINE").length).toBe(1);
  plant.stop("dead-slave");
  await until("back", () => qualityOf(dead?.points[0]?.id ?? "") === "good", 60_000);
});

test("a broken 4-20 mA loop is no value and a fault of its point, never a zero", async () => {
  const started = plant.start("broken-loop");
  if (!started.ok) return expect.fail(started.error.message);
  const { target } = started.value;
  await until("open loop", () => qualityOf(target) === "open-loop");
  expect(agent.live.reading(agent.list.position(pointId(target))).value).toBeNaN();
  await until("FAULT", () => raised(target, "FAULT") !== undefined, 40_000);
  expect(raised(target, "FAULT")).toMatchObject({ value: null, quality: "open-loop", limit: null });
  plant.stop("broken-loop");
});

test("the platform asks for a range again: the same bytes come, and the answer is an event", async () => {
  const [life] = platform.holds();
  if (life === undefined) return expect.fail("the platform holds nothing");
  const before = platform.counts();
  const command = { v: 1, id: "ask-1", do: "resend", epoch: life.epoch, ranges: [[1, 5]] };
  const client = await connectAsync(platform.url, { protocolVersion: 4 });
  const topic = `hazgate/v1/${life.site}/${life.box}/command`;
  await client.publishAsync(topic, JSON.stringify(command), { qos: 1 });
  await client.endAsync();
  await until("the records again", () => platform.counts().duplicates >= before.duplicates + 5);
  expect(platform.counts().conflicts).toBe(0);
  await until("the answer", () => events().some(({ details }) => details["id"] === "ask-1"));
  const answer = events().find(({ details }) => details["id"] === "ask-1");
  expect(answer).toMatchObject({
    type: "command",
    by: "platform",
    details: { outcome: "done", again: 5 },
  });
});

test("nobody tried to write to the plant, and the books of the platform have no hole", async () => {
  await until("readings", () => platform.counts().readings > 100);
  expect(plant.writeAttempts()).toBe(0);
  const { conflicts, holes, invalid } = platform.counts();
  expect({ conflicts, holes, invalid }).toEqual({ conflicts: 0, holes: 0, invalid: 0 });
  const { made, delivered, stored, declaredLost } = agent.journal.account;
  expect(made).toBe(delivered + stored + declaredLost);
});
