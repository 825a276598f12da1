import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { runningPlant, tcpClient, tcpLine, until } from "./runningPlant.ts";

/** jsmodbus rejects with the reply when a device refuses. */
async function exceptionOf(asked: Promise<unknown>): Promise<number> {
  try {
    await asked;
  } catch (error) {
    const { response } = error as { response?: { body?: { code?: number } } };
    return response?.body?.code ?? -1;
  }
  return 0;
}

describe("the plant's TCP side, read by another client", () => {
  test("floats in ABCD order, three gauges of two tanks", async () => {
    await using run = await runningPlant();
    using line = await tcpClient(tcpLine(run.plant, "farm-tcp"), { unit: 1 });
    const { response } = await line.client.readHoldingRegisters(0, 20);
    const bytes = response.body.valuesAsBuffer;
    expect(bytes.readFloatBE(0)).toBeCloseTo(9300, -1);
    expect(bytes.readFloatBE(4)).toBeCloseTo(run.plant.shown("TT-101").value, 3);
    expect(bytes.readFloatBE(8)).toBeCloseTo(run.plant.shown("PT-101").value, 5);
    expect(bytes.readFloatBE(20)).toBeCloseTo(7680, -1);
    expect(bytes.readUInt16BE(12)).toBe(0);
  });

  test("floats with swapped words behind a hole that refuses to be read", async () => {
    await using run = await runningPlant();
    using line = await tcpClient(tcpLine(run.plant, "farm-tcp"), { unit: 2 });
    const { response } = await line.client.readInputRegisters(100, 7);
    const [low = 0, high = 0] = response.body.valuesAsArray;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt16BE(high, 0);
    bytes.writeUInt16BE(low, 2);
    expect(bytes.readFloatBE(0)).toBeCloseTo(4600, -1);
    expect(await exceptionOf(line.client.readInputRegisters(100, 21))).toBe(2);
    expect(await exceptionOf(line.client.readInputRegisters(110, 1))).toBe(2);
    expect(await exceptionOf(line.client.readHoldingRegisters(100, 1))).toBe(2);
  });

  test("scaled integers, switches, coils and 4-20 mA counts", async () => {
    await using run = await runningPlant();
    const { plant } = run;
    using plc = await tcpClient(tcpLine(plant, "sphere-tcp"), { unit: 1 });
    const words = (await plc.client.readHoldingRegisters(100, 20)).response.body.valuesAsArray;
    const tenths = ((words[1] ?? 0) << 16) | (words[0] ?? 0);
    expect(tenths / 10).toBeCloseTo(6600, -1);
    expect((words[3] ?? 0) / 10).toBeCloseTo(plant.shown("PT-105").value, 0);
    expect(words[10]).toBe(Math.round(plant.shown("LT-106").value));
    expect((((words[12] ?? 0) << 16) | (words[13] ?? 0)) / 1000).toBeCloseTo(
      plant.shown("PT-106").value,
      2,
    );

    using inputs = await tcpClient(tcpLine(plant, "farm-tcp"), { unit: 3 });
    const switches = (await inputs.client.readDiscreteInputs(0, 6)).response.body.valuesAsArray;
    expect([...switches].slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
    const coils = (await inputs.client.readCoils(0, 2)).response.body.valuesAsArray;
    expect([...coils].slice(0, 2)).toEqual([0, 0]);

    using loops = await tcpClient(tcpLine(plant, "farm-tcp"), { unit: 4 });
    const counts = (await loops.client.readHoldingRegisters(0, 3)).response.body.valuesAsArray;
    expect(((counts[2] ?? 0) / 27_648) * 2000).toBeCloseTo(700, -1);
  });

  test("every write is refused with exception 1, changes nothing and is counted", async () => {
    await using run = await runningPlant();
    using line = await tcpClient(tcpLine(run.plant, "farm-tcp"), { unit: 3 });
    expect(run.plant.writeAttempts()).toBe(0);
    expect(await exceptionOf(line.client.writeSingleCoil(0, true))).toBe(1);
    expect(await exceptionOf(line.client.writeSingleRegister(0, 5))).toBe(1);
    expect(await exceptionOf(line.client.writeMultipleCoils(0, [true, false]))).toBe(1);
    expect(await exceptionOf(line.client.writeMultipleRegisters(0, [1, 2]))).toBe(1);
    expect(run.plant.writeAttempts()).toBe(4);
    const coils = (await line.client.readCoils(0, 2)).response.body.valuesAsArray;
    expect([...coils].slice(0, 2)).toEqual([0, 0]);
  });

  test("an unknown unit is answered with exception 11, nonsense breaks the connection only", async () => {
    await using run = await runningPlant();
    const at = tcpLine(run.plant, "farm-tcp");
    using stranger = await tcpClient(at, { unit: 99 });
    expect(await exceptionOf(stranger.client.readHoldingRegisters(0, 1))).toBe(11);
    const socket = connect(at.port, at.host);
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await closed;
    using line = await tcpClient(at, { unit: 1 });
    expect((await line.client.readHoldingRegisters(0, 1)).response.body.valuesAsArray.length).toBe(
      1,
    );
    expect(run.plant.stats().lines["farm-tcp"].badFrames).toBe(2);
  });
});

describe("scenarios on the TCP side", () => {
  test("dead-slave: the device keeps silent, its neighbour answers, and it comes back", async () => {
    await using run = await runningPlant();
    const at = tcpLine(run.plant, "farm-tcp");
    using dead = await tcpClient(at, { unit: 1, timeoutMs: 300 });
    using living = await tcpClient(at, { unit: 2 });
    run.plant.start("dead-slave", { target: "tgc-1" });
    expect(await exceptionOf(dead.client.readHoldingRegisters(0, 1))).toBe(-1);
    expect(await exceptionOf(living.client.readInputRegisters(100, 2))).toBe(0);
    run.plant.stop("dead-slave");
    expect(await exceptionOf(dead.client.readHoldingRegisters(0, 1))).toBe(0);
  });

  test("busy-slave: exception 6", async () => {
    await using run = await runningPlant();
    using line = await tcpClient(tcpLine(run.plant, "farm-tcp"), { unit: 2 });
    run.plant.start("busy-slave", { target: "tgc-2" });
    expect(await exceptionOf(line.client.readInputRegisters(100, 2))).toBe(6);
  });

  test("slow-slave and late-replies: the answer comes after the delay, not before", async () => {
    await using run = await runningPlant();
    const at = tcpLine(run.plant, "farm-tcp");
    using patient = await tcpClient(at, { unit: 1 });
    using hasty = await tcpClient(at, { unit: 1, timeoutMs: 100 });
    run.plant.start("slow-slave", { target: "tgc-1", amount: 300 });
    const begun = Date.now();
    expect(await exceptionOf(patient.client.readHoldingRegisters(0, 2))).toBe(0);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(295);
    expect(await exceptionOf(hasty.client.readHoldingRegisters(0, 2))).toBe(-1);
    run.plant.stop("slow-slave");
    run.plant.start("late-replies", { target: "tgc-1", amount: 400 });
    const again = Date.now();
    expect(await exceptionOf(patient.client.readHoldingRegisters(0, 2))).toBe(0);
    expect(Date.now() - again).toBeGreaterThanOrEqual(395);
  });

  test("line-down: connections break, new ones are refused, the other line lives; then the same port again", async () => {
    await using run = await runningPlant();
    const at = tcpLine(run.plant, "sphere-tcp");
    using before = await tcpClient(at, { unit: 1 });
    using other = await tcpClient(tcpLine(run.plant, "farm-tcp"), { unit: 1 });
    run.plant.start("line-down", { target: "sphere-tcp" });
    await until(before.isClosed);
    await expect(tcpClient(at, { unit: 1 })).rejects.toThrow("ECONNREFUSED");
    expect(await exceptionOf(other.client.readHoldingRegisters(0, 1))).toBe(0);
    run.plant.stop("line-down");
    const isBack = async (): Promise<boolean> => {
      using again = await tcpClient(at, { unit: 1 });
      return (await exceptionOf(again.client.readHoldingRegisters(100, 1))) === 0;
    };
    await until(() => isBack().catch(() => false));
  });

  test("broken-loop, short-loop: counts below 3.6 mA and above 21 mA", async () => {
    await using run = await runningPlant();
    using line = await tcpClient(tcpLine(run.plant, "farm-tcp"), { unit: 4 });
    const milliamps = async (channel: number): Promise<number> => {
      const { response } = await line.client.readHoldingRegisters(channel, 1);
      return 4 + (16 * response.body.valuesAsBuffer.readInt16BE(0)) / 27_648;
    };
    expect(await milliamps(1)).toBeGreaterThan(3.8);
    run.plant.start("broken-loop");
    run.plant.start("short-loop");
    expect(await milliamps(1)).toBeCloseTo(1.2, 2);
    expect(await milliamps(2)).toBeCloseTo(22.5, 2);
    run.plant.stop("broken-loop");
    expect(await milliamps(1)).toBeGreaterThan(3.8);
  });

  test("frozen-sensor, overfill and gas-leak: what the registers then show", async () => {
    // A thousand times life: the test lives through some minutes of plant time.
    await using run = await runningPlant({ speed: 1000 });
    const { plant } = run;
    const at = tcpLine(plant, "farm-tcp");
    using line = await tcpClient(at, { unit: 1 });
    using inputs = await tcpClient(at, { unit: 3 });
    const level = async (address: number): Promise<number> =>
      (await line.client.readHoldingRegisters(address, 2)).response.body.valuesAsBuffer.readFloatBE(
        0,
      );
    const isHigh = async (): Promise<boolean> =>
      (await inputs.client.readDiscreteInputs(1, 1)).response.body.valuesAsArray[0] === 1;
    plant.start("frozen-sensor", { target: "LT-101" });
    const frozen = await level(0);
    plant.start("overfill", { target: "T-102", amount: 50 });
    plant.start("gas-leak", { target: "T-104", amount: 90 });
    await until(async () => (await level(10)) > 11_900 && (await isHigh()));
    expect(await level(0)).toBe(frozen);
    plant.stop("frozen-sensor");
    await until(async () => (await level(0)) !== frozen);
    await until(() => plant.shown("GD-104").value > 50);
    expect(plant.shown("GT-104").value).toBeGreaterThan(1);
  });
});
