/** Which alarm belongs to which bundle, over random alarms, cameras and days. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { alarmsNamedMax, Gathering, openMax } from "../../agent/evidence/gathering.ts";
import type { AlarmRef } from "../../agent/evidence/manifest.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const windowMs = 20_000;
const step = fc.oneof(
  fc.record({
    do: fc.constant("alarm" as const),
    cameras: fc.subarray(["a", "b", "c"], { minLength: 1 }),
  }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({ do: fc.constant("close" as const), which: fc.nat(40) }),
);

function ref(n: number): AlarmRef {
  const at = { wallMs: wallMs(0), monotonicMs: monotonicMs(0) };
  const head = { source: "LT-101", tank: "T-101", type: "HH", priority: 1, event: "raise" };
  return { alarmId: `a${n}`, ...head, at };
}

test("property: each alarm is in exactly one bundle or refused, and no bound is ever passed", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 300 }),
      fc.integer({ min: 1, max: 5 }),
      (steps, perDay) => {
        const gathering = new Gathering({ windowMs, perCameraPerDay: perDay, countOf: () => 0 });
        const open: { id: string; key: string; openedMs: number }[] = [];
        const begun = new Map<string, number>();
        let nowMs = 0;
        let n = 0;
        for (const one of steps) {
          if (one.do === "wait") nowMs += one.ms;
          else if (one.do === "close") {
            const [closed] = open.splice(one.which % Math.max(1, open.length), 1);
            if (closed !== undefined) gathering.close(closed.id);
          } else {
            n += 1;
            const key = one.cameras.join();
            const where = { cameras: one.cameras, day: "d", newId: `b${n}`, nowMs };
            const taken = gathering.take(ref(n), where);
            const fits = open.filter(
              (other) => other.key === key && nowMs <= other.openedMs + windowMs,
            );
            expect(fits.length).toBeLessThanOrEqual(1);
            if (fits.length === 1)
              expect(taken).toMatchObject({ kind: "joined", bundle: fits[0]?.id });
            else if (taken.kind === "opened") {
              open.push({ id: `b${n}`, key, openedMs: nowMs });
              for (const camera of one.cameras) begun.set(camera, (begun.get(camera) ?? 0) + 1);
              // A bundle is begun as long as one of its cameras has still some left.
              expect(one.cameras.some((camera) => (begun.get(camera) ?? 0) <= perDay)).toBe(true);
            } else if (taken.kind === "refused") {
              const isFull = open.length >= openMax;
              const isSpent = one.cameras.every((camera) => (begun.get(camera) ?? 0) >= perDay);
              expect(taken.why).toBe(isFull ? "too-many-at-once" : "per-camera-per-day");
              expect(isFull || isSpent).toBe(true);
            } else expect.unreachable();
            expect(gathering.openBundles).toBe(open.length);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("of a flood two hundred alarms are named, the others counted; the same transition counts once", () => {
  const gathering = new Gathering({ windowMs, perCameraPerDay: 1, countOf: () => 0 });
  const take = (n: number) =>
    gathering.take(ref(n), { cameras: ["a"], day: "d", newId: `b${n}`, nowMs: n });
  const taken = Array.from({ length: 500 }, (_, n) => take(n));
  expect(taken[0]).toEqual({ kind: "opened", bundle: "b0" });
  const named = taken.filter((one) => one.kind === "joined" && one.isNamed);
  expect(named).toHaveLength(alarmsNamedMax - 1);
  expect(take(3)).toEqual({ kind: "known", bundle: "b0" });
});
