/** The pre-event ring, against a plain list that does the same without pages. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PagePool } from "../../agent/cameras/pagePool.ts";
import { type RingPicture, VideoRing } from "../../agent/cameras/ring.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import type { CodedPicture, StreamFormat } from "../../drivers/cameras/contract.ts";

function format(width: number): StreamFormat {
  return { codec: "h264", width, height: 180, parameterSets: [Uint8Array.of(0x67, width & 255)] };
}

function picture(atMs: number, isKey: boolean, nalBytes: readonly number[]): CodedPicture {
  const nals = nalBytes.map((size) => new Uint8Array(size).fill(atMs & 255));
  return {
    arrivedAt: { monotonicMs: monotonicMs(atMs), wallMs: wallMs(atMs + 1_000_000) },
    streamMs: atMs * 2,
    isKey,
    nals,
    sizeBytes: nals.reduce((sum, nal) => sum + nal.length, 0),
  };
}

function annexB(nals: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(nals.flatMap((nal) => [0, 0, 0, 1, ...nal]));
}

type Group = { readonly picture: CodedPicture; readonly format: StreamFormat }[];

/** Groups in plain lists. */
class Model {
  groups: Group[] = [];
  format: StreamFormat | null = null;
  isBroken = true;
  holds: number[] = [];

  put(one: CodedPicture, { keepMs, heldMs }: { keepMs: number; heldMs: number }): void {
    const nowMs = one.arrivedAt.monotonicMs;
    const neededMs = Math.max(nowMs - heldMs, Math.min(nowMs - keepMs, ...this.holds));
    for (;;) {
      const second = this.groups[1]?.[0];
      if (second === undefined || second.picture.arrivedAt.monotonicMs > neededMs) break;
      this.groups.shift();
    }
    if (this.format === null || (!one.isKey && this.isBroken)) return;
    if (one.isKey) this.groups.push([]);
    this.isBroken = false;
    this.groups.at(-1)?.push({ picture: one, format: this.format });
  }

  take(fromMs: number, toMs: number): Group {
    const all = this.groups.flat();
    const atMs = (index: number): number => all[index]?.picture.arrivedAt.monotonicMs ?? 0;
    const inside = all.flatMap((_, i) => (atMs(i) >= fromMs && atMs(i) <= toMs ? [i] : []));
    if (inside.length === 0) return [];
    const keys = all.flatMap(({ picture: { isKey } }, i) =>
      isKey && atMs(i) <= fromMs ? [i] : [],
    );
    return all.slice(keys.at(-1) ?? 0).filter((_, i) => atMs(i + (keys.at(-1) ?? 0)) <= toMs);
  }
}

function plain(got: readonly RingPicture[]): unknown {
  return got.map(({ arrivedAt, streamMs, isKey, bytes, format: { width } }) => {
    return { at: arrivedAt.monotonicMs, streamMs, isKey, bytes: [...bytes], width };
  });
}
function plainModel(group: Group): unknown {
  return group.map(({ picture: one, format: { width } }) => {
    const { monotonicMs: at } = one.arrivedAt;
    const bytes = [...annexB(one.nals)];
    return { at, streamMs: one.streamMs, isKey: one.isKey, bytes, width };
  });
}

const step = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("format"), width: fc.integer({ min: 16, max: 200 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("hold"), agoMs: fc.integer({ min: 0, max: 2_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("letGo"), which: fc.nat(3) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("picture"),
      afterMs: fc.integer({ min: 0, max: 400 }),
      isKey: fc.boolean(),
      nals: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }),
    }),
  },
);
const steps = fc.array(step, { minLength: 1, maxLength: 120 });

describe("with room enough", () => {
  test("it holds and gives what plain lists would", () => {
    fc.assert(
      fc.property(
        steps,
        fc.record({ keepMs: fc.nat(3_000), moreMs: fc.nat(3_000) }),
        fc.array(fc.nat(20_000)),
        fc.integer({ min: 1, max: 300 }),
        (all, { keepMs, moreMs }, asks, pageBytes) => {
          const pool = new PagePool({ bytesMax: 1_000_000, pageBytes });
          const times = { keepMs, heldMs: keepMs + moreMs };
          const room = { bytesMax: 100_000, picturesMax: 900, pages: pool.source(0) };
          const ring = new VideoRing({ ...room, ...times });
          const model = new Model();
          const letGo: (() => void)[] = [];
          let nowMs = 0;
          for (const one of all) {
            if (one.kind === "format") {
              model.format = format((one as { width: number }).width);
              ring.setFormat(model.format);
              continue;
            }
            if (one.kind === "hold") {
              const fromMs = nowMs - (one as { agoMs: number }).agoMs;
              letGo.push(ring.hold(fromMs));
              model.holds.push(fromMs);
              continue;
            }
            if (one.kind === "letGo") {
              const { which } = one as { which: number };
              letGo.splice(which, 1)[0]?.();
              model.holds.splice(which, 1);
              continue;
            }
            const { afterMs, isKey, nals } = one as Extract<typeof one, { afterMs: number }>;
            nowMs += afterMs;
            const next = picture(nowMs, isKey, nals);
            ring.put(next);
            model.put(next, times);
            expect(pool.usedBytes).toBe(ring.state.pageBytes);
            expect(ring.state.pageBytes).toBeLessThan(ring.state.bytes + 2 * pageBytes);
          }
          expect(ring.state.pictures).toBe(model.groups.flat().length);
          const moments = model.groups.flat().map(({ picture: one }) => one.arrivedAt.monotonicMs);
          for (const ask of [0, ...asks, ...moments]) {
            const to = ask + 900;
            expect(plain(ring.take(ask, to))).toEqual(plainModel(model.take(ask, to)));
          }
          const newest = model.groups.at(-1)?.slice(0, 1) ?? [];
          const key = ring.lastKey();
          expect(plain(key === null ? [] : [key])).toEqual(plainModel(newest));
        },
      ),
    );
  });
});

describe("with too little room", () => {
  test("what it holds is the newest, unbroken, true, begins with a key picture and fits", () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 10, max: 700 }),
        fc.integer({ min: 1, max: 12 }),
        fc.record({
          pageBytes: fc.integer({ min: 1, max: 100 }),
          pages: fc.integer({ min: 1, max: 40 }),
        }),
        (all, bytesMax, picturesMax, pool) => {
          const most = pool.pageBytes * pool.pages;
          const pages = new PagePool({ bytesMax: most, pageBytes: pool.pageBytes }).source(0);
          const ring = new VideoRing({ bytesMax, keepMs: 60_000, picturesMax, pages });
          const put: CodedPicture[] = [];
          ring.setFormat(format(320));
          let nowMs = 0;
          for (const one of all) {
            if (one.kind !== "picture") continue;
            const { afterMs, isKey, nals } = one as Extract<typeof one, { afterMs: number }>;
            // Every picture has a time of its own, so that it can be found again.
            nowMs += afterMs + 1;
            const next = picture(nowMs, isKey, nals);
            put.push(next);
            ring.put(next);
            const { bytes, pictures } = ring.state;
            expect(bytes).toBeLessThanOrEqual(bytesMax);
            expect(pictures).toBeLessThanOrEqual(picturesMax);
            // Begun anywhere in its first page.
            const fits = annexB(next.nals).length <= Math.min(bytesMax, most - pool.pageBytes + 1);
            expect(ring.state.pageBytes).toBeLessThanOrEqual(most);
            if (isKey && fits) expect(ring.state.toMs).toBe(nowMs);
          }
          const held = ring.take(0, nowMs);
          expect(held).toHaveLength(ring.state.pictures);
          expect(held[0]?.isKey ?? true).toBe(true);
          let before = -1;
          for (const one of held) {
            const index = put.findIndex(
              (p) => p.arrivedAt.monotonicMs === one.arrivedAt.monotonicMs,
            );
            expect([...one.bytes]).toEqual([...annexB(put[index]?.nals ?? [])]);
            // Only a key picture may follow after one that was not kept.
            if (before >= 0 && index !== before + 1) expect(one.isKey).toBe(true);
            before = index;
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test("of a camera that changes its parameters all the time, the newest formats are kept", () => {
    const ring = new VideoRing({ bytesMax: 10_000, keepMs: 60_000 });
    for (let index = 0; index < 200; index += 1) {
      ring.setFormat(format(100 + index));
      ring.put(picture(index, true, [10]));
    }
    const widths = ring.take(0, 1_000).map(({ format: { width } }) => width);
    expect(widths).toEqual(Array.from({ length: 16 }, (_, index) => 284 + index));
    for (let index = 0; index < 200; index += 1) {
      ring.setFormat(format(400 + index));
      ring.put(picture(300 + index, index === 0, [10]));
    }
    // All in one group: it cannot be kept in part.
    expect(ring.state.pictures).toBe(0);
    ring.put(picture(600, true, [10]));
    expect(ring.lastKey()?.format.width).toBe(599);
  });
});

test("copies stay as they are when the ring goes on", () => {
  const ring = new VideoRing({ bytesMax: 200, keepMs: 60_000 });
  ring.setFormat(format(320));
  ring.put(picture(7, true, [100]));
  const [kept] = ring.take(0, 10);
  for (let at = 8; at < 40; at += 1) ring.put(picture(at, true, [100]));
  expect([...(kept?.bytes ?? [])]).toEqual([...annexB([new Uint8Array(100).fill(7)])]);
});

describe("memory of all cameras", () => {
  test("what is a camera's own is there for it, whatever the others take; more than the bound is never in use", () => {
    const owns = fc.array(fc.nat(12), { minLength: 1, maxLength: 6 });
    const moves = fc.array(fc.record({ who: fc.nat(5), isTaking: fc.boolean() }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(owns, fc.nat(40), moves, (all, pagesMax, todo) => {
        const pool = new PagePool({ bytesMax: pagesMax * 8 + 7, pageBytes: 8 });
        let left = pagesMax;
        const members = all.map((pages) => {
          const own = Math.min(pages, left);
          left -= own;
          return { own, source: pool.source(pages * 8), held: [] as Buffer[] };
        });
        for (const { who, isTaking } of todo) {
          const member = members[who % members.length];
          if (member === undefined) continue;
          const { own, source, held } = member;
          if (!isTaking) {
            const page = held.pop();
            if (page !== undefined) source.give(page);
            continue;
          }
          const kept = members.reduce((sum, one) => sum + Math.max(one.own, one.held.length), 0);
          const page = source.take();
          expect(page !== null).toBe(held.length < own || kept < pagesMax);
          if (page !== null) held.push(page);
          const pages = members.flatMap((one) => one.held);
          expect(new Set(pages).size).toBe(pages.length);
          expect(pool.usedBytes).toBe(pages.length * 8);
          expect(pages.length).toBeLessThanOrEqual(pagesMax);
        }
      }),
    );
  });

  test("pictures of one camera are dropped when the other's are kept, and both go on afterwards", () => {
    const pool = new PagePool({ bytesMax: 1_000, pageBytes: 50 });
    const [greedy, meek] = [0, 500].map((ownBytes) => {
      const ring = new VideoRing({ bytesMax: 5_000, keepMs: 60_000, pages: pool.source(ownBytes) });
      ring.setFormat(format(320));
      return ring;
    });
    for (let at = 0; at < 50; at += 1) greedy?.put(picture(at, true, [90]));
    expect(greedy?.state.bytes).toBeLessThanOrEqual(500);
    for (let at = 50; at < 54; at += 1) meek?.put(picture(at, true, [90]));
    expect(meek?.state).toMatchObject({ pictures: 4, notKept: 0 });
    greedy?.put(picture(60, true, [90]));
    expect(greedy?.state.toMs).toBe(60);
  });
});
