/** The language of the page: Chinese unless this browser chose English. */

import { effect, type Signal, signal } from "@preact/signals";
import type { Lang, Word } from "../../../config/words/bilingual.ts";
import { remember, remembered } from "./remembered.ts";

export const lang: Signal<Lang> = signal(remembered("lang") === "en" ? "en" : "zh");

/** The text in the language of the page; a component that calls it follows the language. */
export function t(word: Word): string {
  return word[lang.value];
}

export function switchLang(): void {
  lang.value = lang.value === "zh" ? "en" : "zh";
  remember("lang", lang.value);
}

/** Tells the browser, and so screen readers, which language the page is in. */
export function followLang(): void {
  effect(() => {
    document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
  });
}
