/** The rule of deploy/docs/manual/time.md, by its example. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Places } from "../../agent/timekeeping/places.ts";
import { eventBodySchema } from "../../agent/wire/envelope.ts";

const manual = readFileSync(new URL("../../deploy/docs/manual/time.md", import.meta.url), "utf8");
const body = eventBodySchema.parse(JSON.parse(/```json\n([^`]*)```/.exec(manual)?.[1] ?? ""));
const boot = String(body.details["bootId"]);
const right = { source: "chrony", state: "synchronised", offsetMs: 0.2 } as const;
const wrong = { source: "chrony", state: "unsynchronised", offsetMs: null } as const;

const places = new Places();
places.learn({ kind: "event", body });
places.learn({ kind: "event", body: { type: "clock-synchronised", details: {} } });
places.learn({ kind: "readings", body });

test("what lies in the span of the event is placed by it, whatever the record says", () => {
  const stamp = { wallMs: 60_000, monotonicMs: 52_000 };
  for (const clock of [right, wrong]) {
    expect(places.of({ boot, clock }, stamp)).toEqual({ wallMs: 1_795_507_312_000, how: "placed" });
  }
  const { offsetMs, fromMonotonicMs, anchors } = body.details as {
    readonly offsetMs: number;
    readonly fromMonotonicMs: number;
    readonly anchors: readonly [{ readonly monotonicMs: number; readonly wallMs: number }];
  };
  // The example's clock began with the boot in 1970.
  const first = places.of({ boot, clock: wrong }, { wallMs: 20_000, monotonicMs: fromMonotonicMs });
  expect(first.wallMs).toBe(20_000 + offsetMs);
  expect(body.at).toEqual({ wallMs: anchors[0].wallMs, monotonicMs: anchors[0].monotonicMs });
});

test("outside of any span a right clock is believed and a doubtful one is not", () => {
  const later = { wallMs: 1_795_507_600_000, monotonicMs: 340_000 };
  expect(places.of({ boot, clock: right }, later)).toEqual({
    wallMs: later.wallMs,
    how: "stamped",
  });
  const known = { ...wrong, offsetMs: 5_000 };
  expect(places.of({ boot, clock: known }, later)).toEqual({
    wallMs: 1_795_507_605_000,
    how: "doubtful",
  });
  expect(places.of({ boot, clock: wrong }, later)).toEqual({
    wallMs: later.wallMs,
    how: "doubtful",
  });
});

test("an event says nothing about another boot, and only a guess about what was before its span", () => {
  const stamp = { wallMs: 60_000, monotonicMs: 52_000 };
  for (const other of ["another", undefined]) {
    expect(places.of({ boot: other, clock: wrong }, stamp)).toEqual({
      wallMs: 60_000,
      how: "doubtful",
    });
  }
  const before = { wallMs: 10_000, monotonicMs: 10_000 };
  expect(places.of({ boot, clock: wrong }, before)).toEqual({
    wallMs: 1_795_507_270_000,
    how: "doubtful",
  });
});
