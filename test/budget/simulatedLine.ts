/** The real scheduler and line loop on a clock that stands still, with devices that die and come back by a seed. */

import { createLineLoop } from "../../agent/acquire/lineLoop.ts";
import type { BudgetQuestion } from "../../agent/acquire/lineWaits.ts";
import { deviceId, pointId } from "../../config/words/names.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Samples } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { FakeClock } from "../fakes/fakeClock.ts";

export interface Adversary {
  /** Devices that never answer. */
  readonly deadFromStart: ReadonlySet<number>;
  /** At most so many devices in trouble at once, of those not in `spared`; 0: nobody else dies. */
  readonly dead: number;
  /** The dead come back, or stay dead. */
  readonly isReviving: boolean;
  readonly isKilling: boolean;
  /** So long after a device came back nobody else gets into trouble. */
  readonly restMs: number;
  readonly durationMs: number;
}

/** What the scheduler is told of a question; else than the truth, it breaks its rules. */
export type Told = (question: BudgetQuestion) => Pick<BudgetQuestion, "isHazard" | "silentMs">;

/** Worst age at judgement of each question, from the start of the good ask before; 0: never judged twice. */
export async function worstAges(
  questions: readonly BudgetQuestion[],
  adversary: Adversary,
  random: () => number,
  told: Told = (question) => question,
): Promise<readonly number[]> {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const dead = new Set(adversary.deadFromStart);
  const worst = questions.map(() => 0);
  /** Ages count once those dead from the start are known to be. */
  let isKnown = dead.size === 0;
  let knownFromMs: number = startMs;
  const askedAt = questions.map(() => Number.NaN);
  const between = (low: number, high: number): number => {
    const share = random();
    // Half the time at one of the ends: the worst is there.
    if (share < 0.25) return low;
    return share < 0.5 ? high : low + (share - 0.5) * 2 * (high - low);
  };
  const read = async (
    i: number,
    signal: AbortSignal,
    timeoutMsMax = Number.POSITIVE_INFINITY,
  ): Promise<Result<Samples, DriverError>> => {
    const one = questions[i];
    if (one === undefined) throw new Error("no such question");
    const beganMs = clock.monotonicMs();
    const silentMs = Math.min(one.silentMs, one.leastMs + timeoutMsMax);
    const answerMs = dead.has(one.device)
      ? Number.POSITIVE_INFINITY
      : between(one.leastMs, one.goodMs);
    if (answerMs > silentMs) {
      await clock.sleep(between(silentMs * 0.9, silentMs), signal);
      askedAt[i] = Number.NaN;
      return fail({ kind: "timeout", message: "no reply" });
    }
    await clock.sleep(answerMs, signal);
    const prevMs = askedAt[i] ?? Number.NaN;
    const ageMs = clock.monotonicMs() - prevMs;
    if (isKnown && prevMs >= knownFromMs && ageMs > (worst[i] ?? 0)) worst[i] = ageMs;
    askedAt[i] = beganMs;
    return ok({ takenAt: clock.now(), values: new Float64Array(1), qualities: new Uint8Array(1) });
  };
  const loop = createLineLoop({
    asked: questions.map((one, key) => ({
      key,
      device: deviceId(`d${one.device}`),
      isHazard: told(one).isHazard,
      question: {
        name: `${key}`,
        points: [pointId(`p${key}`)],
        everyMs: one.everyMs,
        readMsMax: told(one).silentMs,
        timeoutMs: one.silentMs - one.leastMs,
        read: (signal, timeoutMsMax) => read(key, signal, timeoutMsMax),
      },
    })),
    sink: {
      samples: () => {},
      silence: (key) => {
        askedAt[key] = Number.NaN;
      },
      connection: () => {},
    },
    clock,
  });
  const stop = new AbortController();
  const ended = loop.run(stop.signal);
  const devices = [...new Set(questions.map((one) => one.device))];
  let calmFromMs: number = startMs;
  while (clock.monotonicMs() - startMs < adversary.durationMs) {
    await clock.advance(1 + Math.floor(random() * 700));
    const nowMs = clock.monotonicMs();
    const isDown = (device: number): boolean =>
      loop.counters.get(deviceId(`d${device}`))?.health === "down";
    if (!isKnown) {
      isKnown = [...dead].every(isDown);
      knownFromMs = nowMs;
      continue;
    }
    const troubled = devices.filter(
      (device) => dead.has(device) || loop.counters.get(deviceId(`d${device}`))?.health !== "up",
    );
    const coming = troubled.filter((device) => !dead.has(device));
    if (coming.length > 0) calmFromMs = nowMs + adversary.restMs;
    if (adversary.isReviving && random() < 0.05)
      dead.delete(devices[Math.floor(random() * devices.length)] ?? -1);
    const isCalm = nowMs >= calmFromMs;
    if (!adversary.isKilling || !isCalm || troubled.length >= adversary.dead) continue;
    if (random() < 0.2 && devices.length > 1) {
      const up = devices.filter((device) => !troubled.includes(device));
      const room = adversary.dead - troubled.length;
      // One by one, or all at once.
      const victims = up.toSorted(() => random() - 0.5).slice(0, random() < 0.5 ? 1 : room);
      for (const victim of victims.slice(0, devices.length - troubled.length - 1)) dead.add(victim);
    }
  }
  stop.abort();
  await clock.advance(0);
  await ended;
  return worst;
}
