/** The rules over several points, and what a point tells beside its limits. Pure. */

import { suggester } from "../faults/didYouMean.ts";
import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { Limits, Point, Site } from "../site.ts";
import { heldBackFindings } from "./heldBack.ts";

type Rule = Site["alarms"]["rules"][string];
type Condition = Extract<Rule, { type: "suppress" }>["when"][number];

interface Named {
  readonly point: string;
  readonly path: Path;
}

export function ruleFindings(site: Site): readonly Finding[] {
  const suggestPoint = suggester(Object.keys(site.points));
  const suggestTank = suggester(Object.keys(site.tanks));
  return [
    ...Object.entries(site.points).flatMap(([id, point]) =>
      signFindings(point, ["points", id, "limits"]),
    ),
    ...Object.entries(site.alarms.rules).flatMap(([id, rule]) => {
      const path = ["alarms", "rules", id];
      return [
        ...pointsOf(rule, path).flatMap(({ point, path: at }) =>
          Object.hasOwn(site.points, point) ? [] : [unknown("point", point, at, suggestPoint)],
        ),
        ...("tank" in rule && rule.tank !== undefined && !Object.hasOwn(site.tanks, rule.tank)
          ? [unknown("tank", rule.tank, [...path, "tank"], suggestTank)]
          : []),
        ...conditionsOf(rule, path).flatMap(([condition, at]) => conditionFindings(condition, at)),
        ...unitFindings(site, rule, path),
        ...windowFindings(site, rule, path),
        ...heldBackFindings(site, rule, path),
      ];
    }),
  ];
}

function pointsOf(rule: Rule, path: Path): readonly Named[] {
  const named = conditionsOf(rule, path).map(([{ point }, at]) => ({
    point,
    path: [...at, "point"],
  }));
  switch (rule.type) {
    case "deviation":
    case "vote2oo3":
      return rule.points.map((point, i) => ({ point, path: [...path, "points", i] }));
    case "level-drop":
      return [{ point: rule.point, path: [...path, "point"] }, ...named];
    case "corroborated":
      return [
        ...rule.gas.map((point, i) => ({ point, path: [...path, "gas", i] })),
        ...rule.with.map(({ point }, i) => ({ point, path: [...path, "with", i, "point"] })),
      ];
    case "suppress":
      return named;
  }
}

function conditionsOf(rule: Rule, path: Path): readonly (readonly [Condition, Path])[] {
  if (rule.type === "level-drop") return rule.unless.map((one, i) => [one, [...path, "unless", i]]);
  return rule.type === "suppress" ? rule.when.map((one, i) => [one, [...path, "when", i]]) : [];
}

function unknown(
  what: "point" | "tank",
  name: string,
  path: Path,
  suggest: (word: string) => string | null,
): Finding {
  const near = suggest(name);
  return error({
    code: "E101",
    path,
    zh: `没有名为 "${name}" 的${what === "point" ? "测点" : "储罐"}`,
    en: `there is no ${what} "${name}"`,
    ...(near === null ? {} : { fixZh: `您是否想写 "${near}"?`, fixEn: `did you mean "${near}"?` }),
  });
}

function conditionFindings({ is, above, below }: Condition, path: Path): readonly Finding[] {
  if (is !== undefined || above !== undefined || below !== undefined) return [];
  return [
    error({
      code: "E190",
      path,
      zh: "没有写条件: 永远成立",
      en: "no condition is given: this would always hold",
      fixZh: "写 is、above 或 below, 例如 is: 1",
      fixEn: "write `is`, `above` or `below`, e.g. is: 1",
    }),
  ];
}

function unitFindings(site: Site, rule: Rule, path: Path): readonly Finding[] {
  const isCompared = rule.type === "deviation" || rule.type === "vote2oo3";
  if (!isCompared && rule.type !== "corroborated") return [];
  const [tags, field] = isCompared ? [rule.points, "points"] : [rule.gas, "gas"];
  const first = site.points[tags[0] ?? ""];
  if (first === undefined) return [];
  return tags.flatMap((tag, i) => {
    const point = site.points[tag];
    const at = [...path, field, i];
    if (i > 0 && tags.indexOf(tag) < i) return [twice(tag, at)];
    if (point === undefined || point.unit === first.unit) return [];
    return [
      error({
        code: "E191",
        path: at,
        zh: `"${tag}" 的单位是 "${point.unit}", "${tags[0]}" 是 "${first.unit}": 不能比较`,
        en: `"${tag}" is in "${point.unit}", "${tags[0]}" in "${first.unit}": they cannot be compared`,
        fixZh: "用 scale 换成同一单位, 或核对测点",
        fixEn: "bring them to one unit by `scale`, or check the tags",
      }),
    ];
  });
}

function twice(tag: string, path: Path): Finding {
  return error({
    code: "E192",
    path,
    zh: `"${tag}" 写了两次`,
    en: `"${tag}" is named twice`,
    fixZh: "换成另一个测点",
    fixEn: "name another point",
  });
}

function windowFindings(site: Site, rule: Rule, path: Path): readonly Finding[] {
  if (rule.type === "level-drop") {
    const { point, within } = rule;
    return tooShort({ every: site.points[point]?.every, within, path: [...path, "within"] });
  }
  if (rule.type !== "corroborated") return [];
  return rule.with.flatMap(({ point, within }, i) =>
    tooShort({ every: site.points[point]?.every, within, path: [...path, "with", i, "within"] }),
  );
}

/** Two values at least must fall into the window. */
function tooShort(given: {
  readonly every: number | undefined;
  readonly within: number;
  readonly path: Path;
}): readonly Finding[] {
  const { every, within, path } = given;
  if (every === undefined || within >= 2 * every) return [];
  return [
    error({
      code: "E193",
      path,
      zh: `时间 ${within / 1000} s 不到轮询周期 ${every / 1000} s 的两倍: 看不出变化`,
      en: `${within / 1000} s is less than two polling periods of ${every / 1000} s: no change can be seen`,
      fixZh: `至少 ${(2 * every) / 1000}s`,
      fixEn: `at least ${(2 * every) / 1000}s`,
    }),
  ];
}

const limitNames = ["ll", "l", "h", "hh", "gas1", "gas2", "gas3", "o2Low", "o2High"] as const;

function signFindings({ limits, every, kind }: Point, path: Path): readonly Finding[] {
  if (limits === undefined) return [];
  const { forecast, frozen, faultWhen } = limits;
  return [
    ...(forecast === undefined ? [] : forecastFindings(limits, every, path)),
    ...(frozen === undefined ? [] : tooShort({ every, within: frozen, path: [...path, "frozen"] })),
    ...(faultWhen === undefined ? [] : faultWhenFindings(faultWhen, kind, path)),
  ];
}

function forecastFindings(limits: Limits, every: number, path: Path): readonly Finding[] {
  const at = [...path, "forecast"];
  const over = limits.forecast?.over ?? every;
  const hasLimit = limitNames.some((name) => limits[name] !== undefined);
  return [
    ...tooShort({ every, within: over / 2, path: [...at, "over"] }),
    ...(hasLimit
      ? []
      : [
          error({
            code: "E194",
            path: at,
            atKey: true,
            zh: "没有限值, 无从预报",
            en: "there is no limit to be reached: nothing can be forecast",
            fixZh: "加上 h、hh、l 或 ll",
            fixEn: "add h, hh, l or ll",
          }),
        ]),
  ];
}

function faultWhenFindings(
  faults: NonNullable<Limits["faultWhen"]>,
  kind: Point["kind"],
  path: Path,
): readonly Finding[] {
  const isElsewhere = kind !== "state";
  return [
    ...(isElsewhere
      ? [
          warning({
            code: "W195",
            path: [...path, "faultWhen"],
            atKey: true,
            zh: `faultWhen 用于状态测点 (kind: state), 此测点是 ${kind}`,
            en: `faultWhen is for state points (kind: state); this point is ${kind}`,
          }),
        ]
      : []),
    ...faults.flatMap(({ is, isNot, bit }, i) =>
      is === undefined && isNot === undefined && bit === undefined
        ? [
            error({
              code: "E190",
              path: [...path, "faultWhen", i],
              zh: "没有写条件",
              en: "no condition is given",
              fixZh: "写 is、isNot 或 bit, 例如 bit: 8",
              fixEn: "write `is`, `isNot` or `bit`, e.g. bit: 8",
            }),
          ]
        : [],
    ),
  ];
}
