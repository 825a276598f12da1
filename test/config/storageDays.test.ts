import { expect, test } from "vitest";
import { storageDays } from "../../config/checks/storage.ts";
import type { Site } from "../../config/site.ts";

type Given = Parameters<typeof storageDays>[0];

function site(maxSize: number, points: number, decimals: number | undefined): Given {
  const point = { every: 1_000, decimals } as Site["points"][string];
  const entries = Array.from({ length: points }, (_, i) => [`P${i}`, point] as const);
  return {
    journal: { maxSize } as Site["journal"],
    points: Object.fromEntries(entries),
    uplinks: {},
  };
}

test("8 GiB hold 30 days offline of 1,000 points a second, with decimals declared", () => {
  const { readingsPerDay, outageDays, historyDays } = storageDays(site(8 * 1024 ** 3, 1_000, 2));
  expect(readingsPerDay).toBe(86_400_000);
  // A minute of them is 30 kB, 8 pages: 171 days. Promised more, and `npm run prove -- outage` loses readings.
  expect(outageDays).toBeGreaterThan(150);
  expect(outageDays).toBeLessThan(180);
  expect(historyDays).toBeLessThan(outageDays);
});

test("without decimals a reading takes its whole float", () => {
  const { outageDays, historyDays } = storageDays(site(8 * 1024 ** 3, 1_000, undefined));
  expect(outageDays).toBeLessThan(20);
  expect(historyDays).toBeLessThanOrEqual(outageDays);
});

test("a site that reads nothing is never full", () => {
  expect(storageDays(site(8 * 1024 ** 3, 0, 2)).outageDays).toBe(Number.POSITIVE_INFINITY);
});

test("few points cost mostly the record around them", () => {
  const few = storageDays(site(8 * 1024 ** 3, 4, 1));
  const many = storageDays(site(8 * 1024 ** 3, 400, 1));
  // Sealed once a minute: 100 times the points are far from 100 times the bytes.
  expect(few.outageDays / many.outageDays).toBeLessThan(100 / 4);
  expect(few.outageDays).toBeGreaterThan(30);
});

test("a record that just does not fit beside another takes a page for itself", () => {
  const perDay = (points: number): number =>
    1 / storageDays(site(8 * 1024 ** 3, points, 1)).outageDays;
  // 450 bytes and 30 for each point a minute: 53 points are under half a page, 54 above it, 120 still in one page.
  expect(perDay(54) / perDay(53)).toBeGreaterThan(1.8);
  expect(perDay(120)).toBeCloseTo(perDay(54), 6);
});
