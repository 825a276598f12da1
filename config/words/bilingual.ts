/** What people read, in both languages. */

export type Lang = "zh" | "en";

export type Word = Readonly<Record<Lang, string>>;

export function word(zh: string, en: string): Word {
  return { zh, en };
}
