import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../agent/sim/plant/seeded.ts";
import { startSerialSlaves } from "../../agent/sim/plant/serialSlaves.ts";
import { wellMood } from "../../agent/sim/plant/wireFaults.ts";
import { ok } from "../../config/words/result.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { RawSerial, readRequest, rtu, unsealed } from "./rawSerial.ts";
import { runningPlant, until } from "./runningPlant.ts";

const hasMbpoll = spawnSync("mbpoll", ["-V"]).status === 0;
if (!hasMbpoll) process.stderr.write("mbpoll is not installed: its test is left out\n");

const allOfCombustible = { address: 0, count: 8 };

describe("the plant's serial side, read by hand-made frames", () => {
  test("a combustible gas detector: tenths, state, range and limits", async () => {
    await using run = await runningPlant();
    await using line = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    line.send(readRequest(1, 3, allOfCombustible));
    const body = unsealed(await line.take(21));
    expect(body?.length).toBe(19);
    expect(body?.subarray(0, 3)).toEqual(Buffer.from([1, 3, 16]));
    const words = Array.from({ length: 8 }, (_, i) => body?.readUInt16BE(3 + 2 * i));
    expect(words[0]).toBe(Math.round(run.plant.shown("GD-101").value * 10));
    expect(words.slice(1)).toEqual([0, 0, 250, 1, 100, 25, 50]);
  });

  test("a toxic detector tells its decimals", async () => {
    await using run = await runningPlant();
    const { plant } = run;
    await using line = await RawSerial.open(plant.serial[0]?.path ?? "");
    line.send(readRequest(14, 3, { address: 0, count: 3 }));
    const toxic = unsealed(await line.take(11));
    expect(toxic?.readUInt16BE(5)).toBe(2);
    expect((toxic?.readInt16BE(3) ?? -1) / 100).toBeCloseTo(plant.shown("GT-104").value, 2);
  });

  test("a damaged request, a foreign unit and a broadcast are met with silence", async () => {
    await using run = await runningPlant();
    await using line = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    const damaged = readRequest(1, 3, allOfCombustible);
    damaged[4] = 1;
    for (const frame of [damaged, readRequest(99, 3, allOfCombustible), rtu(0, 3, 0, 0, 0, 1)]) {
      line.send(frame);
      expect((await line.take(1, 200)).length).toBe(0);
    }
    line.send(readRequest(1, 3, allOfCombustible));
    expect(unsealed(await line.take(21))).not.toBeNull();
    expect(run.plant.stats().lines["field-485"].badFrames).toBe(1);
  });

  test("too many registers for a small device: exception 3; writes: exception 1, and counted", async () => {
    await using run = await runningPlant();
    await using line = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    line.send(readRequest(11, 3, { address: 0, count: 5 }));
    expect(await line.take(5)).toEqual(rtu(11, 0x83, 3));
    line.send(rtu(11, 6, 0, 0, 0, 1));
    expect(await line.take(5)).toEqual(rtu(11, 0x86, 1));
    // Nobody lives at 77, yet somebody tried.
    line.send(rtu(77, 5, 0, 0, 0xff, 0));
    await until(() => run.plant.writeAttempts() === 2);
  });

  test("the port outlives its client, and two clients in turn get the same answers", async () => {
    await using run = await runningPlant();
    const path = run.plant.serial[0]?.path ?? "";
    const answers: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await using line = await RawSerial.open(path);
      line.send(readRequest(1, 3, allOfCombustible));
      answers.push((await line.take(21)).toString("hex"));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]?.length).toBe(42);
  });

  test.skipIf(!hasMbpoll)("mbpoll reads the same", async () => {
    await using run = await runningPlant();
    const path = run.plant.serial[0]?.path ?? "";
    const args = ["-m", "rtu", "-b", "9600", "-P", "none", "-a", "1", "-0", "-r", "0", "-c", "8"];
    const child = spawn("mbpoll", [...args, "-1", "-q", path]);
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(0);
    const values = [...text.matchAll(/^\[(\d+)\]:\s+(\d+)/gm)].map((match) => Number(match[2]));
    expect(values.slice(1)).toEqual([0, 0, 250, 1, 100, 25, 50]);
  });
});

describe("scenarios on the serial line", () => {
  test("dead-slave: one unit is silent, the next one answers", async () => {
    await using run = await runningPlant();
    await using line = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    run.plant.start("dead-slave", { target: "gd-101" });
    line.send(readRequest(1, 3, allOfCombustible));
    expect((await line.take(1, 300)).length).toBe(0);
    line.send(readRequest(2, 3, allOfCombustible));
    expect(unsealed(await line.take(21))?.[0]).toBe(2);
  });

  test("late-replies: the old answer arrives while the next question is out", async () => {
    await using run = await runningPlant();
    await using line = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    run.plant.start("late-replies", { target: "gd-101", amount: 1500 });
    line.send(readRequest(1, 3, { address: 5, count: 1 }));
    expect((await line.take(1, 300)).length).toBe(0);
    // The unit is still thinking about the first question and does not hear this one.
    line.send(readRequest(1, 3, { address: 7, count: 1 }));
    expect(await line.take(7)).toEqual(rtu(1, 3, 2, 0, 100));
    expect((await line.take(1, 500)).length).toBe(0);
  });

  test("busy-slave: exception 6", async () => {
    await using run = await runningPlant();
    await using line = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    run.plant.start("busy-slave", { target: "gt-101" });
    line.send(readRequest(11, 3, { address: 0, count: 1 }));
    expect(await line.take(5)).toEqual(rtu(11, 0x83, 6));
  });

  test("noisy-line: damaged answers, stray bytes, and silence to damaged questions", async () => {
    await using run = await runningPlant();
    await using line = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    run.plant.start("noisy-line", { amount: 0.05 });
    const outcome = { good: 0, damaged: 0 };
    for (let i = 0; i < 25; i += 1) {
      line.send(readRequest(1, 3, allOfCombustible));
      const isGood = unsealed(await line.take(21, 120)) !== null;
      outcome[isGood ? "good" : "damaged"] += 1;
    }
    expect(outcome.damaged).toBeGreaterThan(5);
    // Without anybody asking, the noise goes on.
    expect((await line.take(1)).length).toBeGreaterThan(0);
    run.plant.stop("noisy-line");
    await line.take(1000, 300);
    line.send(readRequest(1, 3, allOfCombustible));
    expect(unsealed(await line.take(21))).not.toBeNull();
  });

  test("line-down: the port vanishes under the client; then it is back under the same path", async () => {
    await using run = await runningPlant();
    const path = run.plant.serial[0]?.path ?? "";
    await using line = await RawSerial.open(path);
    const before = readlinkSync(path);
    expect(before).toMatch(/^\/dev\/pts\/\d+$/);
    run.plant.start("line-down", { target: "field-485" });
    await until(() => !existsSync(path));
    // The client library notices a hang-up at its next write only.
    line.send(readRequest(1, 3, allOfCombustible));
    await until(() => !line.isOpen);
    run.plant.stop("line-down");
    await until(() => existsSync(path));
    await using again = await RawSerial.open(path);
    again.send(readRequest(1, 3, allOfCombustible));
    expect(unsealed(await again.take(21))).not.toBeNull();
  });
});

describe("the wire's own time", () => {
  const baud = 9600;
  const characterMs = 10_000 / baud;

  async function wire() {
    const clock = new FakeClock();
    const dataDir = mkdtempSync(join(tmpdir(), "hazgate-wire-"));
    const slaves = startSerialSlaves({
      clock,
      baud,
      link: join(dataDir, "port"),
      random: seededRandom(1),
      stations: [1, 2].map((unit) => ({
        unit,
        turnaroundMs: 5,
        mood: () => wellMood,
        slave: {
          registers: (_table, address, count) => ok(new Array<number>(count).fill(address)),
          bits: (_table, _address, count) => ok(new Array<boolean>(count).fill(false)),
        },
      })),
    });
    const line = await RawSerial.open(slaves.path);
    return {
      clock,
      slaves,
      line,
      async [Symbol.asyncDispose]() {
        await line[Symbol.asyncDispose]();
        slaves[Symbol.dispose]();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  }

  test("a reply of 100 registers takes what its bytes take at 9600 baud", async () => {
    await using all = await wire();
    const { clock, line } = all;
    line.send(readRequest(1, 3, { address: 3, count: 100 }));
    await until(() => clock.pending > 0);
    const lastByteMs = (8 + 3.5) * characterMs + 5 + 205 * characterMs;
    await clock.advance(lastByteMs - 2);
    expect((await line.take(1000, 100)).length).toBeLessThan(205);
    await clock.advance(3);
    const rest = await line.take(1);
    expect(rest.length).toBeGreaterThan(0);
    expect(all.slaves.stats().values).toBe(100);
  });

  test("a question without silence before it is counted, one after 3.5 characters is not", async () => {
    await using all = await wire();
    const { clock, line, slaves } = all;
    const ask = async (): Promise<void> => {
      const { requests } = slaves.stats();
      line.send(readRequest(1, 3, { address: 0, count: 1 }));
      await until(() => clock.pending > 0);
      await until(async () => {
        await clock.advance(1);
        return slaves.stats().requests > requests;
      });
      await until(async () => {
        await clock.advance(0.25);
        return clock.pending === 0;
      });
    };
    await ask();
    await clock.advance(4);
    await ask();
    expect(slaves.stats().silenceViolations).toBe(0);
    await ask();
    expect(slaves.stats().silenceViolations).toBe(1);
  });

  test("bytes that nobody takes are dropped: a dead client neither blocks nor grows the process", async () => {
    await using all = await wire();
    const { clock, line, slaves } = all;
    await line[Symbol.asyncDispose]();
    for (let i = 0; i < 400; i += 1) {
      slaves.disturb(Buffer.alloc(200, 0x55));
      await clock.advance(300);
    }
    expect(slaves.stats().droppedBytes).toBeGreaterThan(40_000);
    expect(clock.pending).toBe(0);
    // Whoever opens the port next clears the old bytes and is answered.
    await using next = await RawSerial.open(slaves.path);
    await next.take(1_000_000, 200);
    next.send(readRequest(2, 3, { address: 9, count: 1 }));
    await until(() => clock.pending > 0);
    await clock.advance(100);
    expect(await next.take(7)).toEqual(rtu(2, 3, 2, 0, 9));
  });
});
