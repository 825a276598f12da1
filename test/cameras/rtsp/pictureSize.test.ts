/** Sizes read from parameter sets, against what an encoder that we did not write was asked for. */

import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { h264 } from "../../../drivers/cameras/rtsp/h264.ts";
import { h265 } from "../../../drivers/cameras/rtsp/h265.ts";
import { h264Size, h265Size } from "../../../drivers/cameras/rtsp/pictureSize.ts";

function nalsOf(words: readonly string[], size: string, format: string): Uint8Array[] {
  const source = ["-f", "lavfi", "-i", `testsrc=size=${size}:rate=25`, "-frames:v", "2"];
  const bytes = execFileSync(
    "ffmpeg",
    ["-v", "error", "-nostdin", ...source, ...words, "-f", format, "-"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const starts: number[] = [];
  for (let at = bytes.indexOf("\0\0\u0001"); at >= 0; at = bytes.indexOf("\0\0\u0001", at + 3)) {
    starts.push(at + 3);
  }
  return starts.map((start, index) => bytes.subarray(start, (starts[index + 1] ?? Infinity) - 3));
}

test.each([
  { size: "1920x1080", words: ["-pix_fmt", "yuv420p", "-profile:v", "high"] },
  { size: "1920x1080", words: ["-pix_fmt", "yuv420p", "-profile:v", "baseline"] },
  { size: "1920x1080", words: ["-pix_fmt", "yuv420p", "-x264-params", "interlaced=1"] },
  { size: "322x182", words: ["-pix_fmt", "yuv420p"] },
  { size: "321x181", words: ["-pix_fmt", "yuv444p"] },
  { size: "322x181", words: ["-pix_fmt", "yuv422p"] },
  { size: "640x360", words: ["-pix_fmt", "yuv420p10le"] },
  { size: "641x361", words: ["-pix_fmt", "gray"] },
  { size: "704x576", words: ["-pix_fmt", "yuv420p", "-x264-params", "cqm=jvt:profile=high"] },
])("H.264 $size $words", ({ size, words }) => {
  const coder = ["-c:v", "libx264", "-preset", "ultrafast", ...words];
  const sps = nalsOf(coder, size, "h264").find((nal) => h264.kindOf(nal[0] ?? 0) === "sps");
  const read = h264Size(sps ?? new Uint8Array());
  expect(`${read?.width}x${read?.height}`).toBe(size);
});

test.each([
  { size: "1920x1080", words: ["-pix_fmt", "yuv420p"] },
  { size: "322x182", words: ["-pix_fmt", "yuv420p10le"] },
  { size: "321x181", words: ["-pix_fmt", "yuv444p"] },
])("H.265 $size $words", ({ size, words }) => {
  const quiet = ["-x265-params", "log-level=none"];
  const coder = ["-c:v", "libx265", "-preset", "ultrafast", ...quiet, ...words];
  const sps = nalsOf(coder, size, "hevc").find((nal) => h265.kindOf(nal[0] ?? 0) === "sps");
  const read = h265Size(sps ?? new Uint8Array());
  expect(`${read?.width}x${read?.height}`).toBe(size);
});

test("any bytes give a possible size or none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const size of [h264Size(bytes), h265Size(bytes)]) {
        if (size === null) continue;
        expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(16);
        expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(16_384);
      }
    }),
  );
});
