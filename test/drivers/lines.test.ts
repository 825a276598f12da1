/** Turns, reconnection and liveness, with a wire made by hand and a clock that stands still. */

import { describe, expect, it } from "vitest";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { backoffAfter, backoffMs } from "../../drivers/lines/backoff.ts";
import { Connection, type OpenWire } from "../../drivers/lines/connection.ts";
import { TurnLine, type Wire } from "../../drivers/lines/line.ts";
import { Liveness } from "../../drivers/lines/liveness.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

const never = new AbortController().signal;
type Answer = Result<string, DriverError>;

function lineOn(wire: Partial<Wire<string>> = {}) {
  const clock = new FakeClock();
  let closes = 0;
  const line = new TurnLine(
    {
      io: "io",
      ready: () => null,
      close: async () => {
        closes += 1;
      },
      ...wire,
    },
    clock,
  );
  return { clock, line, closes: () => closes };
}

/** An `ask` that ends when told, and notes the abort it hears. */
function patient() {
  let end: (answer: Answer) => void = () => {};
  const heard: string[] = [];
  const ask = (_io: string, signal: AbortSignal): Promise<Answer> => {
    heard.push("asked");
    signal.addEventListener("abort", () => heard.push("abort"));
    return new Promise((resolve) => {
      end = resolve;
    });
  };
  return { ask, heard, end: (answer: Answer) => end(answer) };
}

describe("a turn", () => {
  it("comes after the one before it, in the order of asking", async () => {
    const { clock, line } = lineOn();
    const [first, second, third] = [patient(), patient(), patient()];
    const options = { deadlineMs: 100, signal: never };
    const all = [first, second, third].map(({ ask }) => line.turn(options, ask));
    await clock.advance(1);
    expect([first.heard, second.heard, third.heard]).toEqual([["asked"], [], []]);
    first.end(ok("1"));
    await clock.advance(1);
    expect([second.heard, third.heard]).toEqual([["asked"], []]);
    second.end(ok("2"));
    await clock.advance(1);
    third.end(ok("3"));
    expect(await Promise.all(all)).toEqual([ok("1"), ok("2"), ok("3")]);
    expect(clock.pending).toBe(0);
  });

  it("ends at its deadline, whatever the asking does; the abort comes before the next turn", async () => {
    const { clock, line } = lineOn();
    const [stuck, next] = [patient(), patient()];
    const first = line.turn({ deadlineMs: 100, signal: never }, stuck.ask);
    const second = line.turn({ deadlineMs: 100, signal: never }, next.ask);
    await clock.advance(99);
    expect([stuck.heard, next.heard]).toEqual([["asked"], []]);
    await clock.advance(1);
    expect([stuck.heard, next.heard]).toEqual([["asked", "abort"], ["asked"]]);
    expect(await first).toMatchObject({ error: { kind: "timeout" } });
    stuck.end(ok("too late"));
    next.end(ok("mine"));
    expect(await second).toEqual(ok("mine"));
    expect(clock.pending).toBe(0);
  });

  it("counts its deadline from its own beginning, not from the waiting", async () => {
    const { clock, line } = lineOn();
    const [slow, next] = [patient(), patient()];
    void line.turn({ deadlineMs: 1_000, signal: never }, slow.ask);
    const second = line.turn({ deadlineMs: 100, signal: never }, next.ask);
    await clock.advance(900);
    slow.end(ok("1"));
    await clock.advance(90);
    next.end(ok("2"));
    expect(await second).toEqual(ok("2"));
  });

  it("ends at once when told to stop, running or waiting", async () => {
    const { clock, line } = lineOn();
    const [running, waiting, after] = [patient(), patient(), patient()];
    const stop = new AbortController();
    const first = line.turn({ deadlineMs: 100, signal: stop.signal }, running.ask);
    const second = line.turn({ deadlineMs: 100, signal: stop.signal }, waiting.ask);
    const third = line.turn({ deadlineMs: 100, signal: never }, after.ask);
    await clock.advance(1);
    stop.abort();
    await clock.advance(1);
    expect(await first).toMatchObject({ error: { kind: "aborted" } });
    expect(await second).toMatchObject({ error: { kind: "aborted" } });
    expect([waiting.heard, after.heard]).toEqual([[], ["asked"]]);
    after.end(ok("3"));
    expect(await third).toEqual(ok("3"));
    const late = await line.turn({ deadlineMs: 100, signal: stop.signal }, running.ask);
    expect(late).toMatchObject({ error: { kind: "aborted" } });
  });

  it("is refused when more questions wait than ever should", async () => {
    const { line } = lineOn();
    const stop = new AbortController();
    const stuck = patient();
    const turns = Array.from({ length: 1_001 }, () =>
      line.turn({ deadlineMs: 1e9, signal: stop.signal }, stuck.ask),
    );
    const refused = await line.turn({ deadlineMs: 1e9, signal: stop.signal }, stuck.ask);
    expect(refused).toMatchObject({ error: { kind: "lineDown" } });
    stop.abort();
    await Promise.all(turns);
  });

  it("fails with the wire's own reason when that is not ready, and asks nothing", async () => {
    const error: DriverError = { kind: "lineDown", message: "no cable" };
    const { line } = lineOn({ ready: () => Promise.resolve(error) });
    const asking = patient();
    expect(await line.turn({ deadlineMs: 9, signal: never }, asking.ask)).toEqual(fail(error));
    expect(asking.heard).toEqual([]);
  });

  it("says lineDown, not time-out, when its time went into opening", async () => {
    const { clock, line } = lineOn({ ready: () => new Promise(() => {}) });
    const turn = line.turn({ deadlineMs: 9, signal: never }, patient().ask);
    await clock.advance(9);
    expect(await turn).toMatchObject({ error: { kind: "lineDown" } });
  });

  it("lets a bug through, and the next turn begins", async () => {
    const { line } = lineOn();
    const options = { deadlineMs: 9, signal: never };
    const bug = line.turn(options, () => Promise.reject(new Error("bug")));
    await expect(bug).rejects.toThrow("bug");
    expect(await line.turn(options, () => Promise.resolve(ok("next")))).toEqual(ok("next"));
  });
});

it("disposal ends running and waiting turns, closes once, and refuses what comes later", async () => {
  const { clock, line, closes } = lineOn();
  const options = { deadlineMs: 100, signal: never };
  const turns = [patient(), patient()].map(({ ask }) => line.turn(options, ask));
  await clock.advance(1);
  await Promise.all([line[Symbol.asyncDispose](), line[Symbol.asyncDispose]()]);
  for (const turn of turns) expect(await turn).toMatchObject({ error: { kind: "aborted" } });
  const late = await line.turn(options, patient().ask);
  expect(late).toMatchObject({ error: { kind: "aborted" } });
  expect([closes(), clock.pending]).toEqual([1, 0]);
});

describe("a connection", () => {
  function connectionWith(outcomes: ("opens" | "fails" | "hangs")[], closeHangs = false) {
    const clock = new FakeClock();
    const attempts: number[] = [];
    const closed: string[] = [];
    const wire: OpenWire = {
      close(reason) {
        closed.push(reason);
        return closeHangs ? new Promise(() => {}) : Promise.resolve();
      },
    };
    const connection = new Connection(
      (signal) => {
        attempts.push(clock.monotonicMs());
        const outcome = outcomes.shift() ?? "fails";
        if (outcome === "opens") return Promise.resolve(ok(wire));
        if (outcome === "fails") return Promise.resolve(fail("refused"));
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(fail("stopped")));
        });
      },
      { clock, random: () => 1 },
    );
    return { clock, connection, attempts, closed };
  }

  it("opens only when needed, and is ready at once afterwards", async () => {
    const { connection, attempts } = connectionWith(["opens"]);
    expect(attempts).toEqual([]);
    expect(await connection.ready(never)).toBe(null);
    expect(connection.ready(never)).toBe(null);
    expect([attempts.length, connection.isOpen]).toEqual([1, true]);
  });

  it("waits twice as long after each failure, and fails at once meanwhile", async () => {
    const { clock, connection, attempts } = connectionWith([]);
    for (let ms = 0; ms < 100_000; ms += 50) {
      expect(await connection.ready(never)).toMatchObject({ kind: "lineDown" });
      await clock.advance(50);
    }
    const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(clock.pending).toBe(0);
  });

  it("opens again at once after the loss of a wire that had answered, else it waits", async () => {
    const { connection, attempts, closed } = connectionWith(["opens", "opens", "opens"]);
    await connection.ready(never);
    connection.proved();
    connection.lost("reset");
    connection.lost("reset again");
    expect(await connection.ready(never)).toBe(null);
    connection.lost("hung up");
    expect(await connection.ready(never)).toMatchObject({
      message: expect.stringMatching(/^hung up; next attempt in/),
    });
    expect([attempts.length, closed]).toEqual([2, ["reset", "hung up"]]);
  });

  it("goes on opening when one turn's time is over, for the next one", async () => {
    const { clock, connection, attempts } = connectionWith(["hangs"]);
    const stop = new AbortController();
    const first = connection.ready(stop.signal);
    stop.abort();
    expect(await first).toMatchObject({ kind: "aborted" });
    expect(await connection.ready(stop.signal)).toMatchObject({ kind: "aborted" });
    expect(attempts.length).toBe(1);
    await connection.close();
    expect(clock.pending).toBe(0);
  });

  it("does not wait for ever for a close that hangs", async () => {
    const { clock, connection, attempts } = connectionWith(["opens", "opens"], true);
    await connection.ready(never);
    connection.proved();
    connection.lost("stuck");
    const again = connection.ready(never);
    await clock.advance(1_999);
    expect(attempts.length).toBe(1);
    await clock.advance(1);
    expect(await again).toBe(null);
    const closing = connection.close();
    await clock.advance(2_000);
    await closing;
    expect(clock.pending).toBe(0);
  });
});

describe("back-off", () => {
  it("doubles within its bounds and is spread by chance", () => {
    for (let failures = 1; failures < 100; failures += 1) {
      for (const chance of [0, 0.3, 0.999]) {
        const ms = backoffAfter(failures, chance);
        expect(ms).toBeGreaterThanOrEqual(backoffMs.first / 2);
        expect(ms).toBeLessThanOrEqual(backoffMs.most);
      }
    }
    expect([backoffAfter(1, 0), backoffAfter(1, 1), backoffAfter(9, 1)]).toEqual([
      250, 500, 30_000,
    ]);
  });
});

describe("liveness", () => {
  it("blames the wire only when all units keep silent, twice round and at least five times", () => {
    const liveness = new Liveness();
    const units = [1, 2, 3, 4, 5, 6];
    const verdicts = [...units, ...units].map((unit) => liveness.silent(unit));
    expect(verdicts.indexOf(true)).toBe(11);
  });
  it("never does while one unit answers", () => {
    const liveness = new Liveness();
    for (let round = 0; round < 100; round += 1) {
      expect(liveness.silent(1) || liveness.silent(2) || liveness.silent(3)).toBe(false);
      liveness.answered();
    }
  });
  it("reopens a line whose units are all dead ever more seldom", () => {
    const liveness = new Liveness();
    const reopened = Array.from({ length: 700 }, (_, index) => (liveness.silent(1) ? index : -1));
    const times = reopened.filter((index) => index >= 0);
    expect(times.slice(0, 4)).toEqual([4, 14, 34, 74]);
    expect(times.length).toBeLessThan(10);
  });
});
