import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSendWindow, windowBounds } from "../../agent/forward/sendWindow.ts";

/** A link that carries `bytesPerMs` after `roundTripMs`; keeps the window full for `forMs`. */
function drain(
  link: { bytesPerMs: number; roundTripMs: number },
  sizeBytes: number,
  forMs = 30_000,
) {
  const window = createSendWindow();
  const flying: { mark: ReturnType<typeof window.sent>; doneMs: number }[] = [];
  let wireFreeMs = 0;
  let flyingBytes = 0;
  let messagesSeen = 0;
  let queueMsSeen = 0;
  for (let nowMs = 0; nowMs < forMs; ) {
    const fits = () => flying.length < window.messages && flyingBytes + sizeBytes <= window.bytes;
    while (flying.length === 0 || fits()) {
      wireFreeMs = Math.max(wireFreeMs, nowMs) + sizeBytes / link.bytesPerMs;
      flying.push({
        mark: window.sent({ bytes: sizeBytes, nowMs }),
        doneMs: wireFreeMs + link.roundTripMs,
      });
      flyingBytes += sizeBytes;
    }
    const first = flying.shift();
    if (first === undefined) break;
    nowMs = first.doneMs;
    flyingBytes -= sizeBytes;
    window.acked(first.mark, nowMs);
    if (nowMs > forMs / 2) {
      messagesSeen = Math.max(messagesSeen, window.messages);
      queueMsSeen = Math.max(queueMsSeen, wireFreeMs - nowMs);
    }
  }
  return { window, messagesSeen, queueMsSeen };
}

describe("the window", () => {
  test("starts at four messages and 16 KiB", () => {
    const window = createSendWindow();
    expect([window.messages, window.bytes]).toEqual([4, 16_384]);
  });

  test("opens wide on a long fast line: 100 ms and 10 MB/s", () => {
    const { window } = drain({ bytesPerMs: 10_000, roundTripMs: 100 }, 1_300);
    expect(window.messages).toBe(64);
  });

  test("stays narrow where the round trip is short and the other side is the bottleneck", () => {
    const { messagesSeen } = drain({ bytesPerMs: 2_000, roundTripMs: 0.3 }, 1_300);
    expect(messagesSeen).toBeLessThan(16);
  });

  test("on a 64 kbit/s line an alarm never finds more than about a second of bulk before it", () => {
    const { queueMsSeen } = drain({ bytesPerMs: 8, roundTripMs: 60 }, 2_000, 120_000);
    expect(queueMsSeen).toBeLessThan(1_100);
  });

  test("does not close for ever behind a satellite: 600 ms", () => {
    const { window } = drain({ bytesPerMs: 1_000, roundTripMs: 600 }, 4_000, 120_000);
    expect(window.messages).toBe(64);
    expect(window.bytes).toBeGreaterThan(200_000);
  });

  test("begins anew after a lost connection", () => {
    const { window } = drain({ bytesPerMs: 10_000, roundTripMs: 100 }, 1_300);
    window.restart();
    expect([window.messages, window.bytes]).toEqual([4, 16_384]);
  });

  test("property: whatever the acknowledgements do, the window keeps its bounds", () => {
    const step = fc.record({
      bytes: fc.nat(262_144),
      tookMs: fc.nat(60_000),
      gapMs: fc.nat(1_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const window = createSendWindow();
        let nowMs = 0;
        for (const { bytes, tookMs, gapMs } of steps) {
          const mark = window.sent({ bytes, nowMs });
          nowMs += gapMs;
          window.acked(mark, mark.sentMs + tookMs);
          expect(window.messages).toBeGreaterThanOrEqual(windowBounds.messagesMin);
          expect(window.messages).toBeLessThanOrEqual(windowBounds.messagesMax);
          expect(window.bytes).toBeGreaterThanOrEqual(windowBounds.bytesMin);
          expect(window.bytes).toBeLessThanOrEqual(windowBounds.bytesMax);
        }
      }),
    );
  });
});
