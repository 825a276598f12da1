import { expect, test } from "vitest";
import type { AlarmHead } from "../../agent/alarmRecords.ts";
import { createAlarmDesk } from "../../agent/alarms/alarmDesk.ts";
import { messageText } from "../../agent/announce/messageText.ts";
import { alarmText } from "../../agent/commands/summaryView.ts";
import { alarmCsv } from "../../agent/page/reports/alarmCsv.ts";
import { standingViews } from "../../agent/page/reports/standing.ts";
import { alarmBodySchema } from "../../agent/wire/envelope.ts";
import { word } from "../../config/words/bilingual.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import { site as siteHead } from "../announce/parts.ts";

const instant = (ms: number) => ({ wallMs: wallMs(1e12 + ms), monotonicMs: monotonicMs(ms) });
const head: AlarmHead = {
  ...{ source: "LT-1", type: "H", tank: null, hazard: null, unit: "mm", limit: 9 },
  priority: 2,
};
const reason = word("液位过高", "the level is too high");

function deskOf() {
  return createAlarmDesk({
    ...{ heads: [head], rules: [], standing: [], now: instant(0), onFlood: () => {} },
    newAlarmId: () => "A1",
    termsOf: () => ({
      ...{ isLatching: false, isShelvable: true, shelveMsMax: 1e6, outOfServiceMsMax: 1e6 },
      ...{ ackWithinMs: 1_000, reAlarmMs: null },
    }),
  });
}

function raised() {
  const [event] = deskOf().conditions([
    { ...head, isStanding: true, value: 9.5, quality: "good", reason, at: instant(1) },
  ]);
  if (event === undefined) throw new Error("nothing was raised");
  return event;
}

test("the record says why in both languages, the alarm that stands keeps both, and the schema knows them", () => {
  const event = raised();
  expect(event).toMatchObject({ reason: "the level is too high", reasonZh: "液位过高" });
  expect(event.standing?.detail).toMatchObject({ reason: reason.en, reasonZh: reason.zh });
  expect(alarmBodySchema.parse(event)).toMatchObject({ reasonZh: "液位过高" });
  const { reasonZh: _, ...older } = event;
  expect(alarmBodySchema.parse(older).reason).toBe("the level is too high");
});

test("what time does is told in both languages; a person's reason is as it was given", () => {
  const desk = deskOf();
  desk.conditions([
    { ...head, isStanding: true, value: 9.5, quality: "good", reason, at: instant(1) },
  ]);
  const [again] = desk.tick(instant(5_000));
  expect(again).toMatchObject({
    ...{ event: "re-alarm", reason: "nobody has acknowledged it in time" },
    reasonZh: "超时无人确认",
  });
  const by = { by: "王工", reason: "已派人", note: "", at: instant(6_000) };
  const [acked] = desk.act({ do: "ack", alarms: [head], ...by }).events;
  expect(acked?.reason).toBe("已派人");
  expect(acked?.reasonZh).toBeUndefined();
});

test("terminal, robots, CSV and report speak the reader's language; an older record has one only", async () => {
  const event = raised();
  const told = { event, name: null, tankName: null, advice: null, decimals: null };
  const message = { kind: "alarms", listed: [told], more: { 1: 0, 2: 0, 3: 0, 4: 0 } } as const;
  const line = {
    ...{ ...event, seq: 1, epoch: "e", atMs: 1, name: null, by: null, note: null, untilMs: null },
  };
  const csv = async (lang: "zh" | "en", one: typeof line): Promise<string> => {
    const ask = () => Promise.resolve({ lines: [one], next: null });
    let text = "";
    for await (const chunk of alarmCsv({ ask, lang, time: String })) text += chunk;
    return text;
  };
  const texts = async (lang: "zh" | "en") => [
    alarmText(event, true, lang),
    messageText(message, siteHead, lang),
    await csv(lang, line),
  ];
  for (const text of await texts("zh")) expect(text).toContain("液位过高");
  for (const text of await texts("en")) expect(text).toContain("the level is too high");
  for (const text of await texts("en")) expect(text).not.toContain("液位过高");
  const { reasonZh: _, ...older } = line;
  expect(await csv("zh", older)).toContain("the level is too high");
  expect(standingViews([line])[0]).toMatchObject({ reasonZh: "液位过高" });
  expect(standingViews([older])[0]).not.toHaveProperty("reasonZh");
});

test("in the terminal a comparison has the unit of its figures, a sentence has its own", () => {
  const compared = { ...raised(), reason: "9.5 >= 9", reasonZh: "9.5 >= 9" };
  expect(alarmText(compared, true, "en")).toMatch(/: 9\.5 >= 9 mm$/u);
  const sentence = { ...raised(), type: "FORECAST", reason: "HH in 7 min at 12 mm/min" } as const;
  expect(alarmText(sentence, true, "en")).toMatch(/: HH in 7 min at 12 mm\/min$/u);
});

test("an alarm that a journal kept before there were two languages goes on with what it has", () => {
  const { standing } = raised();
  const { reasonZh: _, ...older } = standing?.detail ?? {};
  const kept = { ...standing, detail: { ...older, reason: "90 >= 80" } } as never;
  const desk = createAlarmDesk({
    ...{ heads: [head], rules: [], standing: [kept], now: instant(10), onFlood: () => {} },
    ...{ newAlarmId: () => "A2", termsOf: () => ({}) as never },
  });
  expect(desk.standing.get("H LT-1")?.detail.reason).toBe("90 >= 80");
  expect(desk.standing.get("H LT-1")?.detail.reasonZh).toBeUndefined();
});
