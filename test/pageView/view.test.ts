import { expect, test } from "vitest";
import type { AlarmEvent, StandingAlarm } from "../../agent/alarmRecords.ts";
import { alarmView, goneView } from "../../agent/page/view/alarmView.ts";
import { DrainPace } from "../../agent/page/view/drainPace.ts";
import { clockLamp, diskLamp, selfLamp } from "../../agent/page/view/lamps.ts";
import { siteView } from "../../agent/page/view/siteView.ts";
import { plantNames } from "../../agent/plantNames.ts";
import { listPoints } from "../../agent/pointList.ts";
import { createTransfers } from "../../agent/transfers.ts";
import { readSite } from "../../config/load.ts";
import type { Site } from "../../config/site.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const text = `
site: { id: p1, name: 厂 }
buses: { b: { type: modbus-tcp, host: 127.0.0.1 } }
devices: { d: { bus: b, unit: 1 } }
points:
  LT-1:
    name: 苯罐液位
    device: d
    register: { address: 0, type: float32 }
    kind: level
    unit: mm
    range: [0, 100]
    limits: { h: { at: 80, advice: 停止进料 }, hh: 90 }
  LT-2: { device: d, register: { address: 2, type: float32 }, kind: level, unit: mm, range: [0, 100] }
tanks: { T-1: { name: 一号罐, points: [LT-1] } }
alarms:
  rules: { agree: { type: deviation, name: 液位互校, points: [LT-1, LT-2], max: 5, advice: 校验液位计 } }
`;

function site(): Site {
  const read = readSite({ file: "site.yaml", text, io: { fileMode: () => 0o600 } });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value.site;
}

const at = (ms: number) => ({ wallMs: wallMs(1e12 + ms), monotonicMs: monotonicMs(ms) });

test("names and advice are the plant's own, of points, limits and rules", () => {
  const names = plantNames(site());
  expect(names.nameOf("LT-1")).toBe("苯罐液位");
  expect(names.nameOf("LT-2")).toBeNull();
  expect(names.nameOf("rule/agree")).toBe("液位互校");
  expect(names.nameOf("rule/none")).toBeNull();
  expect(names.tankName("T-1")).toBe("一号罐");
  expect(names.adviceOf({ source: "LT-1", type: "H" })).toBe("停止进料");
  expect(names.adviceOf({ source: "LT-1", type: "HH" })).toBeNull();
  expect(names.adviceOf({ source: "rule/agree", type: "DEVIATION" })).toBe("校验液位计");
});

test("the site as the page sees it: points in the agent's order, limits, tanks by position", () => {
  const view = siteView(site(), listPoints(site()));
  expect(view.points.map(({ tag }) => tag)).toEqual(["LT-1", "LT-2"]);
  expect(view.points[0]?.limits).toEqual([
    { type: "HH", at: 90, priority: 1 },
    { type: "H", at: 80, priority: 2 },
  ]);
  expect(view.tanks).toMatchObject([{ id: "T-1", points: [0] }]);
  expect(view.shelveMsMax[1]).toBeGreaterThan(0);
});

test("an alarm of an older journal, of which only the head is known, is active and unacknowledged", () => {
  const parts = { site: site(), names: plantNames(site()) };
  const old: StandingAlarm = {
    ...{ alarmId: "A1", source: "LT-1", type: "HH", priority: 1, since: at(0) },
  };
  expect(alarmView(old, parts)).toMatchObject({
    key: "HH LT-1",
    state: "unacked",
    isActive: true,
    value: null,
    isShelvable: false,
  });
  expect(alarmView({ ...old, type: "H" }, parts)).toMatchObject({
    isShelvable: true,
    advice: "停止进料",
  });
});

test("an alarm that has become normal goes off the list", () => {
  const event: AlarmEvent = {
    ...{ alarmId: "A1", source: "LT-1", tank: "T-1", hazard: null, type: "HH", event: "ack" },
    ...{ value: 1, quality: "good", unit: "mm", limit: 90, priority: 1, stateAfter: "normal" },
    ...{ reason: "", at: at(5) },
  };
  const gone = goneView(event, { site: site(), names: plantNames(site()) });
  expect(gone).toMatchObject({ key: "HH LT-1", state: "normal" });
});

test("the time to drain follows the pace of the last half minute, and is unknown while nothing shrinks", () => {
  const pace = new DrainPace();
  expect(pace.drainMs()).toBeNull();
  pace.look(1_000, 0);
  pace.look(1_000, 10_000);
  expect(pace.drainMs()).toBeNull();
  pace.look(500, 20_000);
  expect(pace.drainMs()).toBe(20_000);
  pace.look(0, 21_000);
  expect(pace.drainMs()).toBeNull();
  pace.look(900, 60_000);
  pace.look(600, 63_000);
  expect(pace.drainMs()).toBe(6_000);
});

test("lamps are well only when they know it", () => {
  const clock = { steps: 0, lastStepAt: null, source: "chrony", offsetMs: 1 };
  expect(clockLamp({ ...clock, state: "synchronised" }).state).toBe("well");
  expect(clockLamp({ ...clock, state: "unsynchronised" }).state).toBe("caution");
  const unknown = clockLamp({ ...clock, state: "unknown" });
  expect(unknown).toMatchObject({ state: "caution", en: expect.stringContaining("not known") });
  const journal = (trouble: string | null, committedMs: number) =>
    ({ journal: { trouble, committedAt: at(committedMs) } }) as Parameters<typeof diskLamp>[0];
  expect(diskLamp(journal(null, 1_000), 5_000).state).toBe("well");
  expect(diskLamp(journal("ENOSPC", 1_000), 5_000)).toMatchObject({ state: "bad" });
  expect(diskLamp(journal(null, 0), 30_000)).toMatchObject({
    state: "bad",
    zh: "磁盘 30 秒无应答",
  });
  expect(selfLamp([]).state).toBe("well");
  expect(selfLamp([{ zh: "数据采集已停滞", en: "polling has stopped" }]).state).toBe("bad");
});

test("a declared transfer ends by the monotonic clock, whatever is done to the wall clock", async () => {
  const clock = new FakeClock();
  const transfers = createTransfers(clock);
  const fromMs = clock.now().wallMs;
  const declared = { tank: "T-1", by: "王工", note: "装车", fromMs, untilMs: fromMs + 60_000 };
  transfers.declare(declared);
  expect(transfers.isDeclared("T-1")).toBe(true);
  expect(transfers.isDeclared("T-2")).toBe(false);
  clock.stepWall(86_400_000);
  await clock.advance(59_000);
  expect(transfers.now()).toEqual([declared]);
  clock.stepWall(-172_800_000);
  await clock.advance(2_000);
  expect(transfers.isDeclared("T-1")).toBe(false);
  expect(transfers.now()).toEqual([]);
  expect(transfers.end("T-1")).toBe(false);
  transfers.declare({ ...declared, untilMs: clock.now().wallMs + 1_000 });
  expect(transfers.end("T-1")).toBe(true);
  expect(transfers.now()).toEqual([]);
});
