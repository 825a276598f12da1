import { expect, test } from "vitest";
import { createCalendar } from "../../agent/store/trendCalendar.ts";
import { OnlineLedger } from "../../agent/store/trendOnline.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function ledger(clock: FakeClock, timeZone = "Asia/Shanghai") {
  const calendar = createCalendar(timeZone);
  return new OnlineLedger({ calendar, days: [], mark: null, now: clock.now() });
}

/** As the agent does: it tells every few seconds; here once a minute is enough. */
async function live(clock: FakeClock, book: OnlineLedger, ms: number, share = 1): Promise<void> {
  for (let done = 0; done < ms; done += minuteMs) {
    await clock.advance(minuteMs);
    book.pointsAre(share, clock.now());
  }
}

test("days begin at midnight of the site, also where clocks change, and months follow", () => {
  const shanghai = createCalendar("Asia/Shanghai");
  const noon = Date.UTC(2026, 10, 24, 4);
  expect(shanghai.dayStartMs(noon)).toBe(Date.UTC(2026, 10, 23, 16));
  expect(shanghai.nextDayMs(noon) - shanghai.dayStartMs(noon)).toBe(dayMs);
  expect(shanghai.monthStartMs(noon)).toBe(Date.UTC(2026, 9, 31, 16));
  expect(shanghai.nextMonthMs(noon)).toBe(Date.UTC(2026, 10, 30, 16));
  const berlin = createCalendar("Europe/Berlin");
  const spring = Date.UTC(2026, 2, 29, 10);
  expect(berlin.nextDayMs(spring) - berlin.dayStartMs(spring)).toBe(23 * hourMs);
  const autumn = Date.UTC(2026, 9, 25, 10);
  expect(berlin.nextDayMs(autumn) - berlin.dayStartMs(autumn)).toBe(25 * hourMs);
  expect(berlin.monthStartMs(autumn)).toBe(Date.UTC(2026, 8, 30, 22));
  expect(berlin.nextMonthMs(autumn)).toBe(Date.UTC(2026, 9, 31, 23));
  // On this day the clocks of Cairo went from 0:00 to 1:00: it has no midnight.
  const cairo = createCalendar("Africa/Cairo");
  const day = Date.UTC(2026, 3, 24, 10);
  expect(cairo.nextDayMs(day) - cairo.dayStartMs(day)).toBe(23 * hourMs);
});

test("a month changes within a connection: each month has its own share and drop-outs", async () => {
  const clock = new FakeClock(Date.UTC(2026, 9, 31, 10));
  const book = ledger(clock);
  book.uplinkIs(true, clock.now());
  await live(clock, book, 3 * hourMs);
  book.uplinkIs(false, clock.now());
  await live(clock, book, 3 * hourMs, 0.5);
  book.uplinkIs(true, clock.now());
  await live(clock, book, 6 * hourMs);
  book.uplinkIs(false, clock.now());
  // 18:00 to 24:00 of 31 October in Shanghai, then 0:00 to 6:00 of November.
  const october = book.view(Date.UTC(2026, 9, 15), true);
  expect(october.boxPercent).toBeCloseTo(50, 6);
  // What the points were in the first minute is not known yet.
  expect(october.pointsPercent).toBeCloseTo(75, 0);
  expect(october.boxDropOuts).toBe(1);
  expect(october.days.at(-1)).toMatchObject({ dropOuts: 1 });
  expect(october.days[0]).toMatchObject({ boxPercent: null });
  const november = book.view(clock.now().wallMs, true);
  expect(november.monthStartMs).toBe(Date.UTC(2026, 9, 31, 16));
  expect(november.boxPercent).toBeCloseTo(100, 6);
  expect(november.boxDropOuts).toBe(1);
  expect(book.view(clock.now().wallMs, false).boxPercent).toBeNull();
});

test("an agent that does not run is off line, and that is one drop-out if it was connected", async () => {
  const clock = new FakeClock(Date.UTC(2026, 10, 2, 16));
  const before = ledger(clock);
  before.uplinkIs(true, clock.now());
  await live(clock, before, 6 * hourMs);
  const { mark } = before;
  const days = before.takeChanged();
  await clock.advance(6 * hourMs);
  const calendar = createCalendar("Asia/Shanghai");
  const after = new OnlineLedger({ calendar, days, mark, now: clock.now() });
  const view = after.view(clock.now().wallMs, true);
  expect(view.boxPercent).toBeCloseTo(50, 6);
  expect(view.pointsPercent).toBeCloseTo(50, 0);
  expect(view.boxDropOuts).toBe(1);
});

test("a clock set right neither makes an outage nor hides one", async () => {
  const clock = new FakeClock(Date.UTC(2026, 10, 3));
  const book = ledger(clock);
  book.uplinkIs(true, clock.now());
  await live(clock, book, hourMs);
  clock.stepWall(2 * hourMs);
  await live(clock, book, hourMs);
  clock.stepWall(-hourMs);
  await live(clock, book, hourMs);
  book.uplinkIs(false, clock.now());
  await live(clock, book, hourMs);
  expect(book.view(clock.now().wallMs, true).boxPercent).toBeCloseTo(75, 1);
  const from1970 = new FakeClock(0);
  const other = ledger(from1970);
  other.uplinkIs(true, from1970.now());
  await live(from1970, other, minuteMs);
  from1970.stepWall(Date.UTC(2026, 10, 20));
  await live(from1970, other, hourMs);
  expect(other.view(from1970.now().wallMs, true).boxPercent).toBeCloseTo(100, 1);
});

test("a day of 25 hours is 25 hours", async () => {
  const clock = new FakeClock(Date.UTC(2026, 9, 24, 22));
  const book = ledger(clock, "Europe/Berlin");
  book.uplinkIs(true, clock.now());
  await live(clock, book, 24 * hourMs);
  book.uplinkIs(false, clock.now());
  await live(clock, book, hourMs);
  const view = book.view(clock.now().wallMs - 1, true);
  expect(view.days.find(({ dayMs: at }) => at === Date.UTC(2026, 9, 24, 22))).toMatchObject({
    boxPercent: 96,
    dropOuts: 1,
  });
});

test("the last 30 days go over the end of a month, and today is one of them", async () => {
  // Noon of 24 October in Shanghai.
  const clock = new FakeClock(Date.UTC(2026, 9, 24, 4));
  const book = ledger(clock);
  book.uplinkIs(true, clock.now());
  await live(clock, book, 6 * dayMs);
  book.uplinkIs(false, clock.now());
  await live(clock, book, 6 * dayMs);
  const view = book.view(clock.now().wallMs, true);
  expect(view.last30Days.days).toHaveLength(30);
  expect(view.last30Days.days.at(-1)?.dayMs).toBe(Date.UTC(2026, 10, 4, 16));
  expect(view.last30Days.days[0]).toMatchObject({ boxPercent: null });
  expect(view.last30Days.boxPercent).toBeCloseTo(50, 6);
  expect(view.last30Days.boxDropOuts).toBe(1);
  expect(view.days).toHaveLength(5);
  expect(view.boxPercent).toBeCloseTo(0, 6);
  expect(view.boxDropOuts).toBe(0);
  expect(book.view(clock.now().wallMs, false).last30Days.boxPercent).toBeNull();
});
