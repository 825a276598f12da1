import { describe, expect, test } from "vitest";
import { checkIoFor } from "../../agent/checkIo.ts";
import { instruments } from "../../agent/sim/plant/instruments.ts";
import { crcOf } from "../../agent/sim/plant/rtuFrame.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import { checkSite } from "../../config/check.ts";
import { loadSite } from "../../config/load.ts";
import type { Point, Site } from "../../config/site.ts";
import { RawGateway } from "./rawGateway.ts";
import { RawSerial, readRequest, unsealed } from "./rawSerial.ts";
import { runningPlant, tcpClient, tcpLine } from "./runningPlant.ts";

const plant = {
  tcp: [
    { id: "farm-tcp" as const, host: "127.0.0.1", port: 15_020 },
    { id: "sphere-tcp" as const, host: "127.0.0.1", port: 15_021 },
  ],
  serial: [{ id: "field-485" as const, path: "/tmp/port", baud: 9600 }],
  gateways: [{ id: "yard-gw" as const, host: "127.0.0.1", port: 15_022, baud: 19_200 }],
};

function loaded(text: string) {
  const site = loadSite({ file: "site.yaml", text });
  if (!site.ok) throw new Error(JSON.stringify(site.error, null, 1));
  return site.value;
}

describe("the plant's site file", () => {
  test.each(["zh", "en"] as const)(
    "loads, and the check finds nothing at all in it (%s)",
    (lang) => {
      const text = siteFile(plant, {
        uplinkUrl: "mqtt://127.0.0.1:1883",
        protocol: 5,
        ack: "platform",
        lang,
      });
      expect(checkSite(loaded(text), checkIoFor("site.yaml"))).toEqual([]);
    },
  );

  test("describes six tanks with level, pressure, temperature and two gas detectors each", () => {
    const text = siteFile(plant, {
      uplinkUrl: "mqtt://h:1",
      protocol: 4,
      ack: "broker",
      lang: "en",
    });
    const { site } = loaded(text);
    const tanks = Object.entries(site.tanks).filter(([id]) => id.startsWith("T-"));
    expect(tanks.length).toBe(6);
    for (const [id, { points }] of tanks) {
      const kinds = points.map((tag) => site.points[tag]?.kind);
      // The sphere's three level gauges vote.
      expect(kinds.splice(6)).toEqual(id === "T-105" ? ["level", "level"] : []);
      expect(kinds).toEqual([
        "level",
        "pressure",
        "temperature",
        "gas-combustible",
        "gas-toxic",
        "state",
      ]);
    }
    expect(Object.keys(site.points)).toEqual(instruments.map(({ tag }) => tag));
    expect(site.uplinks["platform"]).toMatchObject({
      url: "mqtt://h:1",
      protocol: 4,
      ack: "broker",
    });
    const reporting = Object.values(site.points).filter(({ report }) => report !== undefined);
    expect(reporting.length).toBeGreaterThan(10);
    expect(reporting.length).toBeLessThan(Object.keys(site.points).length - 10);
  });

  test("is true: every point, read as the file says, gives what the instrument shows", async () => {
    await using run = await runningPlant();
    const text = siteFile(run.plant, {
      uplinkUrl: "mqtt://127.0.0.1:1",
      protocol: 5,
      ack: "platform",
      lang: "zh",
    });
    const { site } = loaded(text);
    await using serial = await RawSerial.open(run.plant.serial[0]?.path ?? "");
    const [yard] = run.plant.gateways;
    if (yard === undefined) throw new Error("no gateway");
    await using gateway = await RawGateway.open(yard);
    for (const [tag, point] of Object.entries(site.points)) {
      const read = readerOf(site, point, { run, serial, gateway });
      const { value } = run.plant.shown(tag);
      // Half of the last digit that the register can tell.
      const digit = Math.max(
        10 ** -(point.decimals ?? 0),
        (point.range[1] - point.range[0]) / 2600,
      );
      expect(Math.abs((await readPoint(point, read)) - value), tag).toBeLessThanOrEqual(digit);
    }
  });
});

type Read = (address: number, count: number) => Promise<Buffer>;

function readerOf(
  site: Site,
  point: Point,
  at: { run: Awaited<ReturnType<typeof runningPlant>>; serial: RawSerial; gateway: RawGateway },
): Read {
  const device = site.devices[point.device];
  if (device === undefined) throw new Error(point.device);
  const code = { coil: 1, discrete: 2, holding: 3, input: 4 }[point.register.table];
  if (device.bus === "yard-gw") {
    return async (address, count) => {
      at.gateway.send(readRequest(device.unit, code, { address, count }));
      return unsealed(await at.gateway.take(5 + 2 * count))?.subarray(3) ?? Buffer.alloc(0);
    };
  }
  if (device.bus === "field-485") {
    return async (address, count) => {
      at.serial.send(readRequest(device.unit, code, { address, count }));
      return unsealed(await at.serial.take(5 + 2 * count))?.subarray(3) ?? Buffer.alloc(0);
    };
  }
  return async (address, count) => {
    using line = await tcpClient(tcpLine(at.run.plant, device.bus), { unit: device.unit });
    const { client } = line;
    if (code === 1) return (await client.readCoils(address, count)).response.body.valuesAsBuffer;
    if (code === 2) {
      return (await client.readDiscreteInputs(address, count)).response.body.valuesAsBuffer;
    }
    const asked =
      code === 3
        ? await client.readHoldingRegisters(address, count)
        : await client.readInputRegisters(address, count);
    return asked.response.body.valuesAsBuffer;
  };
}

/** Decodes as the words of the site file say, independently of the drivers. */
async function readPoint(point: Point, read: Read): Promise<number> {
  const { address = -1, type, order, decimalsAt } = point.register;
  if (type === "bool") return (await read(address, 1))[0] ?? -1;
  let bytes = await read(address, type.endsWith("32") ? 2 : 1);
  if (order === "CDAB") bytes = Buffer.concat([bytes.subarray(2), bytes.subarray(0, 2)]);
  const raw = {
    int16: () => bytes.readInt16BE(0),
    uint16: () => bytes.readUInt16BE(0),
    int32: () => bytes.readInt32BE(0),
    uint32: () => bytes.readUInt32BE(0),
    float32: () => bytes.readFloatBE(0),
    bcd32: () => Number(bytes.toString("hex")),
  }[type as "int16"]();
  if (decimalsAt !== undefined) return raw / 10 ** (await read(decimalsAt, 1)).readUInt16BE(0);
  const { scale, range } = point;
  if (scale === undefined) return raw;
  if ("factor" in scale) return raw * scale.factor;
  if (!("loop" in scale)) throw new Error("no such scale in this plant");
  const [low, high] = scale.loop;
  return range[0] + ((raw - low) / (high - low)) * (range[1] - range[0]);
}

test("the slave's checksum is the one of the specification's example", () => {
  // Modbus over serial line, appendix B: 02 07 -> 41 12 on the wire.
  expect(crcOf(Uint8Array.of(2, 7))).toBe(0x1241);
});
