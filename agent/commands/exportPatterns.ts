/** Which points an export wants: tags, with `*` for any characters (pure). */

import { suggester } from "../../config/faults/didYouMean.ts";

export interface TagPatterns {
  fits(tag: string): boolean;
  /** The first pattern that fits none of these tags, and the tag that was most likely meant. */
  unfit(
    tags: ReadonlySet<string>,
  ): { readonly pattern: string; readonly nearest: string | null } | null;
}

/** No pattern: everything fits. */
export function tagPatterns(patterns: readonly string[]): TagPatterns {
  const all = patterns.map((pattern) => ({ pattern, expression: expressionOf(pattern) }));
  // Asked for every reading of every record: the answer for a tag is kept.
  const answers = new Map<string, boolean>();
  return {
    fits(tag) {
      if (all.length === 0) return true;
      const known = answers.get(tag);
      if (known !== undefined) return known;
      const answer = all.some(({ expression }) => expression.test(tag));
      answers.set(tag, answer);
      return answer;
    },
    unfit(tags) {
      const unfit = all.find(({ expression }) => ![...tags].some((tag) => expression.test(tag)));
      if (unfit === undefined) return null;
      return { pattern: unfit.pattern, nearest: suggester(tags)(unfit.pattern) };
    },
  };
}

const special = /[\\^$.+?()[\]{}|/]/g;

function expressionOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replaceAll(special, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su");
}
