/** Counts what one stream brings: pictures, rate, size. */

import type { Clock } from "../../config/words/time.ts";
import type { AddressGuard } from "../../drivers/cameras/addressGuard.ts";
import type { CameraAccess, CameraError, StreamFormat } from "../../drivers/cameras/contract.ts";
import { openRtspStream } from "../../drivers/cameras/rtsp/rtspStream.ts";

export interface StreamGauge {
  /** As the stream's own `run`: resolves with why it ended. */
  run(signal: AbortSignal): Promise<CameraError>;
  readonly pictures: number;
  /** Since the newest picture; null before the first. */
  ageMs(): number | null;
  /** Of the last whole second or so. */
  fps(): number;
  kbps(): number;
  readonly format: StreamFormat | null;
  text(t: (zh: string, en: string) => string): string;
}

const windowMs = 2_000;

export function openGauge(options: {
  readonly url: string;
  readonly access: CameraAccess;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly randomHex: () => string;
  /** At the first picture. */
  readonly onFirst?: () => void;
}): StreamGauge {
  const { clock, access, guard, url, randomHex } = options;
  const stream = openRtspStream({
    ...{ url, access, guard, clock, randomHex, firstPictureMs: 15_000, stallMs: 5_000 },
  });
  let format: StreamFormat | null = null;
  let pictures = 0;
  let keys = 0;
  let recent: { readonly atMs: number; readonly sizeBytes: number }[] = [];
  const inWindow = (): typeof recent => {
    const fromMs = clock.monotonicMs() - windowMs;
    recent = recent.filter(({ atMs }) => atMs > fromMs);
    return recent;
  };
  let newestMs: number | null = null;
  let firstMs: number = clock.monotonicMs();
  /** Shorter at the beginning. */
  const spanMs = (): number => Math.min(windowMs, Math.max(1, clock.monotonicMs() - firstMs));
  const gauge: StreamGauge = {
    run: (signal) =>
      stream.run(
        {
          onFormat: (said) => {
            format = said;
          },
          onPicture: ({ isKey, sizeBytes, arrivedAt }) => {
            pictures += 1;
            if (isKey) keys += 1;
            newestMs = arrivedAt.monotonicMs;
            recent.push({ atMs: newestMs, sizeBytes });
            if (recent.length > 500) inWindow();
            if (pictures > 1) return;
            firstMs = newestMs;
            options.onFirst?.();
          },
        },
        signal,
      ),
    get pictures() {
      return pictures;
    },
    get format() {
      return format;
    },
    ageMs: () => (newestMs === null ? null : clock.monotonicMs() - newestMs),
    fps: () => (inWindow().length / spanMs()) * 1_000,
    kbps: () => inWindow().reduce((sum, { sizeBytes }) => sum + sizeBytes * 8, 0) / spanMs(),
    text: (t) => {
      if (format === null) return "-";
      const { codec, width, height } = format;
      const rate = `${gauge.fps().toFixed(1)} fps, ${Math.round(gauge.kbps())} kbit/s`;
      const counts = t(`${pictures} 帧 (${keys} 关键帧)`, `${pictures} pictures (${keys} key)`);
      return `${codec} ${width ?? "?"}x${height ?? "?"}, ${rate}, ${counts}`;
    },
  };
  return gauge;
}
