/** No Modbus write leaves this program: not on the wire, and not in the sources. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import modbusSerial from "modbus-serial";
import { describe, expect, it } from "vitest";
import { BugError } from "../../config/words/result.ts";
import { assertReads, putRead } from "../../drivers/modbus/mbap.ts";
import { readFrameOf } from "../../drivers/modbus/readPort.ts";
import { RtuPort } from "../../drivers/modbus/rtuPort.ts";
import { type MemoryWire, rtuWire } from "../fakes/memoryWires.ts";
import { ask, outcome, rtuLineTo, tcpLineTo } from "../fakes/modbusAsk.ts";
import { rtuFrame } from "../fakes/modbusFrames.ts";
import { ModbusRtuDevice } from "../fakes/modbusRtuDevice.ts";
import { ModbusTcpDevice } from "../fakes/modbusTcpDevice.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Source {
  readonly path: string;
  readonly text: string;
}
function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(root.length), text: readFileSync(path, "utf8") }));
}

const writes =
  /\b(?:write(?:Coils?|Registers?|RegisterEnron)|maskWriteRegister|customFunction|writeCustomFC|readWrite\w*)\b|\bwriteFC(?![1-4]\b)/;
const computed = /\[\s*[`"']write|\bwriteFC\$\{/;

describe("the sources", () => {
  const sources = ["agent", "drivers", "config"].flatMap(sourcesIn);

  it("were read", () => {
    expect(sources.some(({ path }) => path === "drivers/modbus/client.ts")).toBe(true);
  });

  it.each([
    "client.writeFC5(1, 0, true, done)",
    "client.writeFC16(1, 0, [1], done)",
    "client.writeRegister(0, 1)",
    "client.writeRegisters(0, [1])",
    "client.writeCoil(0, true)",
    "client.writeCoils(0, [true])",
    "client.maskWriteRegister(0, 1, 1)",
    "client.writeCustomFC(1, 66, [], done)",
    'client["writeFC" + code]',
    "client[`writeFC$".concat("{code}`]"),
  ])("would be caught naming %s", (text) => {
    expect(writes.test(text) || computed.test(text)).toBe(true);
  });

  it("name no write function of the library, and compose no name of one", () => {
    const guilty = sources.filter(({ text }) => writes.test(text) || computed.test(text));
    expect(guilty.map(({ path }) => path)).toEqual([]);
  });

  it("hand bytes to a wire in the two ports only, behind the guard", () => {
    const writers = sources.filter(
      ({ path, text }) => path.startsWith("drivers/") && /\.write\(|socket\.send\(/.test(text),
    );
    // The lines pass their port's own bytes on to serialport, a socket or a datagram; cameras hang on no bus.
    expect(writers.map(({ path }) => path).sort()).toEqual([
      "drivers/cameras/onvif/discoveryChild.ts",
      "drivers/cameras/rtsp/connection.ts",
      "drivers/lines/rtsDirection.ts",
      "drivers/lines/rtuOverTcpLine.ts",
      "drivers/lines/serialLine.ts",
      "drivers/lines/udpLine.ts",
      "drivers/modbus/rtuPort.ts",
      "drivers/modbus/tcpPort.ts",
    ]);
    const guards = {
      "drivers/modbus/rtuPort.ts": [
        "  write(frame: Buffer): void {",
        "const read = readFrameOf(frame);",
      ],
      "drivers/modbus/tcpPort.ts": ["  #send(bytes: Buffer): void {", "assertReads(bytes);"],
    } as const;
    for (const [path, [head, guard]] of Object.entries(guards)) {
      const text = writers.find((one) => one.path === path)?.text ?? "";
      expect(text.match(/\.write\(/g), path).toHaveLength(1);
      const [, firstLine = ""] = text.slice(text.indexOf(head)).split("\n");
      expect(firstLine.trim(), path).toBe(guard);
      expect(text.indexOf(".write("), path).toBeGreaterThan(text.indexOf(head));
    }
  });

  it("reach the library and serialport from the drivers only, outside the simulator", () => {
    const users = sources.filter(
      ({ path, text }) =>
        !path.startsWith("agent/sim/") && /from\s+"(?:modbus-serial|serialport)"/.test(text),
    );
    expect(users.map(({ path }) => path).sort()).toEqual([
      "drivers/lines/serialLine.ts",
      "drivers/modbus/client.ts",
    ]);
  });
});

describe("the guard", () => {
  it("lets the four reads pass and nothing else, whatever the frame", () => {
    for (let code = 0; code <= 255; code += 1) {
      const frame = rtuFrame(1, code, 0, 0, 0, 1);
      if (code >= 1 && code <= 4) expect(readFrameOf(frame).functionCode).toBe(code);
      else expect(() => readFrameOf(frame)).toThrow(BugError);
    }
    expect(() => readFrameOf(rtuFrame(1, 3, 0, 0, 0, 1, 2))).toThrow(BugError);
    expect(() => readFrameOf(Buffer.alloc(0))).toThrow(BugError);
  });

  it("lets whole TCP reads pass and nothing else, wherever in a batch it stands", () => {
    const read = { unit: 1, table: "holding", address: 7, count: 2, timeoutMs: 1 } as const;
    const batch = Buffer.alloc(3 * 12);
    for (let i = 0; i < 3; i += 1) putRead(batch, i * 12, i, read);
    expect(() => assertReads(batch)).not.toThrow();
    for (let code = 0; code <= 255; code += 1) {
      const other = Buffer.from(batch);
      other[12 * (code % 3) + 7] = code;
      if (code >= 1 && code <= 4) expect(() => assertReads(other)).not.toThrow();
      else expect(() => assertReads(other)).toThrow(BugError);
    }
    for (let length = 0; length < batch.length; length += 1) {
      if (length % 12 === 0 && length > 0) continue;
      expect(() => assertReads(batch.subarray(0, length))).toThrow(BugError);
    }
    for (const at of [2, 3, 4, 5]) {
      const other = Buffer.from(batch);
      other[at] = 9;
      expect(() => assertReads(other)).toThrow(BugError);
    }
  });

  type Library = InstanceType<typeof modbusSerial.default> &
    Record<"writeFC17" | "writeFC20" | "writeFC43", (...args: unknown[]) => void>;
  const done = (): void => {};
  const calls: readonly (readonly [string, (library: Library) => unknown])[] = [
    ["writeFC5", (library) => library.writeFC5(1, 0, true, done)],
    ["writeFC6", (library) => library.writeFC6(1, 0, 1, done)],
    ["writeFC15", (library) => library.writeFC15(1, 0, [true], done)],
    ["writeFC16", (library) => library.writeFC16(1, 0, [1], done)],
    ["writeFC17", (library) => library.writeFC17(1, 0, 0, done)],
    ["writeFC20", (library) => library.writeFC20(1, 1, 1, done)],
    ["writeFC22", (library) => library.writeFC22(1, 0, 1, 1, done)],
    ["writeFC23", (library) => library.writeFC23(1, 0, 1, 0, 1, [1], done)],
    ["writeFC43", (library) => library.writeFC43(1, 1, 0, done)],
    ["writeCustomFC", (library) => library.writeCustomFC(1, 66, [1], done)],
  ];
  /** TCP requests are made without the library. */
  describe("over RTU", () => {
    const portOf = (wire: MemoryWire): RtuPort => {
      if (!(wire.port instanceof RtuPort)) throw new Error("no serial port");
      return wire.port;
    };
    it.each(calls)("stops the library's own %s, and sends no byte", async (_n, call) => {
      const wire = rtuWire();
      const library = new modbusSerial.default(portOf(wire)) as Library;
      library.open(done);
      portOf(wire).expect(100, done);
      expect(() => call(library)).toThrow(BugError);
      await wire.clock.advance(200);
      expect(wire.sent).toEqual([]);
    });
    it("stops the library's promised writes too", async () => {
      const wire = rtuWire();
      const library = new modbusSerial.default(portOf(wire)) as Library;
      library.open(done);
      const writing = [
        library.writeRegister(0, 1),
        library.writeRegisters(0, [1]),
        library.writeCoil(0, true),
        library.writeCoils(0, [true]),
      ];
      for (const one of await Promise.allSettled(writing)) {
        expect(one).toMatchObject({ status: "rejected", reason: { name: "BugError" } });
      }
      expect(wire.sent).toEqual([]);
    });
  });
});

describe("on the wire", () => {
  it("a long run of random questions holds reads only", async () => {
    await using tcp = await ModbusTcpDevice.start();
    await using rtu = new ModbusRtuDevice();
    await using tcpLine = tcpLineTo(tcp.port);
    await using rtuLine = rtuLineTo(rtu.path);
    const tables = ["coil", "discrete", "holding", "input"] as const;
    for (let index = 0; index < 400; index += 1) {
      const question = {
        unit: 1 + (index % 200),
        table: tables[(index * 7) % 4] ?? "holding",
        address: (index * 7919) % 60_000,
        count: 1 + ((index * 31) % 125),
        timeoutMs: 2_500,
      } as const;
      expect(outcome(await ask(tcpLine, question))).toBe("ok");
      if (index % 4 === 0) expect(outcome(await ask(rtuLine, question))).toBe("ok");
    }
    expect([...tcp.functionCodes].sort()).toEqual([1, 2, 3, 4]);
    for (const code of rtu.functionCodes) expect([1, 2, 3, 4]).toContain(code);
  });
});
