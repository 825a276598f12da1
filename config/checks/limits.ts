/** The limits of a point among themselves and within the range. Pure. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { Limits, Point, Site } from "../site.ts";

type LimitName = "ll" | "l" | "h" | "hh" | "gas1" | "gas2" | "gas3" | "o2Low" | "o2High";

interface Given {
  readonly name: LimitName;
  readonly at: number;
  readonly deadband: number;
  readonly onDelayMs: number;
  readonly isHigh: boolean;
}

/** Ascending order within each family. */
const families: readonly (readonly LimitName[])[] = [
  ["ll", "l", "h", "hh"],
  ["gas1", "gas2", "gas3"],
  ["o2Low", "o2High"],
];
const orders: Partial<Readonly<Record<LimitName, string>>> = {
  gas2: "GAS1 < GAS2 < GAS3",
  gas3: "GAS1 < GAS2 < GAS3",
  o2High: "O2LOW < O2HIGH",
};
/** Alarms on which people's lives depend: no delay without a reason. */
const severe: ReadonlySet<LimitName> = new Set([
  "hh",
  "ll",
  "gas1",
  "gas2",
  "gas3",
  "o2Low",
  "o2High",
]);

export function limitFindings(site: Site): readonly Finding[] {
  return Object.entries(site.points).flatMap(([id, point]) => {
    const { limits } = point;
    if (limits === undefined) return [];
    const path = ["points", id, "limits"];
    return [
      ...families.flatMap((family) => familyFindings(given(limits, family), point, path)),
      ...kindFindings(point, limits, path),
      ...rateFindings(limits, path),
    ];
  });
}

function given(limits: Limits, family: readonly LimitName[]): readonly Given[] {
  return family.flatMap((name) => {
    const limit = limits[name];
    if (limit === undefined) return [];
    const own = typeof limit === "number" ? { at: limit } : limit;
    return [
      {
        name,
        at: own.at,
        deadband: own.deadband ?? limits.deadband,
        onDelayMs: own.onDelay ?? limits.onDelay,
        isHigh: name !== "l" && name !== "ll" && name !== "o2Low",
      },
    ];
  });
}

function familyFindings(limits: readonly Given[], point: Point, path: Path): readonly Finding[] {
  return [
    ...orderFindings(limits, path),
    ...limits.flatMap((limit) => rangeFindings(limit, point, path)),
    ...deadbandFindings(limits, point, path),
    ...limits.flatMap((limit) => delayFindings(limit, path)),
  ];
}

function orderFindings(limits: readonly Given[], path: Path): readonly Finding[] {
  return neighbours(limits).flatMap(([lower, upper]) => {
    if (lower.at < upper.at) return [];
    const [low, high] = [lower.name.toUpperCase(), upper.name.toUpperCase()];
    const rule = orders[upper.name] ?? "LL < L < H < HH";
    return [
      error({
        code: "E111",
        path: [...path, upper.name],
        zh: `限值顺序不对: ${low} (${lower.at}) 应小于 ${high} (${upper.at})`,
        en: `limits out of order: ${low} (${lower.at}) must be below ${high} (${upper.at})`,
        fixZh: `须满足 ${rule}`,
        fixEn: `keep ${rule}`,
      }),
    ];
  });
}

function rangeFindings({ name, at }: Given, point: Point, path: Path): readonly Finding[] {
  const [low, high] = point.range;
  if (low >= high || (at >= low && at <= high)) return [];
  const range = `[${low}, ${high}]`;
  return [
    error({
      code: "E112",
      path: [...path, name],
      zh: `限值 ${name.toUpperCase()} (${at}) 在量程 ${range} 之外, 永远不会正常报警`,
      en: `limit ${name.toUpperCase()} (${at}) is outside the range ${range}: it can never alarm properly`,
      fixZh: `改到 ${range} 之内, 或核对 range 和单位`,
      fixEn: `bring it into ${range}, or check \`range\` and unit`,
    }),
  ];
}

function deadbandFindings(limits: readonly Given[], point: Point, path: Path): readonly Finding[] {
  return [
    ...limits.flatMap((limit) => neverReturns(limit, point, path)),
    ...neighbours(limits).flatMap(([lower, upper]) => {
      const gap = upper.at - lower.at;
      const widest = lower.deadband > upper.deadband ? lower : upper;
      if (gap <= 0 || widest.deadband < gap) return [];
      const names = `${lower.name.toUpperCase()}..${upper.name.toUpperCase()}`;
      const isAcross = !lower.isHigh && upper.isHigh;
      const words = {
        path: deadbandPath(path, widest),
        zh: `死区 ${widest.deadband} 不小于 ${names} 的间距 ${gap}`,
        en: `the deadband ${widest.deadband} is not smaller than the gap ${names} of ${gap}`,
        fixZh: `死区应小于 ${gap}`,
        fixEn: `choose a deadband below ${gap}`,
      };
      // Across L..H there would be no value at which both alarms are over.
      return [isAcross ? error({ code: "E114", ...words }) : warning({ code: "W114", ...words })];
    }),
  ];
}

function neverReturns(limit: Given, point: Point, path: Path): readonly Finding[] {
  const [low, high] = point.range;
  const { name, at, deadband, isHigh } = limit;
  if (deadband === 0 || at < low || at > high) return [];
  const back = isHigh ? at - deadband : at + deadband;
  if (back >= low && back <= high) return [];
  return [
    error({
      code: "E114",
      path: deadbandPath(path, limit),
      zh: `报警 ${name.toUpperCase()} 要回到 ${back} 才会消除, 超出量程 [${low}, ${high}]`,
      en: `alarm ${name.toUpperCase()} returns only at ${back}, outside the range [${low}, ${high}]`,
      fixZh: "减小死区 deadband",
      fixEn: "choose a smaller `deadband`",
    }),
  ];
}

/** The limit's own deadband where it has one; the place falls back to the nearest written part. */
function deadbandPath(path: Path, { name }: Given): Path {
  return [...path, name, "deadband"];
}

function delayFindings({ name, onDelayMs }: Given, path: Path): readonly Finding[] {
  if (onDelayMs === 0 || !severe.has(name)) return [];
  return [
    warning({
      code: "W115",
      path: [...path, name],
      zh: `${name.toUpperCase()} 报警延时 ${onDelayMs / 1000} s: 气体和高高/低低报警不应延时`,
      en: `${name.toUpperCase()} is delayed by ${onDelayMs / 1000} s: gas, HH and LL alarms should not wait`,
      fixZh: `单独设 ${name}: { at: ..., onDelay: 0s }`,
      fixEn: `give it its own ${name}: { at: ..., onDelay: 0s }`,
    }),
  ];
}

function kindFindings({ kind }: Point, limits: Limits, path: Path): readonly Finding[] {
  const isGas = kind === "gas-combustible" || kind === "gas-toxic";
  const given = (names: readonly LimitName[]) => names.filter((name) => limits[name] !== undefined);
  return isGas
    ? given(["ll", "l", "h", "hh"]).map((name) => levelLimitOnGas(name, path))
    : given(["gas1", "gas2", "gas3"]).map((name) => gasLimitElsewhere(name, kind, path));
}

function gasLimitElsewhere(name: LimitName, kind: Point["kind"], path: Path): Finding {
  const isOxygen = kind === "oxygen";
  return error({
    code: "E116",
    path: [...path, name],
    atKey: true,
    zh: `${name} 只用于可燃和有毒气体, 此测点是 ${kind}`,
    en: `${name} is for combustible and toxic gas only; this point is ${kind}`,
    fixZh: isOxygen ? "氧气用 l 和 h" : "用 l、ll、h、hh, 或改正 kind",
    fixEn: isOxygen ? "oxygen has l and h" : "use l, ll, h, hh, or correct `kind`",
  });
}

function levelLimitOnGas(name: LimitName, path: Path): Finding {
  const better = name === "hh" ? "gas2" : "gas1";
  return warning({
    code: "W116",
    path: [...path, name],
    atKey: true,
    zh: `气体测点用 gas1 (高报) 和 gas2 (高高报), 不用 ${name}`,
    en: `a gas point has gas1 (high) and gas2 (high-high), not ${name}`,
    fixZh: `改为 ${better}`,
    fixEn: `change it to ${better}`,
  });
}

function rateFindings({ rate }: Limits, path: Path): readonly Finding[] {
  const at = typeof rate === "object" ? rate.at : rate;
  if (at === undefined || at > 0) return [];
  return [
    error({
      code: "E117",
      path: [...path, "rate"],
      zh: `变化率限值应大于 0, 现为 ${at}`,
      en: `the rate limit must be greater than 0, found ${at}`,
      fixZh: "写每分钟允许的最大变化量, 两个方向都算",
      fixEn: "write the largest change a minute; it counts in both directions",
    }),
  ];
}

function neighbours(limits: readonly Given[]): readonly (readonly [Given, Given])[] {
  return limits.flatMap((upper, index): readonly (readonly [Given, Given])[] => {
    const lower = limits[index - 1];
    return lower === undefined ? [] : [[lower, upper]];
  });
}
