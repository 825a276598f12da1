/** Alarms that a rule of suppression names: that they exist, and that no life hangs on them. Pure. */

import { error, type Finding, type Path } from "../faults/fault.ts";
import type { Limits, Site } from "../site.ts";

type Rule = Site["alarms"]["rules"][string];

/** Never held back without a word that this is meant. */
const safety = new Set(["HH", "LL", "GAS2", "GAS3", "O2-LOW", "O2-HIGH", "CORROBORATED"]);
const types: readonly (readonly [name: keyof Limits, type: string])[] = [
  ["ll", "LL"],
  ["l", "L"],
  ["h", "H"],
  ["hh", "HH"],
  ["gas1", "GAS1"],
  ["gas2", "GAS2"],
  ["gas3", "GAS3"],
  ["o2Low", "O2-LOW"],
  ["o2High", "O2-HIGH"],
  ["rate", "RATE"],
  ["forecast", "FORECAST"],
  ["frozen", "FROZEN"],
];
const ruleTypes = {
  deviation: "DEVIATION",
  vote2oo3: "DEVIATION",
  "level-drop": "LEVEL-DROP",
  corroborated: "CORROBORATED",
  suppress: null,
} as const;

export function heldBackFindings(site: Site, rule: Rule, path: Path): readonly Finding[] {
  if (rule.type !== "suppress") return [];
  const all = alarmsOf(site);
  return rule.alarms.flatMap((pattern, i) => {
    const at = [...path, "alarms", i];
    const held = all.filter((alarm) => expressionOf(pattern).test(alarm));
    if (held.length === 0) return [matchesNothing(pattern, at)];
    const grave = held.find((alarm) => safety.has(alarm.split(" ")[0] ?? ""));
    return grave === undefined || rule.evenSafety ? [] : [holdsBackSafety(grave, at)];
  });
}

/** "TYPE SOURCE" of every alarm that the site can have. */
function alarmsOf(site: Site): readonly string[] {
  return [
    ...Object.entries(site.points).flatMap(([tag, { limits }]) => [
      ...types.flatMap(([name, type]) => (limits?.[name] === undefined ? [] : [`${type} ${tag}`])),
      `FAULT ${tag}`,
    ]),
    ...Object.keys(site.devices).map((id) => `OFFLINE ${id}`),
    ...Object.keys(site.buses).map((id) => `OFFLINE bus/${id}`),
    ...Object.entries(site.alarms.rules).flatMap(([id, { type }]) => {
      const kind = ruleTypes[type];
      return kind === null ? [] : [`${kind} rule/${id}`, `FAULT rule/${id}`];
    }),
  ];
}

const special = /[\\^$.+?()[\]{}|/]/g;

function expressionOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replaceAll(special, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su");
}

function matchesNothing(pattern: string, path: Path): Finding {
  return error({
    code: "E196",
    path,
    zh: `没有报警符合 "${pattern}"`,
    en: `no alarm of this site fits "${pattern}"`,
    fixZh: '写 "类型 位号", 例如 "L LT-101" 或 "* PT-101"',
    fixEn: 'write "TYPE TAG", e.g. "L LT-101" or "* PT-101"',
  });
}

function holdsBackSafety(alarm: string, path: Path): Finding {
  return error({
    code: "E197",
    path,
    zh: `会抑制人命攸关的报警 "${alarm}"`,
    en: `this would hold back "${alarm}", an alarm on which lives depend`,
    fixZh: "改窄范围; 确有依据时写 evenSafety: true",
    fixEn: "name fewer alarms; if it is truly meant, write evenSafety: true",
  });
}
