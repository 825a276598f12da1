import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkIoFor } from "../../agent/checkIo.ts";
import { startLoadPlant } from "../../agent/sim/plant/loadPlant.ts";
import { loadIndexOf, loadSiteFile, loadTag } from "../../agent/sim/plant/loadSite.ts";
import { identityOf, telltale, ticksBetween, told } from "../../agent/sim/plant/telltale.ts";
import { checkSite } from "../../config/check.ts";
import { loadSite } from "../../config/load.ts";
import { startLoadPlantProcess } from "../bench/poll/loadPlantProcess.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { tcpClient } from "./runningPlant.ts";

const size = { ports: 2, unitsPerPort: 3, floatsPerUnit: 70 };

function at(ports: readonly number[], index: number): { host: string; port: number } {
  return { host: "127.0.0.1", port: ports[index] ?? 0 };
}

describe("values that tell on themselves", () => {
  test("survive the way through a float32 exactly", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1023 }), fc.nat(), (identity, tick) => {
        const value = Math.fround(telltale(identity, tick));
        expect(told(value)).toEqual({ identity, tick: tick % 8192 });
      }),
    );
  });

  test("torn and foreign numbers tell nothing, neighbours are told apart, ticks come round", () => {
    for (const value of [0.5, -1, 8_388_608, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(told(value)).toBeNull();
    }
    for (let i = 0; i < 5000; i += 1) expect(identityOf(i)).not.toBe(identityOf(i + 1));
    expect(ticksBetween(8190, 3)).toBe(5);
  });
});

describe("the load plant", () => {
  test("every float tells its register and the tick of its answer", async () => {
    const clock = new FakeClock();
    await using plant = await startLoadPlant({ ...size, tickMs: 100, clock });
    using line = await tcpClient(at(plant.ports, 1), { unit: 2 });
    await clock.advance(1234);
    const { response } = await line.client.readHoldingRegisters(16, 124);
    const bytes = response.body.valuesAsBuffer;
    // Port 1, unit 2: the fifth unit of all.
    for (let i = 0; i < 62; i += 1) {
      const index = 4 * size.floatsPerUnit + 8 + i;
      expect(told(bytes.readFloatBE(4 * i))).toEqual({ identity: identityOf(index), tick: 12 });
    }
  });

  test("a request that cuts floats in half gets the same words as a whole one", async () => {
    await using plant = await startLoadPlant({ ...size, clock: new FakeClock() });
    using line = await tcpClient(at(plant.ports, 0), { unit: 3 });
    const whole = (await line.client.readHoldingRegisters(0, 20)).response.body.valuesAsArray;
    for (const [from, count] of [
      [1, 1],
      [1, 2],
      [2, 3],
      [3, 16],
    ] as const) {
      const part = (await line.client.readHoldingRegisters(from, count)).response.body
        .valuesAsArray;
      expect([...part]).toEqual([...whole].slice(from, from + count));
    }
  });

  test("counts what it served, the longest wait of each unit, and refuses what it must", async () => {
    const clock = new FakeClock();
    await using plant = await startLoadPlant({ ...size, clock });
    using one = await tcpClient(at(plant.ports, 0), { unit: 1 });
    using six = await tcpClient(at(plant.ports, 1), { unit: 3 });
    for (let i = 0; i < 3; i += 1) {
      await one.client.readHoldingRegisters(0, 124);
      await six.client.readHoldingRegisters(100, 40);
      await clock.advance(i === 1 ? 2500 : 1000);
    }
    await six.client.readHoldingRegisters(100, 40);
    expect(plant.status()).toMatchObject({ requests: 7, floats: 3 * 62 + 4 * 20, connections: 2 });
    expect(plant.status().worstGap).toMatchObject({ ms: 2500 });
    expect(plant.status().worstGapMs.filter((ms) => ms > 0)).toEqual([2500, 2500]);
    await expect(one.client.readHoldingRegisters(139, 2)).rejects.toBeTruthy();
    await expect(one.client.readInputRegisters(0, 2)).rejects.toBeTruthy();
    await expect(one.client.writeSingleRegister(0, 1)).rejects.toBeTruthy();
    expect(plant.status()).toMatchObject({ refused: 3, writeAttempts: 1 });
    plant.reset();
    expect(plant.status()).toMatchObject({ requests: 0, worstGap: null, writeAttempts: 1 });
  });

  test("runs as a process of its own and reports when asked", async () => {
    await using plant = await startLoadPlantProcess(size);
    expect(plant.ports.length).toBe(2);
    using line = await tcpClient(at(plant.ports, 0), { unit: 1 });
    await line.client.readHoldingRegisters(0, 2);
    const status = await plant.status();
    expect(status).toMatchObject({ requests: 1, floats: 1, writeAttempts: 0 });
    expect(status.cpuS).toBeGreaterThan(0);
    expect((await plant.reset()).requests).toBe(0);
  });

  test("its site file loads and names every float", () => {
    const text = loadSiteFile(
      { ports: [15_020, 15_021], size: { ...size, tickMs: 100 } },
      { uplinkUrl: "mqtt://127.0.0.1:1883", every: "500ms" },
    );
    const site = loadSite({ file: "load.yaml", text });
    if (!site.ok) throw new Error(JSON.stringify(site.error));
    const faults = checkSite(site.value, checkIoFor("site.yaml")).filter(
      ({ severity }) => severity === "error",
    );
    expect(faults).toEqual([]);
    const { points, devices } = site.value.site;
    expect(Object.keys(points).length).toBe(420);
    expect(loadIndexOf(loadTag(299))).toBe(299);
    // Float 299: unit 4 of all (port 1, unit 2), float 19 of it.
    expect(points[loadTag(299)]).toMatchObject({ device: "d4", register: { address: 38 } });
    expect(devices["d4"]).toMatchObject({ bus: "b1", unit: 2 });
  });
});
