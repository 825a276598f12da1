/**
 * Gas alarm limits looser than the defaults of GB/T 50493, as it is commonly summarised. Warnings only:
 * the plant's filed limits may have a reason. Pure.
 */

import { type Finding, type Path, warning } from "../faults/fault.ts";
import type { Limits, Point, Site } from "../site.ts";
import { toxicGas, toxicGasNames } from "../words/occupationalLimits.ts";

const combustibleLelMax = { gas1: 25, gas2: 50 } as const;
/** In shares of the occupational limit. */
const toxicOelMax = { gas1: 1, gas2: 2 } as const;
const oxygenVol = { low: 19.5, high: 23.5 } as const;
/** Litres of one mole at 25 C. */
const molarVolume = 24.45;

const gasLevels = ["gas1", "gas2"] as const;
type GasLevel = (typeof gasLevels)[number];

export function gasFindings(site: Site): readonly Finding[] {
  return Object.entries(site.points).flatMap(([id, point]) => {
    const path = ["points", id];
    switch (point.kind) {
      case "gas-combustible":
        return [...unlimited(point, path), ...combustible(point, path)];
      case "gas-toxic":
        return [...unlimited(point, path), ...toxic(point, path)];
      case "oxygen":
        return oxygen(point, path);
      default:
        return [];
    }
  });
}

/** A detector that can never ring. */
function unlimited({ limits }: Point, path: Path): readonly Finding[] {
  const missing = gasLevels.filter((level) => limits?.[level] === undefined);
  if (missing.length === 0) return [];
  return [
    warning({
      code: "W160",
      path: [...path, "limits"],
      atKey: true,
      zh: `气体测点缺少 ${missing.join(" 和 ")}: 达到该级浓度不会报警`,
      en: `this gas point has no ${missing.join(" and no ")}: that concentration raises no alarm`,
      fixZh: "加上 limits: { gas1: ..., gas2: ... }",
      fixEn: "add limits: { gas1: ..., gas2: ... }",
    }),
  ];
}

function combustible(point: Point, path: Path): readonly Finding[] {
  if (!/^%?\s*LEL$/i.test(point.unit)) return [];
  return looser(point.limits, path, (level) => ({
    most: combustibleLelMax[level],
    zh: `${combustibleLelMax[level]} %LEL`,
    en: `${combustibleLelMax[level]} %LEL`,
  }));
}

function toxic(point: Point, path: Path): readonly Finding[] {
  if (point.limits?.gas1 === undefined && point.limits?.gas2 === undefined) return [];
  const gas = point.gas === undefined ? null : toxicGas(point.gas);
  if (gas === null) return [unknownGas(point, path)];
  const isPpm = /^ppm$/i.test(point.unit);
  if (!isPpm && !/^mg\/(m3|m³)$/i.test(point.unit)) return [];
  const oel = isPpm ? (gas.oelMgM3 * molarVolume) / gas.molarMass : gas.oelMgM3;
  const base = isPpm ? `${gas.oelMgM3} mg/m3 = ${round(oel)} ppm (25 C)` : `${gas.oelMgM3} mg/m3`;
  return looser(point.limits, path, (level) => ({
    most: oel * toxicOelMax[level],
    zh: `${round(oel * toxicOelMax[level])} ${point.unit} (${gas.zh}职业接触限值 ${base} 的 ${toxicOelMax[level] * 100} %)`,
    en: `${round(oel * toxicOelMax[level])} ${point.unit} (${toxicOelMax[level] * 100} % of the exposure limit of ${gas.formula}, ${base})`,
  }));
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function unknownGas({ gas }: Point, path: Path): Finding {
  const names = `${toxicGasNames.slice(0, 8).join(", ")} ...`;
  return warning({
    code: "W162",
    path: [...path, gas === undefined ? "kind" : "gas"],
    zh:
      gas === undefined
        ? "没有写明是哪种有毒气体, 无法核对报警限值"
        : `不认识气体 "${gas}", 无法核对报警限值`,
    en:
      gas === undefined
        ? "which toxic gas is not said: its limits cannot be judged"
        : `gas "${gas}" is not in the table: its limits cannot be judged`,
    fixZh: `加上 gas: H2S 等 (可用: ${names}); 不在表中的请按 GBZ 2.1 核对`,
    fixEn: `add gas: H2S or the like (known: ${names}); for others compare with GBZ 2.1`,
  });
}

function looser(
  limits: Limits | undefined,
  path: Path,
  standard: (level: GasLevel) => {
    readonly most: number;
    readonly zh: string;
    readonly en: string;
  },
): readonly Finding[] {
  return gasLevels.flatMap((level) => {
    const at = limitAt(limits?.[level]);
    const { most, zh, en } = standard(level);
    // A rounded conversion must not warn of itself.
    if (at === undefined || at <= most * 1.01) return [];
    const [name, nameEn] = level === "gas1" ? ["高报", "high"] : ["高高报", "high-high"];
    return [
      warning({
        code: "W161",
        path: [...path, "limits", level],
        zh: `${name} ${level} (${at}) 比 GB/T 50493 的默认值 ${zh} 宽松`,
        en: `the ${nameEn} limit ${level} (${at}) is looser than the GB/T 50493 default ${en}`,
        fixZh: `改为不大于 ${round(most)}, 或留存依据`,
        fixEn: `set at most ${round(most)}, or keep the reason on file`,
      }),
    ];
  });
}

function oxygen(point: Point, path: Path): readonly Finding[] {
  if (!/^%?\s*vol$|^%$/i.test(point.unit)) return [];
  const { low, high } = oxygenVol;
  const { limits } = point;
  return (
    [
      [
        limits?.o2Low === undefined ? "l" : "o2Low",
        low,
        (at: number) => at < low,
        "不低于",
        "at least",
      ],
      [
        limits?.o2High === undefined ? "h" : "o2High",
        high,
        (at: number) => at > high,
        "不高于",
        "at most",
      ],
    ] as const
  ).flatMap(([name, at, isLooser, zh, en]) => {
    const given = limitAt(point.limits?.[name]);
    if (given !== undefined && !isLooser(given)) return [];
    return [
      warning({
        code: "W163",
        path: [...path, "limits", name],
        zh:
          given === undefined
            ? `氧气测点没有 ${name} 限值, 通常为 ${at} %vol`
            : `氧气限值 ${name} (${given}) 比通常的 ${at} %vol 宽松`,
        en:
          given === undefined
            ? `this oxygen point has no \`${name}\` limit; ${at} %vol is usual`
            : `the oxygen limit ${name} (${given}) is looser than the usual ${at} %vol`,
        fixZh: `${name} ${zh} ${at}`,
        fixEn: `set ${name} to ${en} ${at}`,
      }),
    ];
  });
}

function limitAt(limit: Limits[GasLevel]): number | undefined {
  return typeof limit === "object" ? limit.at : limit;
}
