/** Rules over several points: deviations, level drops, corroborated alarms, suppression by design. */

import { z } from "zod";
import { duration } from "../words/units.ts";
import { id } from "./ids.ts";
import { advice, priority, prioritySays } from "./limits.ts";
import { says } from "./says.ts";

const pointSays = says("测点位号", "tag of a point");
const delays = {
  onDelay: duration
    .prefault("0s")
    .describe(says("成立多久才算", "how long it must hold before it counts")),
  offDelay: duration
    .prefault("0s")
    .describe(says("不成立多久才算结束", "how long it must be over before it ends")),
};
const head = {
  name: z.string().optional().describe(says("给人看的名称", "name for people")),
  tank: id
    .optional()
    .describe(says("报警所属储罐; 不写则按测点", "tank the alarm names; none: that of its points")),
  priority: priority.optional().describe(prioritySays),
  ...delays,
  advice,
};

const condition = z.strictObject({
  point: id.describe(pointSays),
  is: z.number().optional().describe(says("等于此值", "is this value")),
  above: z.number().optional().describe(says("大于此值", "is above this")),
  below: z.number().optional().describe(says("小于此值", "is below this")),
});

const most = z
  .number()
  .positive()
  .describe(says("允许的最大差值, 按工程单位", "largest difference allowed, in units"));
const deadband = z
  .number()
  .min(0)
  .default(0)
  .describe(says("死区: 退回多少才算恢复", "way back before the alarm is over, in units"));

const deviation = z
  .strictObject({
    type: z.literal("deviation").describe(says("两个测点的偏差", "two points compared")),
    points: z
      .tuple([id, id])
      .describe(says("测同一个量的两个测点", "two points that measure the same")),
    max: most,
    deadband,
    ...head,
  })
  .describe(says("两个测点读数不一致", "two readings that disagree"));

const vote2oo3 = z
  .strictObject({
    type: z.literal("vote2oo3").describe(says("三取二", "two out of three")),
    points: z
      .tuple([id, id, id])
      .describe(says("测同一个量的三个测点", "three points that measure the same")),
    max: most,
    deadband,
    ...head,
  })
  .describe(
    says("三取二: 指出与另外两个不一致的测点", "names the one of three readings that disagrees"),
  );

const within = duration.describe(says("在多长时间内", "within this time"));

const levelDrop = z
  .strictObject({
    type: z.literal("level-drop").describe(says("液位异常下降", "an unexplained fall of a level")),
    point: id.describe(says("液位测点", "tag of the level")),
    drop: z
      .number()
      .positive()
      .describe(says("下降多少, 按工程单位", "fall that counts, in units")),
    within,
    unless: z
      .array(condition)
      .default([])
      .describe(
        says("任一成立则下降有原因", "any of these explains the fall, e.g. a running pump"),
      ),
    transfers: z
      .boolean()
      .default(true)
      .describe(
        says("已申报的收发作业可以解释下降", "a transfer declared by a person explains the fall"),
      ),
    ...head,
  })
  .describe(says("原因不明的液位下降", "a level falls and nothing explains it"));

const fall = z.strictObject({
  point: id.describe(says("液位或压力测点", "tag of a level or pressure")),
  fallsBy: z.number().positive().describe(says("下降多少, 按工程单位", "fall, in units")),
  within,
});

const corroborated = z
  .strictObject({
    type: z.literal("corroborated").describe(says("泄漏印证", "gas and a fall together")),
    gas: z
      .array(id)
      .min(1)
      .describe(says("附近的气体测点, 任一即可", "gas detectors nearby; any of them")),
    gasAbove: z.number().describe(says("气体达到此值", "reached by the gas")),
    with: z.array(fall).min(1).describe(says("同时有一个在下降", "while any of these is falling")),
    ...head,
  })
  .describe(
    says(
      "有气体且液位或压力在下降: 很可能泄漏",
      "gas near a tank whose level or pressure is falling",
    ),
  );

const suppress = z
  .strictObject({
    type: z.literal("suppress").describe(says("按设计抑制", "suppression by design")),
    name: head.name,
    when: z.array(condition).min(1).describe(says("全部成立时", "while all of these hold")),
    alarms: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        says(
          '抑制哪些报警: "类型 位号", * 代表任意字符, 如 "L LT-101" 或 "* PT-101"',
          'alarms to hold back: "TYPE TAG", * for any characters: "L LT-101", "* PT-101"',
        ),
      ),
    ...delays,
    atMost: duration
      .optional()
      .describe(says("最长抑制多久, 到时恢复报警", "never longer than this at a stretch")),
    evenSafety: z
      .boolean()
      .default(false)
      .describe(
        says(
          "也允许抑制 GAS2、GAS3、HH、LL 等人命攸关的报警",
          "may hold back alarms that lives depend on: GAS2, GAS3, HH, LL, CORROBORATED",
        ),
      ),
  })
  .describe(
    says("按设计抑制: 工况使报警没有意义时", "suppression by design, while alarms mean nothing"),
  );

const rule = z.discriminatedUnion("type", [deviation, vote2oo3, levelDrop, corroborated, suppress]);

export const rules = z.record(id, rule).describe(says("多测点规则", "rules over several points"));
