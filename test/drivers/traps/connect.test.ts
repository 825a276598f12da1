/** Traps of modbus-serial and serialport around connecting, closing and object state. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import modbusSerial from "modbus-serial";
import { SerialPort } from "serialport";
import { afterEach, describe, expect, it } from "vitest";
import {
  type BareClient,
  bareRtu,
  bareTcp,
  dropBare,
  settledWithin,
} from "../../fakes/bareLibrary.ts";
import { type DeafHost, startDeafHost } from "../../fakes/deafHost.ts";
import {
  ask,
  neverAborts,
  outcome,
  registers,
  rtuLineTo,
  tcpLineTo,
} from "../../fakes/modbusAsk.ts";
import { rtuFrame } from "../../fakes/modbusFrames.ts";
import { answerRtuWell, ModbusRtuDevice, type RtuBehaviour } from "../../fakes/modbusRtuDevice.ts";
import { answerWell, ModbusTcpDevice } from "../../fakes/modbusTcpDevice.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
function keep<T extends AsyncDisposable>(one: T): T {
  open.push(one);
  return one;
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("24: a host that never answers the SYN", () => {
  /** Not by `close`: that waits for a connection there never was. */
  function bareTo(host: DeafHost, timeoutMs?: number) {
    const client = new modbusSerial.default();
    client.on("error", () => {});
    if (timeoutMs !== undefined) client.setTimeout(timeoutMs);
    keep({
      async [Symbol.asyncDispose]() {
        client.destroy(() => {});
        await pause(10);
      },
    });
    const connected = client.connectTCP("127.0.0.1", { port: host.port });
    connected.catch(() => {});
    return { client, connected };
  }

  it("keeps the bare library waiting; ours is lineDown within its bound, and no socket is left", async () => {
    const host = keep(await startDeafHost());
    const { client, connected } = bareTo(host);
    const line = keep(tcpLineTo(host.port));
    const answer = await line.turn({ deadlineMs: 20_000, signal: neverAborts }, (io, signal) =>
      io.read({ unit: 1, table: "holding", address: 0, count: 1, timeoutMs: 100, signal }),
    );
    expect(answer).toMatchObject({
      error: { kind: "lineDown", message: expect.stringContaining("no connection within 3000 ms") },
    });
    expect(await settledWithin(connected, 50)).toBe(false);
    expect(host.asking()).toBe(1);
    client.destroy(() => {});
    await pause(50);
    expect(host.asking()).toBe(0);
  });

  it("is given up by the bare library with a time-out set, but its socket connects later", async () => {
    const host = keep(await startDeafHost());
    const { client, connected } = bareTo(host, 100);
    await expect(connected).rejects.toThrow("TCP Connection Timed Out");
    expect(client.isOpen).toBe(false);
    host.wake();
    for (let tries = 0; !client.isOpen && tries < 1_000; tries += 1) await pause(10);
    expect(client.isOpen).toBe(true);
  });

  it("a stop while ours still connects leaves no socket either", async () => {
    const host = keep(await startDeafHost());
    const line = tcpLineTo(host.port);
    const reading = ask(line);
    await pause(50);
    expect(host.asking()).toBe(1);
    await line[Symbol.asyncDispose]();
    expect(["aborted", "lineDown"]).toContain(outcome(await reading));
    expect(host.asking()).toBe(0);
  });
});

describe("26: two callers at the same time, each with a unit and a time-out", () => {
  it("mix them up on the bare object, which holds both for all", async () => {
    const device = keep(await ModbusTcpDevice.start());
    const client = await bareTcp(device.port);
    keep(dropBare(client));
    const caller = async (unit: number, timeoutMs: number): Promise<void> => {
      client.setID(unit);
      client.setTimeout(timeoutMs);
      await pause(0);
      await client.readHoldingRegisters(0, 1);
    };
    await Promise.all([caller(1, 2_000), caller(2, 1_000)]);
    expect(device.requests.map(({ unit }) => unit)).toEqual([2, 2]);
    expect(client.getTimeout()).toBe(1_000);
  });

  it("each get their own in ours: they go with the question", async () => {
    const device = keep(
      await ModbusTcpDevice.start((stage) => {
        if (stage.request.unit === 1) setTimeout(() => answerWell(stage), 150);
      }),
    );
    const line = keep(tcpLineTo(device.port));
    const [first, second] = await Promise.all([
      ask(line, { unit: 1, timeoutMs: 2_500 }),
      ask(line, { unit: 2, timeoutMs: 50 }),
    ]);
    expect(device.requests.map(({ unit }) => unit)).toEqual([1, 2]);
    expect([outcome(first), outcome(second)]).toEqual(["ok", "timeout"]);
  });
});

describe("29: an adapter that falls silent without a word", () => {
  it("stays open for ever on the bare library, and no event tells", async () => {
    const device = keep(new ModbusRtuDevice(() => {}));
    const client = await bareRtu(device.path);
    keep(dropBare(client));
    client.setTimeout(10);
    let closes = 0;
    client.on("close", () => {
      closes += 1;
    });
    for (let count = 0; count < 20; count += 1) {
      await expect(client.readHoldingRegisters(0, 1)).rejects.toThrow("Timed out");
    }
    expect([client.isOpen, closes]).toEqual([true, 0]);
  });

  it("is closed and opened again by ours, which says why in words", async () => {
    const device = keep(new ModbusRtuDevice(() => {}));
    const line = keep(rtuLineTo(device.path));
    const told: string[] = [];
    for (let count = 0; count < 40 && told.length === 0; count += 1) {
      const answer = await ask(line, { unit: 1 + (count % 5), timeoutMs: 10 });
      if (!answer.ok && answer.error.kind === "lineDown") told.push(answer.error.message);
    }
    expect(told).toEqual([expect.stringContaining("no unit on this line answers")]);
    device.behave = answerRtuWell;
    for (let tries = 0; tries < 40; tries += 1) {
      if (outcome(await ask(line)) === "ok") return;
      await pause(100);
    }
    expect.fail("the line did not come back");
  });
});

describe("30: foreign traffic before the reply", () => {
  const foreign: RtuBehaviour = (stage) => {
    // Another unit's reply with our length, as a second master on the wire calls it forth.
    stage.send(rtuFrame(9, stage.request.functionCode, 2, 0xab, 0xcd));
    stage.send(rtuFrame(...stage.right), 20);
  };
  it("is no value of this unit, neither on the bare library nor in ours", async () => {
    const bareDevice = keep(new ModbusRtuDevice(foreign));
    const client: BareClient = await bareRtu(bareDevice.path);
    keep(dropBare(client));
    client.setTimeout(300);
    const device = keep(new ModbusRtuDevice(foreign));
    const line = keep(rtuLineTo(device.path));
    for (let tick = 0; tick < 3; tick += 1) {
      const { data } = await client.readHoldingRegisters(0, 1);
      expect(registers(await ask(line, { count: 1 }))).toEqual(data);
      expect(data).not.toEqual([0xabcd]);
    }
  });
});

describe("22: listing the ports of a machine without udev", () => {
  it("is rejected by the bare library", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      await expect(SerialPort.list()).rejects.toThrow("spawn udevadm ENOENT");
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("is never asked for by the product", () => {
    const lists =
      /\b(?:SerialPort|Binding\w*)\s*(?:\?\.|\.)\s*list\b|\[\s*["'`]list["'`]\s*\]|\{\s*list\b/;
    expect(
      ["await SerialPort.list()", "autoDetect().x; Binding.list()"].every((t) => lists.test(t)),
    ).toBe(true);
    const root = fileURLToPath(new URL("../../..", import.meta.url));
    const files = ["agent", "drivers", "config"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    const users = files.filter((file) => readFileSync(file, "utf8").includes('"serialport"'));
    expect(users.map((file) => file.slice(root.length))).toContain("drivers/lines/serialLine.ts");
    expect(users.filter((file) => lists.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});
