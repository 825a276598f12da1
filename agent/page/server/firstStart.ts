/** The one-time code of a box without users: whoever can read the box's console may make the first admin. */

import { randomInt, timingSafeEqual } from "node:crypto";
import type { MonotonicMs } from "../../../config/words/time.ts";

/** No letter or digit that is taken for another. */
const letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const groups = 3;
const groupChars = 4;
const validMs = 60 * 60_000;
/** Wrong codes from anywhere after which it is no longer valid. */
const triesMax = 30;

export interface FirstStart {
  /** As it is printed: 59 bits in three groups. */
  readonly code: string;
  tryCode(code: string, nowMs: MonotonicMs): "right" | "wrong" | "expired";
}

export function createFirstStart(startedMs: MonotonicMs): FirstStart {
  const group = (): string =>
    Array.from({ length: groupChars }, () => letters[randomInt(letters.length)]).join("");
  const code = Array.from({ length: groups }, group).join("-");
  let tries = 0;
  return {
    code,
    tryCode(given, nowMs) {
      if (nowMs - startedMs > validMs || tries >= triesMax) return "expired";
      const isRight = isSame(plain(given), plain(code));
      if (!isRight) tries += 1;
      return isRight ? "right" : "wrong";
    },
  };
}

function plain(code: string): string {
  return code
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "");
}

function isSame(given: string, code: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(code)];
  return a.length === b.length && timingSafeEqual(a, b);
}
