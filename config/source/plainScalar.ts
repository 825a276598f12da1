/** Words without quotes -> values, as YAML 1.2's core schema says. Pure. */

import type { Scalar } from "./tree.ts";

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF"].flatMap((word) => [
    [word, Number.POSITIVE_INFINITY] as const,
    [`+${word}`, Number.POSITIVE_INFINITY] as const,
    [`-${word}`, Number.NEGATIVE_INFINITY] as const,
  ]),
]);
const numberForm = /^(?:0o[0-7]+|0x[\da-fA-F]+|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)$/;

export function plainScalar(text: string): Scalar {
  if (numberForm.test(text)) return Number(text);
  const word = text.length <= 5 ? words.get(text) : undefined;
  return word === undefined ? text : word;
}
