/** The register map: the conformance suite, and what is its own. */

import { describe, expect, it } from "vitest";
import { deviceId, type PointId, pointId } from "../../../config/words/names.ts";
import { ok, type Result } from "../../../config/words/result.ts";
import type { Driver, Line, ModbusIo, Samples } from "../../../drivers/contract.ts";
import { openRegisterMap } from "../../../drivers/devices/registerMap.ts";
import type { DriverError } from "../../../drivers/errors.ts";
import { modbusDevices } from "../../../drivers/registry.ts";
import { describeDriver } from "../../conformance/describeDriver.ts";
import { FakeClock } from "../../fakes/fakeClock.ts";
import { tellingWord } from "../../fakes/modbusFrames.ts";
import { deviceSettings, pointSettings, serialBus, tcpBus } from "../../fakes/modbusSite.ts";

const registers: Readonly<Record<string, Record<string, unknown>>> = {
  "LT-1": { address: 0 },
  "LT-2": { address: 3 },
  "TT-1": { table: "input", address: 40 },
  "PT-1": { modicon: 30051 },
};

describeDriver({
  name: "register map",
  open: modbusDevices["register-map"] ?? openRegisterMap,
  settings: deviceSettings({ unit: 7 }),
  points: Object.entries(registers).map(([id, register]) => ({
    id: pointId(id),
    settings: pointSettings(register),
  })),
  isRight(point, value, tick) {
    const where: Readonly<Record<string, readonly [number, number]>> = {
      "LT-1": [3, 0],
      "LT-2": [3, 3],
      "TT-1": [4, 40],
      "PT-1": [4, 50],
    };
    const [functionCode = 0, address = 0] = where[point] ?? [];
    const request = { transactionId: 0, unit: 7, functionCode, address, count: 1 };
    return value === tellingWord(request, address, tick);
  },
});

/** A line that answers with the bytes given, and remembers what it was asked. */
function replying(bytes: readonly number[]): Line<ModbusIo> & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    turn(options, ask) {
      asked.push(options.deadlineMs);
      return ask(
        {
          read(request) {
            asked.push(request);
            return Promise.resolve(ok(Buffer.from(bytes)));
          },
        },
        options.signal,
      );
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function open(
  points: Readonly<Record<string, Record<string, unknown>>>,
  more: {
    readonly line?: Line<ModbusIo>;
    readonly device?: Record<string, unknown>;
    readonly isSerial?: boolean;
  } = {},
): Driver {
  return openRegisterMap({
    device: deviceId("d"),
    settings: deviceSettings(more.device ?? {}),
    points: Object.entries(points).map(([id, register]) => ({
      id: pointId(id),
      settings: pointSettings(register),
    })),
    bus: more.isSerial ? serialBus("/dev/x", { baud: 9600, timeout: "500ms" }) : tcpBus(1, "1s"),
    tools: { line: more.line ?? replying([]), clock: new FakeClock() },
  });
}

const never = new AbortController().signal;

function columns(answer: Result<Samples, DriverError> | undefined): {
  readonly values: readonly number[];
  readonly qualities: readonly number[];
} {
  if (!answer?.ok) throw new Error("no samples");
  return { values: [...answer.value.values], qualities: [...answer.value.qualities] };
}

describe("the register map", () => {
  it("reads a value, its status word and its decimals in one request, into its own columns", async () => {
    const line = replying([0x30, 0x39, 0, 2, 0, 1]);
    const driver = open(
      {
        "A-1": {
          address: 10,
          decimalsAt: 11,
          status: { address: 12, rules: [{ bit: 0, quality: "uncertain" }] },
        },
      },
      { line, device: { unit: 9, timeout: "2s" } },
    );
    const [question] = driver.questions;
    const answer = await question?.read(never);
    expect(line.asked[1]).toMatchObject({ unit: 9, address: 10, count: 3, timeoutMs: 2_000 });
    expect(columns(answer)).toEqual({ values: [123.45], qualities: [1] });
    expect(question?.readMsMax).toBe(2_100);
  });

  it("counts the bytes' own time on a serial line into the longest read", () => {
    const [question] = open(
      { "A-1": { address: 0, type: "float32" } },
      { isSerial: true },
    ).questions;
    // 3.5 characters of silence, 8 + 5 + 4 bytes, 500 ms of waiting, 100 ms of our own.
    expect(question?.readMsMax).toBe(Math.ceil((3.5 + 17) * (10_000 / 9600) + 600));
  });

  it("reads coils and discrete inputs as bits", async () => {
    const line = replying([0b101]);
    const driver = open({ "S-1": { table: "coil", address: 8 }, "S-2": { modicon: 11 } }, { line });
    const [question] = driver.questions;
    const answer = await question?.read(never);
    expect(question?.points).toEqual(["S-1", "S-2"] as unknown as PointId[]);
    expect(columns(answer).values).toEqual([1, 1]);
  });

  it("a point that cannot be read is not left out: its question says why, without a byte", async () => {
    const line = replying([]);
    const driver = open(
      { "A-1": { address: 0, decimalsAt: 500 }, "A-2": {}, "A-3": { address: 3 } },
      { line },
    );
    expect(driver.questions.flatMap(({ points }) => points).sort()).toEqual(["A-1", "A-2", "A-3"]);
    const hopeless = driver.questions.filter(({ name }) => name.includes("cannot"));
    for (const question of hopeless) {
      expect(await question.read(never)).toMatchObject({ error: { kind: "refused" } });
    }
    expect([hopeless.length, line.asked.length]).toEqual([2, 0]);
  });

  it("hands an error of the line on as it is", async () => {
    const line: Line<ModbusIo> = {
      turn: () => Promise.resolve({ ok: false, error: { kind: "lineDown", message: "m" } }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const [question] = open({ "A-1": { address: 0 } }, { line }).questions;
    expect(await question?.read(never)).toMatchObject({ error: { kind: "lineDown" } });
  });
});
