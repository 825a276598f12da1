import { expect, test } from "vitest";
import { RateWindow, rateWindowMs } from "../../agent/evaluate/rate.ts";

test("a steady rise is measured right, in units per minute, either direction", () => {
  for (const perSecond of [2, -2]) {
    const window = new RateWindow();
    let rate = Number.NaN;
    for (let s = 0; s <= 120; s += 1) rate = window.rate(1_000 + s * perSecond, s * 1_000);
    expect(rate).toBeCloseTo(120, 6);
  }
});

test("too few values say nothing, and neither does the time after a gap in quality", () => {
  const window = new RateWindow();
  expect(window.rate(10, 0)).toBeNaN();
  expect(window.rate(900, 1_000)).toBeNaN();
  for (let s = 2; s < 30; s += 1) window.rate(900, s * 1_000);
  expect(window.rate(900, 30_000)).toBe(0);
  expect(window.rate(Number.NaN, 31_000)).toBeNaN();
  expect(window.rate(0, 32_000)).toBeNaN();
});

test("sensor noise of 1 unit each second is not taken for 60 units a minute", () => {
  const window = new RateWindow();
  let most = 0;
  for (let s = 0; s < 600; s += 1) {
    const rate = window.rate(500 + (s % 2), s * 1_000);
    if (s > 30) most = Math.max(most, rate);
  }
  expect(most).toBeLessThan(5);
});

test("values older than the window do not count", () => {
  const window = new RateWindow();
  for (let s = 0; s < 60; s += 1) window.rate(s < 30 ? 0 : 100, s * 1_000);
  expect(window.rate(100, 60_000)).toBe(0);
  expect(rateWindowMs).toBeLessThan(30_000);
});
