/** The known word that a mistyped one most likely stands for. */

import { distance } from "fastest-levenshtein";

export type Suggest = (word: string) => string | null;

/** A file full of wrong references must not cost minutes: after this many comparisons, no more advice. */
const comparisonsMax = 500_000;

/** @returns a function that names the nearest known word, or null when none is near. */
export function suggester(known: Iterable<string>): Suggest {
  const words = [...known];
  const answers = new Map<string, string | null>();
  let comparisons = 0;
  return (word) => {
    const before = answers.get(word);
    if (before !== undefined) return before;
    if (word.length > 64 || comparisons + words.length > comparisonsMax) return null;
    comparisons += words.length;
    const answer = nearest(word, words);
    answers.set(word, answer);
    return answer;
  };
}

function nearest(word: string, known: readonly string[]): string | null {
  const lower = word.toLowerCase();
  let best: string | null = null;
  // A third of the letters may be wrong, at least one, and never all of them.
  let bestDistance = Math.min(Math.max(1, Math.floor(word.length / 3)), word.length - 1) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const found = difference(lower, candidate.toLowerCase());
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** Letters in the wrong order are one mistake, not two. */
function difference(a: string, b: string): number {
  const edits = distance(a, b);
  return edits === 2 && a.length === b.length && sorted(a) === sorted(b) ? 1 : edits;
}

function sorted(text: string): string {
  return [...text].sort().join("");
}
