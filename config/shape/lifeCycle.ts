/** How alarms live: who must acknowledge, what may be shelved and how long. */

import { z } from "zod";
import { alarmTypes } from "../words/alarms.ts";
import { duration } from "../words/units.ts";
import { says } from "./says.ts";

/** Alarms that warn of the worst: nobody may shelve them unless the site file says so. */
export const guardedTypes = ["HH", "LL", "GAS2", "GAS3", "O2-LOW", "CORROBORATED", "SELF"] as const;

const perPriority = {
  p1: says("红色 (1) 报警", "red alarms (priority 1)"),
  p2: says("橙色 (2) 报警", "orange alarms (priority 2)"),
  p3: says("黄色 (3) 报警", "yellow alarms (priority 3)"),
  p4: says("蓝色 (4) 报警", "blue alarms (priority 4)"),
} as const;

type Span = z.ZodUnion<readonly [typeof duration, z.ZodLiteral<"never">]>;
const span: Span = z.union([duration, z.literal("never")]);

const ackWithin = z.strictObject({
  p1: span.prefault("5min").describe(perPriority.p1),
  p2: span.prefault("15min").describe(perPriority.p2),
  p3: span.prefault("never").describe(perPriority.p3),
  p4: span.prefault("never").describe(perPriority.p4),
});

const reAlarm = z.strictObject({
  p1: span.prefault("30min").describe(perPriority.p1),
  p2: span.prefault("2h").describe(perPriority.p2),
  p3: span.prefault("8h").describe(perPriority.p3),
  p4: span.prefault("never").describe(perPriority.p4),
});

const shelveMax = z.strictObject({
  p1: duration.prefault("1h").describe(perPriority.p1),
  p2: duration.prefault("4h").describe(perPriority.p2),
  p3: duration.prefault("8h").describe(perPriority.p3),
  p4: duration.prefault("8h").describe(perPriority.p4),
});

const shelve = z.strictObject({
  max: shelveMax
    .prefault({})
    .describe(says("各级报警一次最多搁置多久", "longest shelving at a time, by priority")),
  allow: z
    .array(z.enum(guardedTypes))
    .default([])
    .describe(
      says(
        "默认不允许搁置的报警类型中, 本站点允许搁置的; 每次搁置都会上报",
        "of the types that may not be shelved by default, those that may be here; each shelving is reported upstream",
      ),
    ),
});

export const lifeCycle = z
  .strictObject({
    ackWithin: ackWithin
      .prefault({})
      .describe(
        says(
          "多久未确认则再次呼叫 (声音和通知); never 为不再呼叫",
          "unacknowledged for so long, people are called again; never: they are not",
        ),
      ),
    reAlarm: reAlarm
      .prefault({})
      .describe(
        says(
          "确认后仍持续多久则重新变为未确认; never 为保持已确认",
          "still standing so long after its acknowledgement, an alarm must be acknowledged anew; never: it need not",
        ),
      ),
    latch: z
      .array(z.enum(alarmTypes))
      .default([])
      .describe(
        says(
          "恢复后需要人工复位的报警类型, 如 GAS2",
          "types that a person must reset after their return, e.g. GAS2",
        ),
      ),
    shelve: shelve
      .prefault({})
      .describe(
        says(
          "搁置: 有人具名、有原因、到时自动恢复",
          "shelving: by a named person, with a reason, ends by itself",
        ),
      ),
    outOfServiceMax: duration
      .prefault("30d")
      .describe(says("一次最多停用多久", "longest time out of service at a time")),
    reasons: z
      .array(z.string().min(1).max(40))
      .max(12)
      .default(["检修", "标定", "误报", "已派人", "工艺调整"])
      .describe(says("操作时一键可选的原因", "reasons offered for acts, one tap each")),
  })
  .describe(says("报警的确认、搁置与复位", "acknowledging, shelving and resetting alarms"));
