/** What the box has told: the page shows this and nothing else. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AlarmView } from "../protocol/alarms.ts";
import type { BoxView, FromBox, ReadingsView } from "../protocol/live.ts";
import type { SiteView } from "../protocol/site.ts";
import { after, browserMonotonicMs } from "./browserClock.ts";

/** The newest reading of one point. */
export interface Now {
  /** Null: quality says there is no number, or nothing was heard yet. */
  readonly value: number | null;
  /** Code of config/words/quality.ts; null: nothing heard yet. */
  readonly quality: number | null;
}

export const site: Signal<SiteView | null> = signal(null);
/** All that is not normal, by key. */
export const alarms: Signal<ReadonlyMap<string, AlarmView>> = signal(new Map());
/**
 * The same for lists and tiles: it follows at once, but in a flood twice a second, so that drawing a thousand rows
 * never stands before the coloured block.
 */
export const listedAlarms: Signal<ReadonlyMap<string, AlarmView>> = signal(new Map());
const listEveryMs = 500;
const listing: { atMs: number; stop: (() => void) | null } = { atMs: 0, stop: null };

/** One signal a point, in the order of `site.points`. */
export const readings: Signal<readonly Signal<Now>[]> = signal([]);
export const box: Signal<BoxView | null> = signal(null);
/** The box's clock at its last heartbeat; 0: not heard yet. */
export const nowMs: ReadonlySignal<number> = computed(() => box.value?.nowMs ?? 0);
/** What is shown is older than five seconds, or may be. Set by the veil's watch. */
export const isVeiled: Signal<boolean> = signal(false);

/** When each point was read last, beside `readings`: it changes at every reading and redraws nothing. */
export const takenMs: Map<number, number> = new Map();

type Listener = (readings: ReadingsView) => void;
const listeners: Set<Listener> = new Set();

/** Calls back with each batch of readings; returns how to stop. */
export function onReadings(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes what the box said. */
export function take(message: FromBox): void {
  batch(() => {
    switch (message.kind) {
      case "hello":
        takenMs.clear();
        site.value = message.site;
        readings.value = message.site.points.map(() => signal({ value: null, quality: null }));
        alarms.value = new Map(message.alarms.map((one) => [one.key, one]));
        list();
        takeReadings(message.readings);
        box.value = message.box;
        return;
      case "readings":
        takeReadings(message.readings);
        return;
      case "alarms":
        takeAlarms(message.alarms);
        return;
      case "box":
        box.value = message.box;
        return;
    }
  });
}

function takeAlarms(changed: readonly AlarmView[]): void {
  const next = new Map(alarms.peek());
  for (const one of changed) {
    if (one.state === "normal") next.delete(one.key);
    else next.set(one.key, one);
  }
  alarms.value = next;
  const restMs = listing.atMs + listEveryMs - browserMonotonicMs();
  if (restMs <= 0) list();
  else listing.stop ??= after(restMs, list);
}

function list(): void {
  listing.stop?.();
  listing.stop = null;
  listing.atMs = browserMonotonicMs();
  listedAlarms.value = alarms.peek();
}

function takeReadings(columns: ReadingsView): void {
  const points = readings.peek();
  columns.points.forEach((point, index) => {
    const now = points[point];
    if (now === undefined) return;
    const value = columns.values[index] ?? null;
    const quality = columns.qualities[index] ?? null;
    takenMs.set(point, columns.takenMs[index] ?? 0);
    const was = now.peek();
    if (was.value !== value || was.quality !== quality) now.value = { value, quality };
  });
  for (const listener of listeners) listener(columns);
}
