import { expect, test } from "vitest";
import type { Plant } from "../../agent/sim/plant/plant.ts";
import { openLine } from "../../drivers/registry.ts";
import { ask, realClock } from "../fakes/modbusAsk.ts";
import { rtuOverTcpBus } from "../fakes/modbusSite.ts";
import { RawGateway } from "./rawGateway.ts";
import { readRequest, rtu, unsealed } from "./rawSerial.ts";
import { runningPlant, until } from "./runningPlant.ts";

function gatewayOf(plant: Plant): Plant["gateways"][number] {
  const [gateway] = plant.gateways;
  if (gateway === undefined) throw new Error("no gateway");
  return gateway;
}

const wind = readRequest(21, 4, { address: 1, count: 1 });
const counter = readRequest(22, 4, { address: 0, count: 2 });

test("several units answer behind one address, in the order in which they were asked", async () => {
  await using run = await runningPlant();
  await using master = await RawGateway.open(gatewayOf(run.plant));
  master.send(Buffer.concat([wind, counter]));
  const first = unsealed(await master.take(7));
  const second = unsealed(await master.take(9));
  expect([first?.[0], first?.[1], first?.[2]]).toEqual([21, 4, 2]);
  const counts = first?.readUInt16BE(3) ?? 0;
  const shown = run.plant.shown("WS-201").value;
  expect(((counts - 683) / (3413 - 683)) * 30).toBeCloseTo(shown, 1);
  expect([second?.[0], second?.[1], second?.[2]]).toEqual([22, 4, 4]);
  expect(second?.toString("hex", 3)).toBe("00120345");
});

test("the gateway says 0x0B for a unit that keeps silent, is too slow, or is not there", async () => {
  await using run = await runningPlant();
  await using master = await RawGateway.open(gatewayOf(run.plant));
  const silence = (unit: number): Buffer => rtu(unit, 0x84, 11);
  run.plant.start("dead-slave", { target: "ai-2" });
  run.plant.start("late-replies", { target: "fq-1" });
  for (const [unit, request] of [
    [21, wind],
    [22, counter],
    [99, readRequest(99, 4, { address: 0, count: 1 })],
  ] as const) {
    master.send(request);
    expect(await master.take(5)).toEqual(silence(unit));
  }
  run.plant.stop("dead-slave");
  master.send(wind);
  expect((await master.take(7))[0]).toBe(21);
});

test("two masters are served one after the other, each with its own answer", async () => {
  await using run = await runningPlant();
  await using one = await RawGateway.open(gatewayOf(run.plant));
  await using other = await RawGateway.open(gatewayOf(run.plant));
  one.send(wind);
  other.send(counter);
  expect((await one.take(7))[0]).toBe(21);
  expect((await other.take(9))[0]).toBe(22);
});

test("bytes that are no frame are forgotten, and a write is refused and counted", async () => {
  await using run = await runningPlant();
  await using master = await RawGateway.open(gatewayOf(run.plant));
  master.send(Buffer.from([1, 2, 3, 4, 5]));
  await until(() => run.plant.stats().lines["yard-gw"].badFrames === 1);
  master.send(rtu(21, 6, 0, 0, 0, 1));
  expect(await master.take(5)).toEqual(rtu(21, 0x86, 1));
  expect(run.plant.writeAttempts()).toBe(1);
});

test("the line goes down and comes up again on its port", async () => {
  await using run = await runningPlant();
  const at = gatewayOf(run.plant);
  await using master = await RawGateway.open(at);
  run.plant.start("line-down", { target: "yard-gw" });
  await until(() => master.isClosed);
  run.plant.stop("line-down");
  await until(() =>
    RawGateway.open(at).then(
      (again) => again[Symbol.asyncDispose]().then(() => true),
      () => false,
    ),
  );
});

test("our own line reads it, and hears of a dead unit by the gateway's word", async () => {
  await using run = await runningPlant();
  const { port, baud } = gatewayOf(run.plant);
  await using line = openLine({
    bus: rtuOverTcpBus(port, { baud, timeout: "50ms", betweenRequests: "10ms" }),
    tools: { clock: realClock, random: () => 0 },
  });
  const question = { unit: 21, table: "input", address: 1, count: 1, timeoutMs: 2_000 } as const;
  await until(async () => (await ask(line, question)).ok);
  run.plant.start("dead-slave", { target: "ai-2" });
  expect(await ask(line, question)).toMatchObject({
    error: { kind: "deviceBusy", exceptionCode: 11 },
  });
  expect(run.plant.stats().lines["yard-gw"].badFrames).toBe(0);
});
