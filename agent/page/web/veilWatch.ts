/** Watches how old the shown data is, and draws the veil; also when the tab was frozen or the box is dead. */

import { batch, type Signal, signal } from "@preact/signals";
import type { BoxView } from "../protocol/live.ts";
import { browserMonotonicMs, browserWallMs, every } from "./browserClock.ts";
import { box, isVeiled, site } from "./live.ts";
import { freshMsMax, type Look, readingMsMax, silentMs } from "./staleness.ts";

/** Why the veil is drawn: nothing heard from the box, or the box itself has no new readings. */
export type VeilCause = "no-contact" | "no-readings";
export const veilCause: Signal<VeilCause | null> = signal(null);
/** How long nothing was heard, in whole seconds. */
export const silentSeconds: Signal<number> = signal(0);

/** Drawn a little early, so that nothing older than five seconds is ever seen without the veil. */
const silentMsMax = freshMsMax - 500;
const judgeEveryMs = 200;

const heard: { at: Look } = { at: look() };

/** The box was heard just now, and what it said was fresh. */
export function heardFromBox(): void {
  heard.at = look();
  judge();
}

/** Milliseconds since the box was heard. */
export function sinceHeardMs(): number {
  return silentMs(heard.at, look());
}

/** Judges a few times a second, and whenever the tab comes back to life: before anything else is painted. */
export function watchVeil(): void {
  every(judgeEveryMs, judge);
  for (const name of ["visibilitychange", "resume", "freeze"]) {
    document.addEventListener(name, judge, { capture: true });
  }
  for (const name of ["pageshow", "focus", "online", "offline"]) {
    addEventListener(name, judge, { capture: true });
  }
}

function judge(): void {
  const silent = sinceHeardMs();
  const cause = silent > silentMsMax ? "no-contact" : isOld(box.peek()) ? "no-readings" : null;
  batch(() => {
    silentSeconds.value = Math.floor(silent / 1_000);
    veilCause.value = cause;
    isVeiled.value = cause !== null;
  });
}

function isOld(now: BoxView | null): boolean {
  const points = site.peek()?.points ?? [];
  if (now === null || points.length === 0) return false;
  if (now.lastReadingMs === null) return true;
  return now.nowMs - now.lastReadingMs > readingMsMax(points.map((one) => one.everyMs));
}

function look(): Look {
  return { wallMs: browserWallMs(), monotonicMs: browserMonotonicMs() };
}
