/** The format that platforms rely on, as a checked-in example: a change here is a change for all of them. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createSealer } from "../../agent/store/sealing.ts";
import { envelopeSchema } from "../../agent/wire/envelope.ts";
import { openPayload, payloadText } from "../../agent/wire/payload.ts";
import { ColumnsBuilder } from "../../agent/wire/readingColumns.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import { pointLabel } from "../../agent/wire/readingsEncoder.ts";
import { qualityCode } from "../../config/words/quality.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";

const example = readFileSync(new URL("./readings.example.json", import.meta.url), "utf8");
const labels = [
  pointLabel({ tag: "LT-101", unit: "m", decimals: 2 }),
  pointLabel({ tag: "GT-101", unit: "%LEL", decimals: null }),
  pointLabel({ tag: "泵-1 运行", unit: "", decimals: 0 }),
];

/** Three seconds; the gas detector falls silent; the wall clock is set back by one hour. */
function sealed(): Uint8Array {
  const start = Date.UTC(2026, 0, 1);
  const builder = new ColumnsBuilder();
  const { good, "comm-fail": commFail } = qualityCode;
  const add = (second: number, stepMs: number, values: number[], codes: number[]): void => {
    builder.append({
      takenAt: {
        wallMs: wallMs(start + second * 1_000 + stepMs),
        monotonicMs: monotonicMs(7_000.4 + second * 1_000),
      },
      points: Uint32Array.from(values, (_, position) => position),
      values: Float64Array.from(values),
      qualities: Uint8Array.from(codes),
    });
  };
  add(0, 0, [8.42, 0.1, 1], [good, good, good]);
  add(1, 0, [8.43, Number.NaN, 1], [good, commFail, good]);
  add(2, -3_600_000, [8.4, 1 / 3], [good, good]);
  const sealer = createSealer({ site: "demo", box: "box1", epoch: "e1" }, () => {
    return { source: "system", state: "unknown", offsetMs: null };
  });
  const [record] = sealer.readings({
    parts: [builder.take()],
    labelOf: (point) => labels[point] ?? labels[0]!,
    firstSeq: 42,
    isReplay: false,
    sealedAt: wallMs(start + 5_000),
  });
  return record?.bytes ?? new Uint8Array();
}

test("readings are sealed exactly as the example says", () => {
  const text = payloadText(sealed());
  expect(text.ok && JSON.parse(text.value)).toEqual(JSON.parse(example));
});

test("the example reads back as what was measured", () => {
  const { body } = envelopeSchema.parse(JSON.parse(example));
  const decoded = decodeReadings(body);
  const start = Date.UTC(2026, 0, 1);
  expect(decoded).toEqual({
    ok: true,
    value: [
      {
        tag: "LT-101",
        unit: "m",
        wallMs: [start, start + 1_000, start + 2_000 - 3_600_000],
        monotonicMs: [7_000, 8_000, 9_000],
        values: [8.42, 8.43, 8.4],
        qualities: ["good", "good", "good"],
      },
      {
        tag: "GT-101",
        unit: "%LEL",
        wallMs: [start, start + 1_000, start + 2_000 - 3_600_000],
        monotonicMs: [7_000, 8_000, 9_000],
        values: [0.1, null, 1 / 3],
        qualities: ["good", "comm-fail", "good"],
      },
      {
        tag: "泵-1 运行",
        unit: "",
        wallMs: [start, start + 1_000],
        monotonicMs: [7_000, 8_000],
        values: [1, 1],
        qualities: ["good", "good"],
      },
    ],
  });
});

test("payloads of either encoding open, and nothing else does", () => {
  expect(openPayload(sealed()).ok).toBe(true);
  const long = new TextEncoder().encode(example);
  expect(openPayload(long).ok).toBe(true);
  const damagedFrame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3);
  const bad = [new Uint8Array(), Uint8Array.of(0xff, 0xfe), damagedFrame, long.slice(0, 80)];
  for (const bytes of bad) expect(openPayload(bytes).ok).toBe(false);
  expect(openPayload(new TextEncoder().encode('{"v":2}')).ok).toBe(false);
});
