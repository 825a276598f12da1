import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { connectAsync } from "mqtt";
import { describe, expect, test } from "vitest";
import { runSimPlatform } from "../../agent/commands/simPlatform.ts";
import { ByteWriter } from "../../agent/wire/byteWriter.ts";
import { HeldRanges } from "../../agent/wire/heldRanges.ts";
import { sealPayload } from "../../agent/wire/payload.ts";
import { ColumnsBuilder } from "../../agent/wire/readingColumns.ts";
import { pointLabel, writeReadingsBody } from "../../agent/wire/readingsEncoder.ts";
import { sortByPoint } from "../../agent/wire/transpose.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import { realClock, startTestPlatform, until } from "./station.ts";

function payload(changes: Record<string, unknown> = {}): Buffer {
  const envelope = {
    v: 1,
    site: "plant1",
    box: "box1",
    epoch: "life-1",
    seq: 1,
    kind: "alarm",
    replay: false,
    sealedAt: 1,
    clock: { source: "system", state: "unknown", offsetMs: null },
    body: {},
    ...changes,
  };
  const sealed = sealPayload(new TextEncoder().encode(JSON.stringify(envelope)));
  return Buffer.from(sealed.bytes);
}

const instant = { wallMs: 1, monotonicMs: 1 };

/** As the agent writes them. */
function threeReadings(): Record<string, unknown> {
  const builder = new ColumnsBuilder();
  for (const [i, value] of [1.5, 2, 2.5].entries()) {
    builder.append({
      takenAt: { wallMs: wallMs(1_000 + i), monotonicMs: monotonicMs(i) },
      points: Uint32Array.of(0),
      values: Float64Array.of(value),
      qualities: Uint8Array.of(0),
    });
  }
  const sorted = sortByPoint([builder.take()], 1_000);
  const out = new ByteWriter();
  const labelOf = () => pointLabel({ tag: "LT-1", unit: "mm", decimals: 1 });
  writeReadingsBody(out, sorted, { segments: sorted.segments, labelOf });
  return JSON.parse(new TextDecoder().decode(out.view())) as Record<string, unknown>;
}

function gap(lost: number, seqs: readonly (readonly [number, number])[]) {
  const span = { from: instant, to: instant, points: null, note: "" };
  return { kind: "gap", body: { reason: "eviction", lost, seqs, ...span } };
}

async function talk(url: string) {
  const client = await connectAsync(url);
  const acks: unknown[] = [];
  client.on("message", (_, bytes) => acks.push(JSON.parse(bytes.toString())));
  await client.subscribeAsync("hazgate/v1/plant1/box1/ack", { qos: 1 });
  return {
    acks,
    async say(kind: string, bytes: Buffer) {
      await client.publishAsync(`hazgate/v1/plant1/box1/${kind}`, bytes, { qos: 1 });
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
    },
  };
}

describe("the stand-in platform", () => {
  test("acknowledges the whole held range, duplicates too, and nothing across a hole", async () => {
    await using platform = await startTestPlatform();
    await using box = await talk(platform.url);
    await box.say("alarm", payload({ seq: 1 }));
    await box.say("alarm", payload({ seq: 2 }));
    await box.say("alarm", payload({ seq: 5 }));
    await until("acknowledged", () => JSON.stringify(box.acks).includes("[5,5]"));
    expect(box.acks.at(-1)).toMatchObject({ v: 1, epoch: "life-1" });
    expect(platform.counts()).toMatchObject({ records: 3, holes: 2, duplicates: 0 });
    box.acks.length = 0;
    await box.say("alarm", payload({ seq: 1 }));
    await until("acknowledged again", () => box.acks.length > 0);
    expect(box.acks).toEqual([{ v: 1, epoch: "life-1", ranges: [[1, 2]] }]);
    expect(platform.counts()).toMatchObject({ records: 3, duplicates: 1, conflicts: 0 });
  });

  test("a duplicate with other bytes is a conflict, and the first stays", async () => {
    await using platform = await startTestPlatform();
    await using box = await talk(platform.url);
    await box.say("alarm", payload({ body: { a: 1 } }));
    await box.say("alarm", payload({ body: { a: 2 } }));
    await until("counted", () => platform.counts().conflicts === 1);
    const [stored] = [...platform.store.pages()].flat();
    expect(Buffer.from(stored?.bytes ?? []).toString()).toContain('"a":1');
  });

  test("another life of the journal is another account", async () => {
    await using platform = await startTestPlatform();
    await using box = await talk(platform.url);
    await box.say("alarm", payload({ seq: 1 }));
    await box.say("alarm", payload({ seq: 1, epoch: "life-2" }));
    await until("both", () => platform.counts().records === 2);
    expect(platform.holds().map((life) => life.epoch)).toEqual(["life-1", "life-2"]);
  });

  test("a hole that a gap explains is no hole", async () => {
    await using platform = await startTestPlatform();
    await using box = await talk(platform.url);
    await box.say("alarm", payload({ seq: 1 }));
    await box.say("gap", payload({ seq: 6, ...gap(120, [[2, 3]]) }));
    await until("two", () => platform.counts().records === 2);
    expect(platform.counts()).toMatchObject({ holes: 2, declaredLost: 120, gaps: 1 });
    expect(platform.holds()[0]?.holes).toEqual([{ from: 4, to: 5 }]);
    expect(platform.completeness()[0]?.isComplete).toBe(false);
    await box.say("gap", payload({ seq: 7, ...gap(0, [[4, 5]]) }));
    await until("explained", () => platform.counts().holes === 0);
    expect(platform.completeness()[0]).toMatchObject({
      isComplete: true,
      declaredLost: 120,
      heldThoughGone: 0,
    });
    // Lost on the box after its ack was lost on the way: declared, and held all the same.
    await box.say("alarm", payload({ seq: 3 }));
    await until("held", () => platform.holds()[0]?.heldThoughGone === 1);
  });

  test("a record salvaged into a later life is known by its old name, and a gap may speak of that life", async () => {
    await using platform = await startTestPlatform();
    await using box = await talk(platform.url);
    const reading = { kind: "readings", body: threeReadings() };
    await box.say("readings", payload({ seq: 1, ...reading }));
    // Held already; never seen; and a hole that the later life explains.
    const later = { ...reading, epoch: "life-2", replay: true };
    await box.say("readings", payload({ seq: 1, ...later, was: { epoch: "life-1", seq: 1 } }));
    await box.say("readings", payload({ seq: 2, ...later, was: { epoch: "life-1", seq: 4 } }));
    const { body } = gap(7, [[2, 3]]);
    const told = { ...body, epoch: "life-1", isLostUnknown: true };
    await box.say("gap", payload({ seq: 3, epoch: "life-2", kind: "gap", body: told }));
    await box.say("event", payload({ seq: 4, epoch: "life-2", kind: "event" }));
    await until("all", () => platform.counts().records === 5);
    expect(platform.counts()).toMatchObject({ readings: 6, holes: 0, events: 1, declaredLost: 7 });
    const [first, second] = platform.completeness();
    expect(first).toMatchObject({
      ...{ epoch: "life-1", readings: 3, declaredLost: 7, isLostUnknown: true },
      ...{ carried: 2, holes: [], isComplete: true },
    });
    expect(second).toMatchObject({ readings: 3, repeatedReadings: 3, isComplete: true });
    // The first life's own copy, late: nothing new.
    await box.say("readings", payload({ seq: 4, ...reading }));
    await until("the late one", () => platform.counts().records === 6);
    expect(platform.counts().readings).toBe(6);
  });

  test("what is no record, or of another sender, is counted and dropped", async () => {
    await using platform = await startTestPlatform();
    await using box = await talk(platform.url);
    await box.say("alarm", Buffer.from("{"));
    await box.say("alarm", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]));
    await box.say("alarm", payload({ site: "plant2" }));
    await box.say("readings", payload());
    await box.say("alarm", payload({ seq: 0 }));
    await box.say("readings", payload({ kind: "readings", body: { readings: -1 } }));
    await until("counted", () => platform.counts().invalid === 6);
    expect(platform.counts().records).toBe(0);
    expect(box.acks).toEqual([]);
  });

  test("completeness decodes: a count that its record does not hold is damage", async () => {
    const body = threeReadings();
    await using platform = await startTestPlatform();
    await using box = await talk(platform.url);
    await box.say("readings", payload({ kind: "readings", body }));
    await until("held", () => platform.counts().records === 1);
    expect(platform.completeness()[0]).toMatchObject({ isComplete: true, decodedReadings: 3 });
    await box.say(
      "readings",
      payload({ seq: 2, kind: "readings", body: { ...body, readings: 9 } }),
    );
    await until("held", () => platform.counts().records === 2);
    expect(platform.completeness()[0]).toMatchObject({ isComplete: false, damaged: 1 });
  });

  test("a second start goes on with what it held", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "hazgate-platform-"));
    const counts = { records: 2, readings: 7, declaredLost: 5, holes: 3, alarms: 0, gaps: 1 };
    {
      await using platform = await startTestPlatform({ dataDir });
      await using box = await talk(platform.url);
      await box.say("readings", payload({ kind: "readings", body: { readings: 7 } }));
      await box.say("gap", payload({ seq: 6, ...gap(5, [[2, 2]]) }));
      await until("both", () => platform.counts().records === 2);
      expect(platform.counts()).toMatchObject(counts);
    }
    await using again = await startTestPlatform({ dataDir });
    expect(again.counts()).toMatchObject(counts);
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("as a command it prints its counts as JSON lines and ends with 1 when records are missing", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "hazgate-platform-"));
    const lines: string[] = [];
    const stop = new AbortController();
    const colour = { isTerminal: false, colour: false, width: 80, lang: "en" } as const;
    const io = { out: (text: string) => lines.push(text), err: () => undefined, ...colour };
    const json = () => JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown>;
    const options = { dataDir, json: true, clock: realClock, io, signal: stop.signal };
    const ended = runSimPlatform(options);
    await until("it says where it is", () => typeof json()["url"] === "string");
    await using box = await talk(String(json()["url"]));
    await box.say("alarm", payload({ seq: 2 }));
    await until("it says what it holds", () => json()["records"] === 1);
    stop.abort();
    expect(await ended).toBe(1);
    expect(json()).toMatchObject({ records: 1, holes: 1, conflicts: 0 });
    rmSync(dataDir, { recursive: true, force: true });
  });
});

test("property: ranges hold exactly the numbers added, and holes are exactly the others", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (seqs) => {
      const held = new HeldRanges();
      for (const seq of seqs) held.add(seq);
      const inside = unfold(held.ranges);
      expect(inside).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      const all = [...inside, ...unfold(held.holes())].sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: Math.max(...seqs) }, (_, i) => i + 1));
      for (let seq = 1; seq <= 61; seq += 1) {
        expect(held.around(seq) !== null).toBe(seqs.includes(seq));
      }
      for (const [i, range] of held.ranges.entries()) {
        const before = held.ranges[i - 1];
        if (before !== undefined) expect(range.from).toBeGreaterThan(before.to + 1);
      }
    }),
  );
});

function unfold(ranges: readonly { readonly from: number; readonly to: number }[]): number[] {
  return ranges.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i),
  );
}
