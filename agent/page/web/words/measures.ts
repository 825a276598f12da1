/** Figures with their units, as people read them. Pure. */

import type { Word } from "../../../../config/words/bilingual.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** 45 s, 18 min, 3.2 h, 4.5 d: one figure that is enough to act on. */
export function span(ms: number): Word {
  if (ms < minuteMs) return both(`${Math.round(ms / 1000)}`, "秒", "s");
  if (ms < hourMs) return both(`${Math.round(ms / minuteMs)}`, "分钟", "min");
  if (ms < 2 * dayMs) return both(short(ms / hourMs), "小时", "h");
  return both(short(ms / dayMs), "天", "d");
}

/** 1.4 GiB */
export function size(bytes: number): string {
  const steps = ["B", "KiB", "MiB", "GiB", "TiB"];
  let left = bytes;
  let step = 0;
  while (left >= 1024 && step < steps.length - 1) {
    left /= 1024;
    step += 1;
  }
  return `${step === 0 ? left : short(left)} ${steps[step]}`;
}

/** Thousands parted by a thin space, which both languages read. */
export function count(figure: number): string {
  return String(Math.round(figure)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** As many decimals as the point has; without a word on it, four significant figures. */
export function figure(value: number, decimals: number | null): string {
  if (decimals !== null) return value.toFixed(Math.min(9, Math.max(0, decimals)));
  return String(Number(value.toPrecision(4)));
}

/** 99.97 %: never rounded up to a hundred that was not reached. */
export function percent(share: number | null): string {
  if (share === null) return "–";
  return `${(Math.floor(share * 100) / 100).toFixed(2)} %`;
}

function both(figure: string, zh: string, en: string): Word {
  return { zh: `${figure} ${zh}`, en: `${figure} ${en}` };
}

function short(value: number): string {
  return value < 100 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
