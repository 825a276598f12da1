/** What a message says beyond the words of the alarm itself. */

import type { Word } from "../../config/words/bilingual.ts";

export const selfAdvice: Word = {
  zh: "本机的监视可能已经中断: 请派人到现场值守, 并检查或重启本机",
  en: "this box may not be watching: send somebody to the tanks, then check or restart the box",
};
