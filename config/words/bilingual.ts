/** What people read, in both languages. */

export type Lang = "zh" | "en";

export type Word = Readonly<Record<Lang, string>>;

export function word(zh: string, en: string): Word {
  return { zh, en };
}

/** What is the same in both: a tag, or words that the site file gives in one language. */
export function sameWord(text: string): Word {
  return { zh: text, en: text };
}

/** One sentence of several. `between` stands between two of them. */
export function joinWords(words: readonly Word[], between: Word = word("，", ", ")): Word {
  return {
    zh: words.map(({ zh }) => zh).join(between.zh),
    en: words.map(({ en }) => en).join(between.en),
  };
}
