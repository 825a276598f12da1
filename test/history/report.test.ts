import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AlarmHistory, AlarmLine } from "../../agent/page/protocol/alarms.ts";
import { alarmCsv } from "../../agent/page/reports/alarmCsv.ts";
import { noFont, readReportFont } from "../../agent/page/reports/reportFont.ts";
import { timeText } from "../../agent/page/reports/reportTime.ts";
import { shiftReportPdf } from "../../agent/page/reports/shiftPdf.ts";
import { type ReportHistory, shiftReport } from "../../agent/page/reports/shiftReport.ts";

const fromMs = Date.UTC(2026, 10, 24);
const toMs = fromMs + 8 * 3_600_000;
const time = timeText("Asia/Shanghai");

function line(i: number, change: Partial<AlarmLine> = {}): AlarmLine {
  return {
    ...{ seq: i + 1, epoch: "e", atMs: fromMs + i * 1_000, alarmId: `A-${i}`, source: `LT-${i}` },
    ...{ name: "苯储罐液位", tank: "V-101", type: "HH", event: "raise", priority: 1 },
    ...{ stateAfter: "unacked", value: 9.5, unit: "m", limit: 9, quality: "good" },
    ...{ reason: "液位 9.5 m 高于 HH 9 m", by: null, note: null, untilMs: null },
    ...change,
  };
}

function historyOf(lines: readonly AlarmLine[]): ReportHistory {
  const newest = lines.toReversed();
  return {
    async alarmHistory({ before, limit }): Promise<AlarmHistory> {
      const from = Number(before ?? 0);
      const page = newest.slice(from, from + limit);
      return { lines: page, next: from + limit < newest.length ? String(from + limit) : null };
    },
    standingAt: async () => lines.filter(({ alarmId }) => /^A-[0-5]$/.test(alarmId)),
    gaps: async () => [{ fromMs, toMs: fromMs + 60_000, reason: "agent-stopped" }],
    online: async () => {
      throw new Error("not asked");
    },
    oldestReadingMs: async () => null,
  };
}

function reportOf(lines: readonly AlarmLine[]) {
  return shiftReport(historyOf(lines), {
    question: {
      ...{ fromMs, toMs },
      operator: [
        ...[{ n: 1, atMs: fromMs, by: "王工", role: "officer" as const, from: "10.0.0.7" }].map(
          (who) => ({ ...who, did: "确认报警", note: "已派人" }),
        ),
      ],
      handover: { from: "王工", to: "李工", note: "一切照旧", atMs: toMs },
    },
    site: { name: "示范化工厂", box: "box1" },
    nowMs: toMs,
  });
}

async function textOf(lines: readonly AlarmLine[], lang: "zh" | "en") {
  const font = await readReportFont();
  if (!font.ok) throw new Error(font.error.error.en);
  let pauses = 0;
  const breathe = async () => {
    pauses += 1;
    await new Promise(setImmediate);
  };
  const pdf = await shiftReportPdf(await reportOf(lines), {
    lang,
    time,
    font: font.value,
    breathe,
  });
  const folder = mkdtempSync(join(tmpdir(), "hazgate-report-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "report.pdf"), pdf);
  const args = ["-layout", join(folder, "report.pdf"), "-"];
  const text = execFileSync("pdftotext", args, { encoding: "utf8", maxBuffer: 64 * 2 ** 20 });
  return { text, pages: text.split("\f").slice(0, -1), pauses, sizeBytes: pdf.length };
}

test("a report of 2,000 rows has each row once, in order, a head and a number on every page", async () => {
  const lines = Array.from({ length: 2_000 }, (_, i) => line(i));
  const { text, pages, pauses } = await textOf(lines, "zh");
  const events = text.slice(text.indexOf("报警经过"));
  const sources = [...events.matchAll(/\d\d:\d\d:\d\d.*?(LT-\d+)\b/g)].map(([, tag]) => tag);
  expect(sources).toEqual(lines.map(({ source }) => source));
  expect(pages.length).toBeGreaterThan(20);
  for (const [i, page] of pages.entries()) {
    expect(page).toMatch(new RegExp(`第 ${i + 1} 页, 共 ${pages.length} 页`));
    if (i > 0 && i < pages.length - 1) expect(page).toContain("原因 / 备注");
  }
  expect(pauses).toBeGreaterThan(100);
});

test("words come in the language asked for, with the plant's own names", async () => {
  const lines = [
    line(0),
    line(1, { event: "ack", by: "王工", note: "n".repeat(900), stateAfter: "acked" }),
    line(2, { type: "GAS2", event: "shelve", untilMs: toMs, stateAfter: "shelved" }),
    line(3, { value: null, quality: "open-loop", type: "FAULT", limit: null }),
  ];
  const zh = (await textOf(lines, "zh")).text;
  for (const word of [
    "交接班记录",
    "高高报",
    "气体高高报",
    "搁置中",
    "王工",
    "李工",
    "苯储罐液位",
    "程序未运行",
  ]) {
    expect(zh.replaceAll(/\s/g, "")).toContain(word);
  }
  expect(zh).not.toMatch(/[一二]级/);
  const en = (await textOf(lines, "en")).text;
  for (const word of ["Shift report", "gas high-high", "shelved", "open loop", "agent was not"]) {
    expect(en).toContain(word);
  }
});

test("an empty shift says so, and a shift's counts are those of its lines", async () => {
  expect((await textOf([], "zh")).text).toContain("无");
  const report = await reportOf([line(0), line(1, { priority: 2 }), line(2, { event: "ack" })]);
  expect(report.counts).toEqual({
    ...{ raised: 2, returned: 0, acked: 1 },
    byPriority: { 1: 1, 2: 1, 3: 0, 4: 0 },
  });
  expect(report.lines.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("a box without a font says which package to install", async () => {
  const none = await readReportFont([{ path: "/nowhere/none.ttc", name: "None" }]);
  expect(none).toEqual({ ok: false, error: noFont });
  expect(noFont.error.zh).toContain("fonts-wqy-microhei");
});

test("the CSV opens in Excel, and no text of the plant becomes a formula", async () => {
  const lines = [
    line(0, { reason: '=HYPERLINK("x")', note: "a,b", by: "-1+1" }),
    line(1, { value: null, limit: -3 }),
  ];
  const history = historyOf(lines);
  const ask = (before: string | null) =>
    history.alarmHistory({
      ...{ fromMs, toMs, search: "", priority: [], type: [], event: [], limit: 1, before },
    });
  let text = "";
  for await (const chunk of alarmCsv({ ask, lang: "zh", time })) text += chunk;
  const rows = text.split("\r\n");
  expect(text.startsWith("\ufeff时间,级别,测点")).toBe(true);
  expect(rows).toHaveLength(4);
  expect(rows[1]).toContain(",LT-1,苯储罐液位,V-101,高高报,报警,,m,-3,good,");
  expect(rows[2]).toContain(`"'=HYPERLINK(""x"")",'-1+1,"a,b"`);
});
