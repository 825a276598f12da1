/** A plant for the page's server that needs no agent: tanks, points that move, alarms in every state. */

import type { ActRequest, AlarmLine, AlarmView } from "../../agent/page/protocol/alarms.ts";
import type { ReadingsView } from "../../agent/page/protocol/live.ts";
import type { ScenarioView, TransferView } from "../../agent/page/protocol/scenes.ts";
import type { PointView, SiteView } from "../../agent/page/protocol/site.ts";
import { alarmCsv } from "../../agent/page/reports/alarmCsv.ts";
import { timeText } from "../../agent/page/reports/reportTime.ts";
import type { AlarmsTold, PageQueries, PageSources } from "../../agent/page/server/sources.ts";
import { camerasLamp } from "../../agent/page/view/lamps.ts";
import type { BoxEvent, ReadingBlock } from "../../agent/records.ts";
import type { AlarmStateName, Priority } from "../../config/words/alarms.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { ok } from "../../config/words/result.ts";
import type { Instant } from "../../config/words/time.ts";
import { createFakeCameras, type FakeCameras } from "./fakeCameras.ts";

export interface FakePageSources extends PageSources {
  readonly cameras: FakeCameras;
  /** Moves every value a little and tells of it. */
  beat(at: Instant): void;
  tell(told: AlarmsTold): void;
  readonly noted: BoxEvent[];
  readonly acts: (ActRequest & { readonly by: string })[];
  /** Each query rejects while this is set. */
  isJournalDown: boolean;
}

export function createFakePageSources(options: {
  readonly now: () => Instant;
  readonly tanks?: number;
  /** Gas, level, temperature and pressure of each tank by default. */
  readonly pointsPerTank?: number;
  readonly alarms?: readonly AlarmView[];
}): FakePageSources {
  const { now } = options;
  const cameras = createFakeCameras(() => now().wallMs);
  const site: SiteView = {
    ...fakeSite(options.tanks ?? 8, options.pointsPerTank ?? 4),
    cameras: cameras.site,
  };
  const startMs = now().wallMs;
  const alarms = new Map(
    (options.alarms ?? everyState(site, startMs)).map((alarm) => [alarm.key, alarm]),
  );
  const readingCalls = new Set<(block: ReadingBlock) => void>();
  const alarmCalls = new Set<(told: AlarmsTold) => void>();
  const transfers = new Map<string, TransferView>();
  const running = new Set<string>();
  const values = site.points.map((point) => middle(point));
  const codes = site.points.map((_, i) => oddQuality(i));
  let beats = 0;
  let takenMs = startMs;

  function view(): ReadingsView {
    return {
      points: site.points.map((_, i) => i),
      values: values.map((value, i) => (codes[i]! > 3 ? null : rounded(value))),
      qualities: codes,
      takenMs: values.map(() => takenMs),
    };
  }

  const scenarioNames = [
    ["gas-leak", "可燃气体泄漏", "Gas leak"],
    ["overfill", "满罐溢流", "Overfill"],
    ["dead-slave", "从站掉线", "Dead slave"],
    ["broker-down", "平台断线", "Broker down"],
    ["frozen-sensor", "传感器冻结", "Frozen sensor"],
  ] as const;
  const scenarios = (): ScenarioView[] =>
    scenarioNames.map(([name, zh, en]) => ({ name, zh, en, isRunning: running.has(name) }));

  async function answered<T>(value: () => T): Promise<T> {
    if (fake.isJournalDown) throw new Error("the journal does not answer");
    return value();
  }

  const fake: FakePageSources = {
    noted: [],
    acts: [],
    isJournalDown: false,
    about: {
      siteName: site.name,
      boxId: site.box,
      isSimulation: true,
      version: "0.1.0",
      timezone: site.timezone,
    },
    site,
    beat(at) {
      beats += 1;
      takenMs = at.wallMs;
      for (const [i, point] of site.points.entries()) {
        const [low, high] = point.range;
        const wave = Math.sin(beats / 30 + i) * 0.004 + Math.sin(beats / 7 + i * 3) * 0.001;
        values[i] = Math.min(high, Math.max(low, values[i]! + wave * (high - low)));
      }
      const block: ReadingBlock = {
        takenAt: at,
        points: Uint32Array.from(values.keys()),
        values: Float64Array.from(values, (value, i) => (codes[i]! > 3 ? Number.NaN : value)),
        qualities: Uint8Array.from(codes),
      };
      for (const call of readingCalls) call(block);
    },
    tell(told) {
      for (const alarm of told.alarms) {
        if (alarm.state === "normal") alarms.delete(alarm.key);
        else alarms.set(alarm.key, alarm);
      }
      for (const call of alarmCalls) call(told);
    },
    readings: {
      now: view,
      subscribe: (call, signal) => subscribe(readingCalls, call, signal),
    },
    alarms: {
      now: () => [...alarms.values()],
      subscribe: (call, signal) => subscribe(alarmCalls, call, signal),
      async act(request) {
        fake.acts.push(request);
        const done: string[] = [];
        const refused: { key: string; zh: string; en: string }[] = [];
        const changed: AlarmView[] = [];
        for (const { source, type } of request.alarms) {
          const key = `${type} ${source}`;
          const alarm = alarms.get(key);
          const isHigh = alarm?.type === "HH" && request.do === "shelve";
          if (alarm === undefined || isHigh) {
            refused.push({ key, zh: "此报警不可如此处理", en: "Not possible for this alarm" });
            continue;
          }
          done.push(key);
          changed.push(acted(alarm, request, now().wallMs));
        }
        if (changed.length > 0) fake.tell({ alarms: changed });
        return { done, refused };
      },
    },
    box: () =>
      boxOf({
        ...{ site, alarms: [...alarms.values()], codes, takenMs, nowMs: now().wallMs },
        cameras: cameras.now(),
      }),
    queries: queriesOf({ answered, site, alarms, nowMs: () => now().wallMs }),
    transfers: {
      now: () => [...transfers.values()],
      declare: (transfer) => void transfers.set(transfer.tank, transfer),
      end: (tank) => transfers.delete(tank),
    },
    cameras,
    scenarios: {
      now: scenarios,
      async set(name, act) {
        if (!scenarioNames.some(([known]) => known === name)) return false;
        if (act === "start") running.add(name);
        else running.delete(name);
        return true;
      },
    },
    async note(event) {
      fake.noted.push(event);
    },
  };
  return fake;
}

function subscribe<T>(calls: Set<T>, call: T, signal: AbortSignal): void {
  calls.add(call);
  signal.addEventListener("abort", () => calls.delete(call));
}

const kinds = [
  { kind: "level", prefix: "LT", unit: "%", range: [0, 100], decimals: 1, zh: "液位" },
  {
    kind: "gas-combustible",
    prefix: "GT",
    unit: "%LEL",
    range: [0, 100],
    decimals: 1,
    zh: "可燃气体",
  },
  { kind: "temperature", prefix: "TT", unit: "℃", range: [-20, 80], decimals: 1, zh: "温度" },
  // As wide as figures get in a tank farm: mm of a level, Pa of a vessel.
  { kind: "pressure", prefix: "PT", unit: "kPa", range: [0, 60_000], decimals: 1, zh: "压力" },
] as const;
const media = [
  ["苯", "71-43-2"],
  ["甲醇", "67-56-1"],
  ["液氨", "7664-41-7"],
  ["汽油", null],
] as const;

function fakeSite(tanks: number, pointsPerTank: number): SiteView {
  const points: PointView[] = [];
  const tankViews = Array.from({ length: tanks }, (_, t) => {
    const id = `V-${101 + t}`;
    const [medium, cas] = media[t % media.length]!;
    const own = Array.from({ length: pointsPerTank }, (__, p) => {
      const made = kinds[p % kinds.length]!;
      const suffix = p < kinds.length ? "" : `-${Math.floor(p / kinds.length)}`;
      const isGas = made.kind === "gas-combustible";
      const [low, high] = made.range;
      const at = (part: number): number => low + (high - low) * part;
      points.push({
        tag: `${made.prefix}-${101 + t}${suffix}`,
        name: `${id} ${medium}储罐${made.zh}`,
        kind: made.kind,
        unit: made.unit,
        decimals: made.decimals,
        range: made.range,
        device: `D${1 + (t % 4)}`,
        tank: id,
        everyMs: isGas ? 500 : 1_000,
        limits: isGas
          ? [
              { type: "GAS1", at: 25, priority: 2 },
              { type: "GAS2", at: 50, priority: 1 },
            ]
          : [
              { type: "LL", at: at(0.1), priority: 1 },
              { type: "L", at: at(0.2), priority: 2 },
              { type: "H", at: at(0.8), priority: 2 },
              { type: "HH", at: at(0.9), priority: 1 },
            ],
      });
      return points.length - 1;
    });
    const hazard = t < tanks / 2 ? "H1" : "H2";
    return {
      id,
      name: `${medium}储罐 ${id}`,
      medium,
      cas,
      capacityM3: 500 + 250 * (t % 3),
      hazard,
      points: own,
    };
  });
  return {
    id: "demo",
    box: "box1",
    name: "演示化工有限公司罐区",
    timezone: "Asia/Shanghai",
    hazards: [
      { id: "H1", name: "苯罐区", level: 2 },
      { id: "H2", name: "甲醇罐区", level: 3 },
    ],
    points,
    tanks: tankViews,
    buses: [
      { id: "rs485-1", type: "modbus-rtu", devices: ["D1", "D2"] },
      { id: "tcp-1", type: "modbus-tcp", devices: ["D3", "D4"] },
    ],
    reasons: ["检修", "标定", "误报", "已派人"],
    cameras: [],
    shelveMsMax: { 1: 3_600_000, 2: 4 * 3_600_000, 3: 8 * 3_600_000, 4: 8 * 3_600_000 },
  };
}

function middle({ kind, range: [low, high] }: PointView): number {
  return kind === "gas-combustible" ? low + (high - low) * 0.02 : low + (high - low) * 0.55;
}

function oddQuality(position: number): number {
  const odd: Readonly<Record<number, number>> = {
    9: qualityCode["open-loop"],
    14: qualityCode["comm-fail"],
    18: qualityCode["over-range"],
    23: qualityCode.frozen,
  };
  return odd[position] ?? qualityCode.good;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

/** One alarm in each state, over the first points. */
function everyState(site: SiteView, startMs: number): AlarmView[] {
  const act = { by: "王工", reason: "已派人", note: "", atMs: startMs - 60_000 };
  const hold = { ...act, reason: "检修", untilMs: startMs + 3_600_000 };
  const cases: readonly [number, AlarmView["type"], Priority, AlarmStateName][] = [
    [1, "GAS2", 1, "unacked"],
    [0, "HH", 1, "unacked"],
    [4, "H", 2, "unacked"],
    [8, "H", 2, "acked"],
    [12, "L", 2, "returned"],
    [5, "GAS1", 2, "latched-unacked"],
    [13, "GAS1", 2, "latched"],
    [10, "RATE", 3, "shelved"],
    [16, "FROZEN", 3, "suppressed"],
    [9, "FAULT", 4, "out-of-service"],
    [14, "FAULT", 4, "unacked"],
  ];
  return cases.flatMap(([position, type, priority, state], i) => {
    const point = site.points[position];
    if (point === undefined) return [];
    const isActive = !["returned", "latched", "latched-unacked"].includes(state);
    const limit = point.limits.find((one) => one.type === type)?.at ?? null;
    return [
      {
        key: `${type} ${point.tag}`,
        alarmId: `01FAKE${String(i).padStart(20, "0")}`,
        source: point.tag,
        name: point.name,
        tank: point.tank,
        ...{ type, priority, state, isActive, limit },
        value: type === "FAULT" ? null : limit === null ? 12.3 : limit + (type === "L" ? -1 : 1.4),
        quality: type === "FAULT" ? "open-loop" : "good",
        unit: point.unit,
        reason: limit === null ? "" : `${type} ${limit} ${point.unit}`,
        sinceMs: startMs - 600_000 + i * 40_000,
        raisedMs: startMs - 600_000 + i * 40_000,
        returnedMs: isActive ? null : startMs - 30_000,
        raises: state === "acked" ? 14 : 1,
        acked: ["acked", "latched"].includes(state) ? act : null,
        handled: null,
        shelved: state === "shelved" ? hold : null,
        outOfService: state === "out-of-service" ? hold : null,
        suppressedBy: state === "suppressed" ? "tank-empty" : null,
        isShelvable: priority > 1,
        isStored: i !== 2,
        advice: priority === 1 ? "停止装卸, 人员撤至上风向, 报告调度" : null,
        isFirstOut: i === 0,
        isChattering: state === "acked",
        isStale: state === "latched",
      },
    ];
  });
}

function acted(alarm: AlarmView, request: ActRequest & { by: string }, nowMs: number): AlarmView {
  const act = { by: request.by, reason: request.reason, note: request.note, atMs: nowMs };
  const hold = { ...act, untilMs: nowMs + (request.forMs ?? 0) };
  const active: AlarmStateName = alarm.isActive ? "acked" : "normal";
  switch (request.do) {
    case "ack":
      return {
        ...alarm,
        acked: act,
        state: alarm.state === "latched-unacked" ? "latched" : active,
      };
    case "handle":
      return { ...alarm, handled: act };
    case "shelve":
      return { ...alarm, shelved: hold, state: "shelved" };
    case "out-of-service":
      return { ...alarm, outOfService: hold, state: "out-of-service" };
    case "unshelve":
    case "in-service":
      return { ...alarm, shelved: null, outOfService: null, state: "unacked" };
    case "reset":
      return { ...alarm, state: active };
  }
}

function lineOf(
  alarm: AlarmView,
  request: ActRequest & { by: string },
  atMs: number,
): Omit<AlarmLine, "seq" | "epoch"> {
  const { alarmId, source, name, tank, type, priority, value, unit, limit, quality } = alarm;
  return {
    ...{ atMs, alarmId, source, name, tank, type, priority, value, unit, limit, quality },
    event: request.do,
    stateAfter: alarm.state,
    reason: request.reason,
    by: request.by,
    note: request.note,
    untilMs: alarm.shelved?.untilMs ?? alarm.outOfService?.untilMs ?? null,
  };
}

function boxOf(parts: {
  readonly site: SiteView;
  readonly alarms: readonly AlarmView[];
  readonly codes: readonly number[];
  readonly takenMs: number;
  readonly cameras: ReturnType<FakeCameras["now"]>;
  readonly nowMs: number;
}): ReturnType<PageSources["box"]> {
  const { alarms, codes, takenMs, nowMs, cameras } = parts;
  const well = { state: "well", zh: "正常", en: "well" } as const;
  const count = (is: (alarm: AlarmView) => boolean): number => alarms.filter(is).length;
  const active = (priority: Priority): number =>
    count((alarm) => alarm.priority === priority && alarm.isActive);
  return {
    nowMs,
    lastReadingMs: takenMs,
    points: { total: codes.length, good: codes.filter((code) => code === 0).length },
    lamps: {
      sensors: { state: "caution", zh: "4 个测点异常", en: "4 points not good" },
      cameras: camerasLamp(
        cameras.map(({ status, isWell }) => ({ status, faults: isWell ? [] : ["frozen"] })),
      ),
      upload: {
        state: "caution",
        zh: "积压 3.2 h, 正在补传, 约 18 min",
        en: "3.2 h behind, catching up, about 18 min",
      },
      clock: well,
      disk: well,
      self: well,
    },
    flood: { isOn: false, inTenMinutes: alarms.length, sinceMs: null },
    counts: {
      active: { 1: active(1), 2: active(2), 3: active(3), 4: active(4) },
      unacked: count(({ state }) => ["unacked", "returned", "latched-unacked"].includes(state)),
      shelved: count(({ state }) => state === "shelved"),
      suppressed: count(({ state }) => state === "suppressed"),
      outOfService: count(({ state }) => state === "out-of-service"),
      chattering: count((alarm) => alarm.isChattering),
      stale: count((alarm) => alarm.isStale),
    },
  };
}

function queriesOf(parts: {
  readonly answered: <T>(value: () => T) => Promise<T>;
  readonly site: SiteView;
  readonly alarms: ReadonlyMap<string, AlarmView>;
  readonly nowMs: () => number;
}): PageSources["queries"] {
  const { answered, site, alarms, nowMs } = parts;
  const all = (): AlarmView[] => [...alarms.values()];
  const lines = (fromMs: number, toMs: number): AlarmLine[] =>
    all()
      .flatMap((alarm, i): AlarmLine[] => {
        const request: ActRequest & { by: string } = {
          ...{ do: "ack", alarms: [], reason: "已派人", note: "", by: "王工" },
        };
        const raise = { event: "raise", by: null, note: null, reason: alarm.reason } as const;
        const told = lineOf(alarm, request, alarm.raisedMs + 45_000);
        return [
          { ...told, ...raise, atMs: alarm.raisedMs, seq: 100 + 2 * i, epoch: "fake" },
          { ...told, seq: 101 + 2 * i, epoch: "fake" },
        ];
      })
      .filter((line) => line.atMs >= fromMs && line.atMs <= toMs)
      .sort((a, b) => b.atMs - a.atMs);
  const online = (): ReturnType<typeof fakeOnline> => fakeOnline(nowMs());
  const report: PageSources["queries"]["shiftReport"] = ({ fromMs, toMs, operator, handover }) =>
    answered(() => ({
      ...{ site: site.name, box: site.box, fromMs, toMs, madeMs: nowMs() },
      counts: { raised: 11, returned: 3, acked: 2, byPriority: { 1: 2, 2: 5, 3: 2, 4: 2 } },
      lines: lines(fromMs, toMs),
      open: all().filter((alarm) => alarm.isActive),
      shelved: all().filter(({ state }) => state === "shelved"),
      outOfService: all().filter(({ state }) => state === "out-of-service"),
      ...{ operator, handover },
      gaps: [{ fromMs: toMs - 5_400_000, toMs: toMs - 5_280_000, reason: "agent-stopped" }],
    }));
  const history: PageQueries["history"] = (query) =>
    answered(() => {
      const wanted = lines(query.fromMs, query.toMs).filter(
        (line) =>
          `${line.source} ${line.name} ${line.tank}`.includes(query.search) &&
          (query.priority.length === 0 || query.priority.includes(line.priority)) &&
          (query.type.length === 0 || query.type.includes(line.type)) &&
          (query.event.length === 0 || query.event.includes(line.event)),
      );
      const start = Number(query.before ?? 0);
      const end = start + query.limit;
      return { lines: wanted.slice(start, end), next: end < wanted.length ? String(end) : null };
    });
  return {
    history,
    historyCsv: (query, lang) =>
      alarmCsv({
        ask: (before) => history({ ...query, limit: 100, before }),
        ...{ lang, time: timeText(site.timezone) },
      }),
    trend: ({ tags, fromMs, toMs, width }) =>
      answered(() => fakeTrend({ site, tags, fromMs, toMs, width })),
    shiftReport: report,
    shiftReportPdf: () => answered(() => ok(Buffer.from("%PDF-1.4\n% not a real one\n%%EOF\n"))),
    system: () => answered(() => fakeSystem(nowMs(), online())),
    inspection: () =>
      answered(() => ({
        site,
        madeMs: nowMs(),
        online: online(),
        open: all().filter((alarm) => alarm.isActive),
        outOfService: all().filter(({ state }) => state === "out-of-service"),
        shelved: all().filter(({ state }) => state === "shelved"),
        keepReadingsDays: 90,
        oldestReadingMs: nowMs() - 40 * 86_400_000,
      })),
  };
}

function fakeTrend(parts: {
  readonly site: SiteView;
  readonly tags: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly width: number;
}): Awaited<ReturnType<PageSources["queries"]["trend"]>> {
  const { site, tags, fromMs, toMs, width } = parts;
  const bucketMs = Math.max(1_000, Math.ceil((toMs - fromMs) / width));
  const gap = { fromMs: fromMs + (toMs - fromMs) * 0.4, toMs: fromMs + (toMs - fromMs) * 0.45 };
  const startMs: number[] = [];
  for (let ms = fromMs; ms < toMs; ms += bucketMs)
    if (ms < gap.fromMs || ms > gap.toMs) startMs.push(ms);
  const series = tags.map((tag, s) => {
    const point = site.points.find((one) => one.tag === tag)!;
    const [low, high] = point.range;
    const last = startMs.map(
      (ms) =>
        low +
        (high - low) * (0.5 + 0.3 * Math.sin(ms / 900_000 + s) + 0.02 * Math.sin(ms / 40_000)),
    );
    const isBad = (i: number): boolean => i > startMs.length * 0.7 && i < startMs.length * 0.75;
    const numbers = (off: number): (number | null)[] =>
      last.map((value, i) => (isBad(i) ? null : rounded(value + off)));
    return {
      ...{ tag, unit: point.unit, startMs },
      min: numbers(-(high - low) / 100),
      max: numbers((high - low) / 100),
      last: numbers(0),
      quality: startMs.map((_, i) => (isBad(i) ? qualityCode["open-loop"] : qualityCode.good)),
    };
  });
  return { fromMs, toMs, bucketMs, series, gaps: [{ ...gap, reason: "agent-stopped" }] };
}

function fakeOnline(nowMs: number) {
  const dayMs = 86_400_000;
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const span = (days: number) => ({
    boxPercent: 99.93,
    boxDropOuts: 2,
    pointsPercent: 99.71,
    days: Array.from({ length: days }, (_, i) => ({
      dayMs: today - (days - 1 - i) * dayMs,
      boxPercent: i === 11 ? 98.4 : 100,
      pointsPercent: i === 11 ? 97.9 : 99.8,
      dropOuts: i === 11 ? 2 : 0,
    })),
  });
  return { monthStartMs: today - 23 * dayMs, ...span(24), last30Days: span(30) };
}

function fakeSystem(
  nowMs: number,
  online: ReturnType<typeof fakeOnline>,
): Awaited<ReturnType<PageSources["queries"]["system"]>> {
  const device = (id: string, health: string) => ({ id, health, answers: 84_211, failures: 17 });
  return {
    version: "0.1.0",
    startedMs: nowMs - 6 * 86_400_000,
    site: { file: "/etc/hazgate/site.yaml", dataDir: "/var/lib/hazgate" },
    buses: [
      {
        id: "rs485-1",
        isDown: false,
        missed: 3,
        devices: [device("D1", "up"), device("D2", "down")],
      },
      {
        id: "tcp-1",
        isDown: false,
        missed: 0,
        devices: [device("D3", "up"), device("D4", "suspect")],
      },
    ],
    upload: {
      isConfigured: true,
      isConnected: true,
      zh: "正在补传",
      en: "catching up",
      backlogRecords: 2_304,
      backlogBytes: 41_000_000,
      oldestMs: nowMs - 11_520_000,
      drainMs: 1_080_000,
      deliveredRecords: 982_113,
    },
    journal: {
      sizeBytes: 1_900_000_000,
      maxSizeBytes: 8_589_934_592,
      freeBytes: 20_000_000_000,
      trouble: null,
      account: { made: 9_000_000, delivered: 8_800_000, stored: 199_000, declaredLost: 1_000 },
    },
    clock: { state: "synchronised", source: "chrony", offsetMs: 1.7 },
    memory: { rssBytes: 118_000_000 },
    unjudged: [
      { source: "rule/LEAK-V104", name: "V-104 泄漏佐证", inputs: ["TT-104", "GT-103"] },
      { source: "GT-103", name: "V-103 液氨储罐可燃气体", inputs: ["GT-103"] },
    ],
    online,
  };
}
