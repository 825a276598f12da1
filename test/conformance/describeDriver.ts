/**
 * What every device type must show, over every transport it speaks. A new device type calls
 * `describeDriver` with good settings and points that need at least two requests of different form.
 */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Device, Point } from "../../config/site.ts";
import { deviceId, type PointId } from "../../config/words/names.ts";
import { qualityCode } from "../../config/words/quality.ts";
import type { Result } from "../../config/words/result.ts";
import type { Driver, Line, ModbusIo, Question, Samples } from "../../drivers/contract.ts";
import type { DeviceOptions } from "../../drivers/devices/registerMap.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { openLine } from "../../drivers/registry.ts";
import { type CountingClock, createCountingClock } from "../fakes/countingClock.ts";
import {
  type Fault,
  type ModbusField,
  rtuField,
  rtuOverTcpField,
  tcpField,
  udpField,
} from "../fakes/modbusField.ts";

export interface DriverKind {
  readonly name: string;
  readonly open: (options: DeviceOptions) => Driver;
  readonly settings: Device;
  readonly points: readonly { readonly id: PointId; readonly settings: Point }[];
  /**
   * Whether `value` is what the fake's register of this point held at its `tick`-th request
   * (test/fakes/modbusFrames.ts, tellingWord).
   */
  readonly isRight: (point: PointId, value: number, tick: number) => boolean;
}

const never = new AbortController().signal;
/** A loaded machine may take a well device's answer for silence: asked again, so often at most. */
const triesMax = 200;
const pauseMs = 20;

const faults: readonly (readonly [string, Fault, readonly string[]])[] = [
  ["silence", { kind: "silence" }, ["timeout"]],
  ["a late reply", { kind: "late" }, ["timeout"]],
  ["the previous question's reply", { kind: "previousReply" }, ["timeout", "badReply"]],
  ["another unit's reply", { kind: "wrongUnit" }, ["timeout", "badReply"]],
  ["another function's reply", { kind: "wrongFunction" }, ["timeout", "badReply"]],
  ["a frame cut short", { kind: "shortFrame" }, ["timeout", "badReply"]],
  ["too little data", { kind: "shortData" }, ["badReply", "timeout"]],
  ["a bad check", { kind: "badCheck" }, ["badReply", "timeout", "lineDown"]],
  ["random bytes", { kind: "randomBytes" }, ["timeout", "badReply"]],
  ...[1, 2, 3, 4, 7, 8, 10, 99].map(
    (code) => [`exception ${code}`, { kind: "exception", code }, ["refused"]] as const,
  ),
  ...[5, 6, 11].map(
    (code) => [`exception ${code}`, { kind: "exception", code }, ["deviceBusy"]] as const,
  ),
];

export function describeDriver(kind: DriverKind): void {
  describe.each([
    ["TCP", tcpField],
    ["RS-485", rtuField],
    ["RTU over TCP", rtuOverTcpField],
    ["UDP", udpField],
  ] as const)(`${kind.name} over %s`, (_, startField) => {
    let field: ModbusField;
    let clock: CountingClock;
    let line: Line<ModbusIo>;
    let driver: Driver;

    beforeEach(async () => {
      field = await startField();
      clock = createCountingClock();
      line = openLine({ bus: field.lineBus, tools: { clock, random: () => 0 } });
      driver = kind.open({
        device: deviceId("d"),
        settings: kind.settings,
        points: kind.points,
        bus: field.bus,
        tools: { line, clock },
      });
    });
    afterEach(async () => {
      await driver[Symbol.asyncDispose]();
      await line[Symbol.asyncDispose]();
      expect(clock.pending).toBe(0);
      for (const code of field.functionCodes) expect([1, 2, 3, 4]).toContain(code);
      await field[Symbol.asyncDispose]();
    });

    const first = (): Question => {
      const [question] = driver.questions;
      if (question === undefined) throw new Error("a driver without questions");
      return question;
    };

    function expectRight(question: Question, answer: Result<Samples, DriverError>): void {
      if (!answer.ok) throw new Error(`${answer.error.kind}: ${answer.error.message}`);
      const { values, qualities } = answer.value;
      const tick = field.requests.length - 1;
      question.points.forEach((point, slot) => {
        expect(qualities[slot]).toBe(qualityCode.good);
        expect(kind.isRight(point, values[slot] ?? Number.NaN, tick)).toBe(true);
      });
      expect([values.length, qualities.length]).toEqual(Array(2).fill(question.points.length));
    }

    it("declares each point once, and asks in at least two ways", () => {
      const declared = driver.questions.flatMap((question) => question.points);
      expect([...declared].sort()).toEqual(kind.points.map(({ id }) => id).sort());
      expect(new Set(driver.questions.map(({ name }) => name)).size).toBeGreaterThanOrEqual(2);
    });

    it("sends nothing when it is opened", async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(field.bytesReceived).toBe(0);
      expect(clock.pending).toBe(0);
    });

    it("reads every point, each its own register, as it is now", async () => {
      for (let round = 0; round < 3; round += 1) {
        for (const question of driver.questions) {
          await untilRight(question);
        }
      }
    });

    it.each(faults)("after %s: a typed error, then the right value", async (_n, fault, kinds) => {
      for (const question of driver.questions) await untilRight(question);
      field.show(fault);
      for (const question of driver.questions) await untilError(question, kinds);
      field.show({ kind: "none" });
      for (const question of driver.questions) await untilRight(question);
    });

    it("never gives a late reply as the answer to a later question", async () => {
      await untilRight(first());
      field.show({ kind: "late" });
      expect((await first().read(never)).ok).toBe(false);
      field.show({ kind: "none" });
      field.releaseLate();
      for (let count = 0; count < 60; count += 1) {
        for (const question of driver.questions) {
          const answer = await question.read(never);
          if (answer.ok) expectRight(question, answer);
        }
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
      for (const question of driver.questions) await untilRight(question);
    });

    it("ends at once when told to stop, and sends nothing more", async () => {
      await untilRight(first());
      field.show({ kind: "silence" });
      const stop = new AbortController();
      const reading = first().read(stop.signal);
      await new Promise((resolve) => setTimeout(resolve, 40));
      stop.abort();
      expect(await reading).toMatchObject({ ok: false, error: { kind: "aborted" } });
      const sent = field.bytesReceived;
      expect(await first().read(stop.signal)).toMatchObject({ error: { kind: "aborted" } });
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(field.bytesReceived).toBe(sent);
    });

    it("is disposed twice without harm, also while it reads, and is silent then", async () => {
      field.show({ kind: "silence" });
      const reading = first().read(never);
      await driver[Symbol.asyncDispose]();
      await driver[Symbol.asyncDispose]();
      expect((await reading).ok).toBe(false);
      const sent = field.bytesReceived;
      expect(await first().read(never)).toMatchObject({ error: { kind: "aborted" } });
      expect(field.bytesReceived).toBe(sent);
    });

    /** Asks until the answer is there: it is right, and none on the way is wrong. */
    async function untilRight(question: Question): Promise<void> {
      for (let tries = 1; ; tries += 1) {
        const answer = await question.read(never);
        if (answer.ok || tries === triesMax) {
          expectRight(question, answer);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }

    /** Asks until the error is one of `kinds`; never a value on the way, only what a slow machine may take for silence. */
    async function untilError(question: Question, kinds: readonly string[]): Promise<void> {
      for (let tries = 1; ; tries += 1) {
        const answer = await question.read(never);
        field.releaseLate();
        const kind = answer.ok ? "a value" : answer.error.kind;
        if (kinds.includes(kind)) return;
        const isSlow = kind === "timeout" || kind === "lineDown";
        if (!isSlow || tries === triesMax) expect(kinds).toContain(kind);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  });
}
