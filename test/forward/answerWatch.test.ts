import { describe, expect, test } from "vitest";
import { createAnswerWatch } from "../../agent/forward/answerWatch.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

function setup(changes: { answerMs?: number } = {}) {
  const clock = new FakeClock();
  const seen = { pings: 0, givenUpMs: null as number | null };
  const startMs = clock.monotonicMs();
  const watch = createAnswerWatch({
    clock,
    answerMs: changes.answerMs ?? 20_000,
    pingEveryMs: 10_000,
    ping: () => {
      seen.pings += 1;
    },
    giveUp: () => {
      seen.givenUpMs = clock.monotonicMs() - startMs;
    },
  });
  return { clock, seen, watch };
}

describe("the watch over answers", () => {
  test("gives up on a message that is not answered in time", async () => {
    const { clock, seen, watch } = setup();
    watch.sent(1, 1_000);
    await clock.advance(20_000);
    expect(seen.givenUpMs).toBeNull();
    await clock.advance(2_000);
    expect(seen.givenUpMs).toBe(21_000);
    expect(clock.pending).toBe(0);
  });

  test("answers to younger messages do not hide the old one", async () => {
    const { clock, seen, watch } = setup();
    watch.sent(1, 100);
    for (let ticket = 2; ticket < 40; ticket += 1) {
      watch.sent(ticket, 100);
      await clock.advance(1_000);
      watch.received(false);
      watch.answered(ticket);
    }
    expect(seen.givenUpMs).toBe(21_000);
  });

  test("answered messages never end anything", async () => {
    const { clock, seen, watch } = setup();
    for (let ticket = 1; ticket < 100; ticket += 1) {
      watch.sent(ticket, 100);
      await clock.advance(1_000);
      watch.received(false);
      watch.answered(ticket);
    }
    expect(seen.givenUpMs).toBeNull();
    watch.stop();
    expect(clock.pending).toBe(0);
  });

  test("a quiet link is asked each ten seconds, and given up when it does not answer", async () => {
    const { clock, seen, watch } = setup();
    await clock.advance(10_000);
    expect(seen.pings).toBe(1);
    watch.received(true);
    await clock.advance(10_000);
    expect(seen.pings).toBe(2);
    await clock.advance(21_000);
    expect(seen.pings).toBe(2);
    expect(seen.givenUpMs).toBe(41_000);
  });

  test("sending alone does not make a link alive: silence is asked about all the same", async () => {
    const { clock, seen, watch } = setup();
    for (let ticket = 1; ticket <= 12; ticket += 1) {
      watch.sent(ticket, 10);
      await clock.advance(1_000);
    }
    expect(seen.pings).toBe(1);
  });

  test("a quarter of a megabyte gets its minute on a line of 4 kB/s", async () => {
    const { clock, seen, watch } = setup();
    watch.sent(1, 262_144);
    await clock.advance(80_000);
    expect(seen.givenUpMs).toBeNull();
    await clock.advance(10_000);
    expect(seen.givenUpMs).not.toBeNull();
  });

  test("on a slow line, more and more being sent does not put the end off", async () => {
    const { clock, seen, watch } = setup();
    for (let ticket = 1; seen.givenUpMs === null && ticket <= 600; ticket += 1) {
      watch.sent(ticket, 4_000);
      await clock.advance(100);
    }
    // 20 s for the answer, 1 s for the bytes of the first message, and the tick that notices.
    expect(seen.givenUpMs).toBe(22_000);
  });

  test("on a line that was fast, much under way is no excuse", async () => {
    const { clock, seen, watch } = setup();
    for (let ticket = 1; ticket <= 50; ticket += 1) {
      watch.sent(ticket, 100_000);
      await clock.advance(10);
      watch.answered(ticket);
    }
    const startMs = clock.monotonicMs();
    watch.sent(100, 1_000_000);
    await clock.advance(30_000);
    expect(seen.givenUpMs).not.toBeNull();
    expect(clock.monotonicMs() - startMs).toBeLessThanOrEqual(30_000);
  });

  test("a process that stood still for an hour does not blame the other side", async () => {
    const { clock, seen, watch } = setup();
    watch.sent(1, 100);
    await clock.advance(1_000);
    clock.monotonicMs = stoodStill(clock, 3_600_000);
    await clock.advance(1_000);
    expect(seen.givenUpMs).toBeNull();
    watch.answered(1);
  });
});

/** The clock after a stall: time has passed, but no timer rang meanwhile. */
function stoodStill(clock: FakeClock, ms: number): FakeClock["monotonicMs"] {
  const real = clock.monotonicMs.bind(clock);
  return () => (real() + ms) as ReturnType<FakeClock["monotonicMs"]>;
}
