/** Range, scale, polling and reporting of a point. Pure. */

import { error, type Finding, type Path, warning } from "../faults/fault.ts";
import type { Point, Scale, Site } from "../site.ts";

/** Polling faster than this wears the wire and shows nothing that a tank could do. */
const everyMsMin = 100;
/** Changes smaller than the report deadband leave no record: more than this share hides what happened. */
const deadbandShareMax = 0.1;

export function valueFindings(site: Site): readonly Finding[] {
  return Object.entries(site.points).flatMap(([id, point]) => {
    const path = ["points", id];
    return [
      ...rangeFindings(point, path),
      ...(point.scale === undefined ? [] : scaleFindings(point.scale, [...path, "scale"])),
      ...pollFindings(point, path),
      ...reportFindings(point, path),
      ...gasFieldFindings(point, path),
    ];
  });
}

function rangeFindings({ range: [low, high] }: Point, path: Path): readonly Finding[] {
  if (low < high) return [];
  return [
    error({
      code: "E113",
      path: [...path, "range"],
      zh: `量程下限 ${low} 应小于上限 ${high}`,
      en: `the low end of the range (${low}) must be below its high end (${high})`,
      ...(low === high
        ? {}
        : { fixZh: `改为 [${high}, ${low}]`, fixEn: `change it to [${high}, ${low}]` }),
    }),
  ];
}

function scaleFindings(scale: Scale, path: Path): readonly Finding[] {
  if ("factor" in scale) {
    if (scale.factor !== 0) return [];
    return [
      error({
        code: "E118",
        path: [...path, "factor"],
        zh: "系数为 0: 值永远不变",
        en: "a factor of 0 makes every value the same",
        fixZh: "例如 factor: 0.1",
        fixEn: "e.g. factor: 0.1",
      }),
    ];
  }
  const ends: readonly (readonly [name: string, ends: readonly [number, number]])[] =
    "loop" in scale
      ? [["loop", scale.loop]]
      : [
          ["raw", scale.raw],
          ["to", scale.to],
        ];
  return ends.flatMap(([name, [low, high]]) =>
    low === high
      ? [
          error({
            code: "E118",
            path: [...path, name],
            zh: `${name} 两端相等 (${low}), 无法换算`,
            en: `both ends of \`${name}\` are ${low}: nothing can be scaled`,
            fixZh: "写两端不同的值, 例如 [0, 4095]",
            fixEn: "write two different ends, e.g. [0, 4095]",
          }),
        ]
      : [],
  );
}

function pollFindings({ every }: Point, path: Path): readonly Finding[] {
  const at = [...path, "every"];
  if (every === 0) {
    return [
      error({
        code: "E119",
        path: at,
        zh: "轮询周期不能为 0",
        en: "the polling period must not be 0",
        fixZh: "例如 every: 1s",
        fixEn: "e.g. every: 1s",
      }),
    ];
  }
  if (every >= everyMsMin) return [];
  return [
    warning({
      code: "W119",
      path: at,
      zh: `轮询周期 ${every} ms 过短`,
      en: `a polling period of ${every} ms is very short`,
      fixZh: "气体 1s 到 2s、储罐 1s 到 5s 通常足够",
      fixEn: "1s to 2s for gas and 1s to 5s for tanks are usually enough",
    }),
  ];
}

function reportFindings({ report, range }: Point, path: Path): readonly Finding[] {
  if (report === undefined) return [];
  const span = range[1] - range[0];
  const findings: Finding[] = [];
  if (report.min > report.max) {
    findings.push(
      error({
        code: "E141",
        path: [...path, "report", "min"],
        zh: `report.min (${report.min / 1000} s) 不能大于 report.max (${report.max / 1000} s)`,
        en: `report.min (${report.min / 1000} s) must not exceed report.max (${report.max / 1000} s)`,
        fixZh: "减小 min 或加大 max",
        fixEn: "lower `min` or raise `max`",
      }),
    );
  }
  if (span > 0 && report.deadband > span * deadbandShareMax) {
    findings.push(
      warning({
        code: "W141",
        path: [...path, "report", "deadband"],
        zh: `上报死区 ${report.deadband} 超过量程的十分之一: 记录会很粗`,
        en: `a report deadband of ${report.deadband} is more than a tenth of the range: the record will be coarse`,
        fixZh: `例如 ${tidy(span / 200)}`,
        fixEn: `e.g. ${tidy(span / 200)}`,
      }),
    );
  }
  return findings;
}

function tidy(value: number): number {
  return Number(value.toPrecision(2));
}

function gasFieldFindings({ gas, kind }: Point, path: Path): readonly Finding[] {
  if (gas === undefined || kind === "gas-toxic" || kind === "gas-combustible") return [];
  return [
    warning({
      code: "W117",
      path: [...path, "gas"],
      atKey: true,
      zh: `gas 只对气体测点有意义, 此测点是 ${kind}`,
      en: `\`gas\` says something of gas points only; this point is ${kind}`,
      fixZh: "删除 gas, 或改正 kind",
      fixEn: "delete `gas`, or correct `kind`",
    }),
  ];
}
