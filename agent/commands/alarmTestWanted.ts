/** Which points a test of some alarms needs: their own, and those that their rules look at (pure). */

import type { Site } from "../../config/site.ts";
import { judgedRules } from "../evaluate/rules/judgedRule.ts";

/** No names: every point. A rule that may hold the named alarms back is needed with them. */
export function wantedTags(site: Site, names: readonly string[]): ReadonlySet<string> {
  const tags = Object.keys(site.points);
  if (names.length === 0) return new Set(tags);
  const rules = judgedRules(site, { isDeclared: () => false });
  const needed = rules.filter(({ id, alarm }) => names.includes(id) || alarm === null);
  const inputs = needed.flatMap(({ judge }) => judge.inputs);
  return new Set([...tags.filter((tag) => names.includes(tag)), ...inputs]);
}

/** `rule/ID` of rules for which some of their points had no value at all, and of those for which none had one. */
export function idleRules(
  site: Site,
  values: Iterable<{ readonly tag: string }>,
): { readonly partly: ReadonlySet<string>; readonly wholly: ReadonlySet<string> } {
  const given = new Set<string>();
  for (const { tag } of values) given.add(tag);
  const rules = judgedRules(site, { isDeclared: () => false }).map(({ id, judge }) => ({
    source: `rule/${id}`,
    missing: judge.inputs.filter((tag) => !given.has(tag)).length,
    inputs: judge.inputs.length,
  }));
  const sources = (list: typeof rules): ReadonlySet<string> =>
    new Set(list.map(({ source }) => source));
  return {
    partly: sources(rules.filter(({ missing }) => missing > 0)),
    wholly: sources(rules.filter(({ missing, inputs }) => missing === inputs)),
  };
}
