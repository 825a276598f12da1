/** The last half hour of some points, one figure each twenty seconds: asked for once, then kept up by what is told. */

import { type Signal, signal } from "@preact/signals";
import type { TrendView } from "../protocol/history.ts";
import { get } from "./api.ts";
import { nowMs, onReadings, site } from "./live.ts";

export const traceMs: number = 30 * 60_000;
const stepMs = 20_000;
const tagsMax = 8;

/** Rises when traces have grown by a step. */
export const traceBeat: Signal<number> = signal(0);

/** Position of the point -> step -> its last value (null: no number). */
const traces: Map<number, Map<number, number | null>> = new Map();

export interface TraceSample {
  readonly atMs: number;
  readonly value: number | null;
}

export function traceOf(point: number): readonly TraceSample[] {
  const steps = traces.get(point);
  if (steps === undefined) return [];
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([step, value]) => ({ atMs: step * stepMs, value }));
}

/** Keeps the traces of these points until the function it returns is called. */
export function keepTraces(points: readonly number[]): () => void {
  for (const point of points) if (!traces.has(point)) traces.set(point, new Map());
  void fetchPast(points);
  const kept = new Set(points);
  return onReadings((readings) => {
    let isNewStep = false;
    readings.points.forEach((point, index) => {
      const steps = kept.has(point) ? traces.get(point) : undefined;
      if (steps === undefined) return;
      const step = Math.floor((readings.takenMs[index] ?? 0) / stepMs);
      isNewStep ||= !steps.has(step);
      steps.set(step, readings.values[index] ?? null);
    });
    if (!isNewStep) return;
    forgetOld();
    traceBeat.value += 1;
  });
}

function forgetOld(): void {
  const oldest = Math.floor((nowMs.peek() - traceMs) / stepMs);
  for (const steps of traces.values()) {
    for (const step of steps.keys()) if (step < oldest) steps.delete(step);
  }
}

async function fetchPast(points: readonly number[]): Promise<void> {
  const toMs = nowMs.peek();
  const fromMs = toMs - traceMs;
  for (let first = 0; first < points.length; first += tagsMax) {
    const some = points.slice(first, first + tagsMax);
    const tags = some.flatMap((at) => site.peek()?.points[at]?.tag ?? []);
    const query = new URLSearchParams({
      points: tags.join(","),
      from: String(Math.round(fromMs)),
      to: String(Math.round(toMs)),
      width: String(traceMs / stepMs),
    });
    // No answer: the trace begins now.
    const answer = await get<TrendView>(`/api/trend?${query}`);
    if (answer.ok) takePast(some, answer.value);
  }
}

function takePast(points: readonly number[], past: TrendView): void {
  for (const series of past.series) {
    const at = points.find((point) => site.peek()?.points[point]?.tag === series.tag);
    const steps = at === undefined ? undefined : traces.get(at);
    if (steps === undefined) continue;
    series.startMs.forEach((startMs, index) => {
      const step = Math.floor(startMs / stepMs);
      if (!steps.has(step)) steps.set(step, series.last[index] ?? null);
    });
  }
  traceBeat.value += 1;
}
