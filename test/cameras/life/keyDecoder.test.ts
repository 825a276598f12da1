import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { startDecoder } from "../../../agent/cameras/decoderProcess.ts";
import { createKeyDecoder } from "../../../agent/cameras/keyDecoder.ts";
import { keyStill } from "../../../agent/cameras/keyStill.ts";
import { snapshotGrey } from "../../../agent/cameras/snapshotGrey.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import type { StreamFormat, VideoCodec } from "../../../drivers/cameras/contract.ts";
import { instant, seeded } from "./scene.ts";

const clock = createRealClock();

interface Marked {
  readonly level: number;
  readonly nals: readonly Uint8Array[];
  readonly format: StreamFormat;
}

/** One coded key picture, all of one grey level: whose it is can be read off the decoded one. */
function marked(codec: VideoCodec, level: number, size: string): Marked {
  const grey = level.toString(16).padStart(2, "0").repeat(3);
  const bytes = execFileSync("ffmpeg", [
    ...["-loglevel", "error", "-f", "lavfi", "-i", `color=0x${grey}:s=${size}:r=1`],
    ...["-frames:v", "1", "-pix_fmt", "yuv420p"],
    ...(codec === "h264"
      ? ["-c:v", "libx264", "-f", "h264"]
      : ["-c:v", "libx265", "-x265-params", "log-level=none", "-f", "hevc"]),
    "pipe:1",
  ]);
  const nals = nalsOf(bytes);
  const kind = (nal: Uint8Array) =>
    codec === "h264" ? (nal[0] ?? 0) & 31 : ((nal[0] ?? 0) >> 1) & 63;
  const isSet = (nal: Uint8Array) =>
    codec === "h264" ? [7, 8].includes(kind(nal)) : [32, 33, 34].includes(kind(nal));
  const format = { codec, width: null, height: null, parameterSets: nals.filter(isSet) };
  return { level, nals: nals.filter((nal) => !isSet(nal)), format };
}

function nalsOf(bytes: Buffer): readonly Uint8Array[] {
  const starts = [...bytes.keys()]
    .filter((i) => bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1)
    .map((i) => i + 3);
  return starts.map((start, i) => {
    const next = starts[i + 1];
    let end = next === undefined ? bytes.length : next - 3;
    while (bytes[end - 1] === 0) end -= 1;
    return bytes.subarray(start, end);
  });
}

function mean(grey: Uint8Array): number {
  return grey.reduce((sum, level) => sum + level, 0) / grey.length;
}

test("pictures of twelve cameras, three of which send rubbish, are never mixed up", async () => {
  const seed = 7;
  const random = seeded(seed);
  const sizes = ["1280x720", "640x360", "320x180"];
  const cameras = Array.from({ length: 12 }, (_, i) => {
    const codec = i % 3 === 2 ? "h265" : "h264";
    return { id: `cam-${i}`, ...marked(codec, 20 + 18 * i, sizes[i % 3] ?? "320x180") };
  });
  await using decoder = createKeyDecoder({ clock });
  let right = 0;
  let refused = 0;
  for (let round = 0; round < 12; round += 1) {
    const answers = cameras.map(async ({ id, nals, format, level }, i) => {
      const isRubbish = i % 4 === 3;
      const sent = isRubbish ? nals.map((nal) => rubbish(nal, random)) : nals;
      const answer = await decoder.grey(id, { nals: sent }, format);
      if (isRubbish) refused += answer.ok ? 0 : 1;
      else if (answer.ok) {
        expect(Math.abs(mean(answer.value) - level), `${id}, seed ${seed}`).toBeLessThan(6);
        right += 1;
      }
    });
    await Promise.all(answers);
  }
  expect(right).toBe(9 * 12);
  process.stdout.write(`${right} pictures right, ${refused} of 36 pieces of rubbish refused\n`);
});

function rubbish(nal: Uint8Array, random: () => number): Uint8Array {
  return nal.map((byte, i) => (i < 3 || random() < 0.3 ? byte : Math.floor(random() * 256)));
}

test("a decoder that dies is replaced; the picture it held fails, the next one comes", async () => {
  const processes: ReturnType<typeof startDecoder>[] = [];
  await using decoder = createKeyDecoder({
    clock,
    start: (codec, ears) => {
      const process = startDecoder(codec, ears);
      processes.push(process);
      // The second picture finds it dead.
      if (processes.length === 1) clock.timer(1_500, () => ears.onEnd("killed by the test"));
      return process;
    },
  });
  const one = marked("h264", 90, "320x180");
  const first = await decoder.grey("a", one, one.format);
  expect(first.ok).toBe(true);
  await clock.sleep(1_600, new AbortController().signal);
  const second = await decoder.grey("b", one, one.format);
  expect(second.ok && Math.round(mean(second.value) / 10)).toBe(9);
  expect(processes.length).toBe(2);
  processes[0]?.kill();
});

test("a second ask of one camera while the first waits is refused, and so is half a picture", async () => {
  await using decoder = createKeyDecoder({ clock });
  const one = marked("h264", 90, "320x180");
  const [first, second] = await Promise.all([
    decoder.grey("a", one, one.format),
    decoder.grey("a", one, one.format),
  ]);
  expect(first.ok).toBe(true);
  expect(second).toEqual({ ok: false, error: "the decoder is busy" });
  const halves = [...one.nals, ...one.nals];
  const twice = await decoder.grey("a", { nals: halves }, one.format);
  expect(twice.ok).toBe(false);
});

test("a key picture becomes a JPEG in its size, and that JPEG the same grey picture", async () => {
  const one = marked("h265", 130, "640x360");
  const { signal } = new AbortController();
  const still = await keyStill(one, { format: one.format, clock, signal });
  if (!still.ok) throw new Error(still.error);
  const grey = await snapshotGrey({ bytes: still.value, takenAt: instant(1) });
  expect(grey.ok && Math.abs(mean(grey.value.grey) - 130)).toBeLessThan(6);
});

test("a file that is no picture, a cut one and one that claims to be huge are refused", async () => {
  const huge = Buffer.from("89504e470d0a1a0a0000000d49484452000f4240000f42400806000000", "hex");
  for (const bytes of [Buffer.from("GIF89a"), Buffer.from([0xff, 0xd8, 0xff, 0xd9]), huge]) {
    expect((await snapshotGrey({ bytes, takenAt: instant(1) })).ok).toBe(false);
  }
});
