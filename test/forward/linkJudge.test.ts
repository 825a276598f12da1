import { describe, expect, test } from "vitest";
import { createLinkJudge } from "../../agent/forward/linkJudge.ts";

const owed = { isOwed: true, isRefusing: false };
const idle = { isOwed: false, isRefusing: false };

describe("whether the uplink is well", () => {
  test("it is not before it was connected for two seconds", () => {
    const judge = createLinkJudge(20_000);
    judge.look(0, idle);
    expect(judge.isLive).toBe(false);
    judge.connected(1_000);
    judge.look(2_900, idle);
    expect(judge.isLive).toBe(false);
    judge.look(3_000, idle);
    expect(judge.isLive).toBe(true);
  });

  test("a break of less than five seconds changes nothing, a longer one does", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    judge.look(10_000, idle);
    judge.disconnected();
    judge.look(14_000, idle);
    expect(judge.isLive).toBe(true);
    judge.look(15_000, idle);
    expect(judge.isLive).toBe(false);
  });

  test("connections that never last two seconds are no uplink", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    judge.look(2_000, idle);
    for (let nowMs = 2_000; nowMs < 10_000; nowMs += 1_000) {
      judge.disconnected();
      judge.connected(nowMs);
      judge.look(nowMs + 900, idle);
    }
    expect(judge.isLive).toBe(false);
  });

  test("connected but unanswered for the ack time-out is silent, until the next ack", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    for (let nowMs = 0; nowMs < 20_000; nowMs += 1_000) judge.look(nowMs, owed);
    expect([judge.isSilent, judge.isLive]).toEqual([false, true]);
    judge.look(20_000, owed);
    expect([judge.isSilent, judge.isLive]).toEqual([true, false]);
    judge.disconnected();
    judge.connected(30_000);
    judge.look(40_000, owed);
    expect(judge.isSilent).toBe(true);
    judge.acked(41_000);
    judge.look(41_000, owed);
    expect([judge.isSilent, judge.isLive]).toEqual([false, true]);
  });

  test("acks that flow keep it well though something is always owed", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    for (let nowMs = 0; nowMs < 200_000; nowMs += 5_000) {
      judge.acked(nowMs);
      judge.look(nowMs, owed);
    }
    expect([judge.isSilent, judge.isLive]).toEqual([false, true]);
  });

  test("nothing owed is not silence, however long", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    judge.look(1_000_000, idle);
    expect([judge.isSilent, judge.isLive]).toEqual([false, true]);
  });

  test("time without a connection is not silence of the platform", () => {
    const judge = createLinkJudge(20_000);
    judge.look(0, owed);
    judge.look(100_000, owed);
    expect(judge.isSilent).toBe(false);
  });

  test("a broker that refuses records is no uplink", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    judge.look(10_000, { isOwed: false, isRefusing: true });
    expect(judge.isLive).toBe(false);
  });

  test("that nobody listens is believed until an ack proves otherwise", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    judge.unheard();
    expect(judge.isSilent).toBe(true);
    judge.acked(1_000);
    judge.unheard();
    expect(judge.isSilent).toBe(false);
    judge.connected(2_000);
    judge.unheard();
    expect(judge.isSilent).toBe(true);
  });

  test("a silent platform is asked after 1, 2, 4, 8, 16 and then each 20 seconds", () => {
    const judge = createLinkJudge(20_000);
    judge.connected(0);
    expect(judge.takeProbe(0)).toBe(false);
    judge.unheard();
    const asked: number[] = [];
    for (let second = 1; second < 100; second += 1) {
      if (judge.takeProbe(second * 1_000)) asked.push(second);
    }
    expect(asked).toEqual([1, 3, 7, 15, 31, 51, 71, 91]);
  });
});
