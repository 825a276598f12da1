/** The same readings through other encodings, as a process of its own: bytes and CPU for each, printed as one line. */

import { constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { createSealer } from "../../../agent/store/sealing.ts";
import { unknownClock } from "../../../agent/wire/envelope.ts";
import { pointLabel } from "../../../agent/wire/readingsEncoder.ts";
import { wallMs } from "../../../config/words/time.ts";
import { settingsOf } from "../measure/child.ts";
import { usageOf } from "../measure/cpu.ts";
import { columnsOf, tagName } from "./filledEngine.ts";
import { type DataKind, decimalsOf, type TankData, tankData } from "./tankData.ts";

export interface EncodingRun {
  readonly data: DataKind;
  readonly tags: number;
  /** Of one batch: what is sealed together. */
  readonly seconds: number;
  readonly batches: number;
  readonly seed: number;
}

export interface EncodingFigures {
  readonly name: string;
  readonly bytesPerReading: number;
  readonly cpuPerMillion: number;
}

const startWallMs = 1_767_225_600_000;
const run = settingsOf<EncodingRun>();
const level1 = { level: 1 };
const zstd3 = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

interface Row {
  readonly tag: string;
  readonly time: number;
  readonly value: number;
  readonly quality: string;
}

function rowsOf(batch: TankData): Row[] {
  return batch.seconds.flatMap((values, second) =>
    Array.from(values, (value, tag) => ({
      tag: tagName(tag),
      time: startWallMs + second * 1_000,
      value,
      quality: "good",
    })),
  );
}

/** One point after another, as 8-byte floats. */
function floatsOf(batch: TankData): Float64Array {
  const seconds = batch.seconds.length;
  return Float64Array.from({ length: batch.tags * seconds }, (_, i) => {
    return batch.seconds[i % seconds]?.[Math.floor(i / seconds)] ?? Number.NaN;
  });
}

const decimals = decimalsOf(run.data) ?? null;
const labels = Array.from({ length: run.tags }, (_, tag) =>
  pointLabel({ tag: tagName(tag), unit: "mm", decimals }),
);
const blank = pointLabel({ tag: "", unit: "", decimals });
const sealer = createSealer({ site: "bench", box: "box1", epoch: "bench" }, () => unknownClock);

function sealed(batch: TankData): number {
  const parts = batch.seconds.map((_, second) => columnsOf(batch, second, startWallMs));
  const records = sealer.readings({
    parts,
    labelOf: (point) => labels[point] ?? blank,
    firstSeq: 1,
    isReplay: true,
    sealedAt: wallMs(startWallMs),
  });
  return records.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

const encodings: Readonly<Record<string, (batch: TankData) => number>> = {
  "JSON rows": (batch) => Buffer.byteLength(JSON.stringify(rowsOf(batch))),
  "JSON rows, gzip": (batch) => gzipSync(JSON.stringify(rowsOf(batch)), level1).length,
  "float64, point by point, deflate": (batch) =>
    deflateSync(Buffer.from(floatsOf(batch).buffer), level1).length,
  "float64, point by point, zstd": (batch) =>
    zstdCompressSync(Buffer.from(floatsOf(batch).buffer), zstd3).length,
  "hazgate record": sealed,
};

const batches = Array.from({ length: run.batches }, (_, i) =>
  tankData({ ...run, kind: run.data, seed: run.seed + i }),
);
const readings = run.tags * run.seconds;
const figures: EncodingFigures[] = Object.entries(encodings).map(([name, encode]) => {
  // The first third is not measured: compiling code is no part of a running agent's cost.
  const warmUp = Math.ceil(batches.length / 3);
  for (const batch of batches.slice(0, warmUp)) encode(batch);
  const rest = batches.slice(warmUp);
  const before = usageOf("self").cpuS;
  const bytes = rest.reduce((sum, batch) => sum + encode(batch), 0);
  const cpuS = usageOf("self").cpuS - before;
  const measured = rest.length * readings;
  return { name, bytesPerReading: bytes / measured, cpuPerMillion: (cpuS / measured) * 1e6 };
});
process.stdout.write(`${JSON.stringify(figures)}\n`);
