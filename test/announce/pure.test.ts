import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { postRequest } from "../../agent/announce/formats.ts";
import { messageText } from "../../agent/announce/messageText.ts";
import { createPace } from "../../agent/announce/pace.ts";
import { WaitingRoom } from "../../agent/announce/waitingRoom.ts";
import type { Priority } from "../../config/words/alarms.ts";
import { alarm, at, postTarget, site } from "./parts.ts";

const told = (priority: Priority = 1) => ({
  event: alarm({ priority }),
  ...{ name: "苯储罐液位", tankName: "V-101 苯储罐", advice: "停止进料", decimals: 0 },
});
const none = { 1: 0, 2: 0, 3: 0, 4: 0 };

it("an alarm reads like this in both languages", () => {
  const message = { kind: "alarms", listed: [told()], more: { ...none, 2: 2, 3: 15 } } as const;
  expect(messageText(message, site, "both")).toBe(
    [
      "【红色】报警 LT-101 苯储罐液位 高高报",
      "数值: 11213 mm, 限值 11040 mm",
      "储罐: V-101 苯储罐",
      "处置: 停止进料",
      "时间: 2026-11-24 23:08:11",
      "另有 17 条报警: 橙色 2, 黄色 15",
      "站点: 某某石化罐区 gw-01",
      "",
      "[RED] ALARM LT-101 苯储罐液位 (high-high)",
      "value: 11213 mm, limit 11040 mm",
      "tank: V-101 苯储罐",
      "do: 停止进料",
      "time: 2026-11-24 23:08:11",
      "and 17 more ALARM messages: ORANGE 2, YELLOW 15",
      "site: 某某石化罐区 gw-01",
    ].join("\n"),
  );
});

it("signs as DingTalk and as Feishu want it, and mentions nobody for a person's note", () => {
  const message = { kind: "test", at } as const;
  const parts = { site, wallMs: 1_600_000_000_000 };
  const ding = postRequest(message, {
    ...parts,
    target: postTarget({ kind: "dingtalk", secret: "S", url: "https://h/s?access_token=t" }),
  });
  const sign = createHmac("sha256", "S").update("1600000000000\nS").digest("base64");
  expect(new URL(ding.url).searchParams.get("sign")).toBe(sign);
  const note = { ...told(), event: alarm({ reason: '<at user_id="all">' }) };
  const feishu = postRequest(
    { kind: "alarms", listed: [note], more: none },
    { ...parts, target: postTarget({ kind: "feishu", secret: "S" }) },
  );
  const body = JSON.parse(feishu.body);
  expect(body).toMatchObject({ timestamp: "1600000000", msg_type: "text" });
  expect(body.sign).toBe(createHmac("sha256", "1600000000\nS").digest("base64"));
  expect(body.content.text).not.toContain("<at");
});

it("never more than so many within a minute, and never silent for good", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 300 }),
      (perMinute, gaps) => {
        const pace = createPace(perMinute);
        const sent: number[] = [];
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          if (pace.waitMs(nowMs) === 0) {
            pace.spend(nowMs);
            sent.push(nowMs);
          } else expect(pace.waitMs(nowMs)).toBeLessThanOrEqual(60_000);
        }
        for (const ms of sent) {
          expect(
            sent.filter((other) => other >= ms && other < ms + 60_000).length,
          ).toBeLessThanOrEqual(perMinute);
        }
      },
    ),
  );
});

it("loses nothing silently: told by name, told as a number, waiting or owed", () => {
  const act = fc.oneof(
    fc.record({
      take: fc.constantFrom<Priority>(1, 2, 3, 4),
      times: fc.integer({ min: 1, max: 300 }),
    }),
    fc.record({
      free: fc.integer({ min: 0, max: 20 }),
      end: fc.constantFrom("done", "back", "hopeless"),
    }),
    fc.record({ passMs: fc.integer({ min: 0, max: 400_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const room = new WaitingRoom(600_000);
      let nowMs = 0;
      let given = 0;
      for (const one of acts) {
        if ("take" in one) {
          for (let i = 0; i < one.times; i += 1) room.take(told(one.take), nowMs);
          given += one.times;
        } else if ("passMs" in one) nowMs += one.passMs;
        else if (room.pick(one.free, nowMs) !== null) {
          if (one.end === "done") room.done();
          else room.back(one.end === "hopeless");
        }
        const { taken, listed, counted, waiting, owed } = room.counts;
        expect(taken).toBe(given);
        expect(listed + counted + waiting + owed).toBe(given);
        expect(waiting).toBeLessThanOrEqual(510);
      }
    }),
    { numRuns: 50 },
  );
});
