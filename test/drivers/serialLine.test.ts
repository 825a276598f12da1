/** RS-485 over a real pseudo-terminal: neighbours, reopening, disposal. */

import { describe, expect, it } from "vitest";
import { openSerialLine } from "../../drivers/lines/serialLine.ts";
import { createCountingClock } from "../fakes/countingClock.ts";
import { ask, outcome, registers, rtuLineTo } from "../fakes/modbusAsk.ts";
import { rtuFrame } from "../fakes/modbusFrames.ts";
import { answerRtuWell, ModbusRtuDevice } from "../fakes/modbusRtuDevice.ts";
import { serialBus } from "../fakes/modbusSite.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("the serial line", () => {
  it("asks living units well between dead, late, damaged and refusing ones", async () => {
    await using device = new ModbusRtuDevice((stage) => {
      const { request, right, send } = stage;
      const frame = rtuFrame(...right);
      if (request.unit === 2) return;
      if (request.unit === 3) send(frame, 55);
      else if (request.unit === 4) send(frame.subarray(0, 5));
      else if (request.unit === 5) send(rtuFrame(5, 0x83, 6));
      else answerRtuWell(stage);
    });
    await using line = rtuLineTo(device.path);
    for (let round = 0; round < 6; round += 1) {
      for (const faulty of [2, 3, 4, 5]) {
        const answer = await ask(line, { unit: faulty, timeoutMs: 40 });
        expect(answer.ok).toBe(false);
        const living = registers(await ask(line, { unit: 1, address: round, timeoutMs: 60_000 }));
        expect((living[0] ?? 0) & 0xff).toBe((device.requests.length - 1) & 0xff);
      }
    }
  });

  it("is opened again when no unit answers any more, and goes on when they do", async () => {
    await using device = new ModbusRtuDevice();
    await using line = rtuLineTo(device.path);
    expect(outcome(await ask(line))).toBe("ok");
    device.behave = () => {};
    const outcomes: string[] = [];
    for (let count = 0; count < 14; count += 1) {
      outcomes.push(
        outcome(await ask(line, { unit: 1 + (count % 2), count: 1 + count, timeoutMs: 15 })),
      );
    }
    expect(new Set(outcomes)).toEqual(new Set(["timeout"]));
    device.behave = answerRtuWell;
    await pause(60);
    expect(outcome(await ask(line))).toBe("ok");
  });

  it("opens nothing before the first turn, listens first, and leaves no timer behind", async () => {
    const clock = createCountingClock();
    const bus = serialBus("/dev/does-not-exist");
    const line = openSerialLine({ bus, tools: { clock, random: () => 0 } });
    expect(clock.pending).toBe(0);
    expect(await ask(line)).toMatchObject({
      ok: false,
      error: { kind: "lineDown", message: expect.stringContaining("is the adapter plugged in") },
    });
    await line[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);

    await using device = new ModbusRtuDevice();
    await using real = rtuLineTo(device.path, { timeout: "120ms" });
    const startedMs = performance.now();
    expect(outcome(await ask(real))).toBe("ok");
    expect((device.arrivals[0] ?? 0) - startedMs).toBeGreaterThanOrEqual(118);
  });

  it("can be disposed while it opens", async () => {
    await using device = new ModbusRtuDevice();
    const line = rtuLineTo(device.path, { timeout: "2s" });
    const asking = ask(line);
    await pause(50);
    await line[Symbol.asyncDispose]();
    expect(outcome(await asking)).toBe("aborted");
    expect(device.bytesReceived).toBe(0);
  });
});
