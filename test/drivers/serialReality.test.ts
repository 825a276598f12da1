/** Adapters that are pulled out and come back, the RS-485 driver's direction, and what is said when a port cannot be had. */

import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SerialPort } from "serialport";
import { describe, expect, test } from "vitest";
import { missingWords, openErrorWords } from "../../drivers/lines/portWords.ts";
import { rtsDriven } from "../../drivers/lines/rtsDirection.ts";
import { serialNames } from "../../drivers/lines/serialNames.ts";
import { rtuWire } from "../fakes/memoryWires.ts";
import { ask, outcome, realClock, rtuLineTo } from "../fakes/modbusAsk.ts";
import { rtuFrame } from "../fakes/modbusFrames.ts";
import { ModbusRtuDevice } from "../fakes/modbusRtuDevice.ts";
import { serialBus } from "../fakes/modbusSite.ts";
import { openSerialPair } from "../fakes/serialPair.ts";

class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "hazgate-serial-"));
  /** As udev does it: the name stays, the device behind it changes. */
  link(name: string, device: string): string {
    const link = join(this.path, name);
    symlinkSync(device, `${link}.new`);
    renameSync(`${link}.new`, link);
    return link;
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

test("an adapter pulled out and plugged in again, as another device behind its name, is read again", async () => {
  using folder = new Folder();
  let device = new ModbusRtuDevice();
  const name = folder.link("usb-FTDI_A1B2-if00-port0", device.path);
  await using line = rtuLineTo(name);
  expect(outcome(await ask(line))).toBe("ok");
  for (let round = 0; round < 3; round += 1) {
    await device.pair.unplug();
    rmSync(name);
    const gone = await ask(line);
    expect(outcome(gone)).not.toBe("ok");
    let words = "";
    while (!words.includes("no such port")) {
      const answer = await ask(line, { timeoutMs: 20 });
      words = answer.ok ? "" : answer.error.message;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(words).toContain(name);
    await device[Symbol.asyncDispose]();
    device = new ModbusRtuDevice();
    folder.link("usb-FTDI_A1B2-if00-port0", device.path);
    while (outcome(await ask(line)) !== "ok")
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await device[Symbol.asyncDispose]();
}, 60_000);

describe("a driver switched by RTS", () => {
  test.each([false, true])("is on for exactly the request (inverted: %s)", async (invert) => {
    await using pair = openSerialPair();
    const bus = serialBus(pair.path, {
      rs485: { mode: "rts", invert, before: "1ms", after: "1ms" },
    });
    const serial = new SerialPort({ path: pair.path, baudRate: bus.baud, autoOpen: false });
    expect(await new Promise((resolve) => serial.open(resolve))).toBeNull();
    const steps: string[] = [];
    // A pseudo-terminal has no RTS: what the adapter would be told is noted, all else is real.
    const handle = rtsDriven(
      {
        set({ rts }, done) {
          steps.push(rts === invert ? "receive" : "send");
          queueMicrotask(() => done(null));
        },
        write(bytes, done) {
          steps.push("write");
          serial.write(bytes, done);
        },
        flush: (done) => serial.flush(done),
        drain(done) {
          steps.push("drain");
          serial.drain(done);
        },
      },
      bus,
      realClock,
    );
    let received = 0;
    const atFarEnd = new Promise<void>((resolve) => {
      pair.onBytes((bytes) => {
        received += bytes.length;
        if (received === 8) resolve();
      });
    });
    const error = await new Promise<Error | null | undefined>((resolve) =>
      handle.write(Buffer.alloc(8), resolve),
    );
    await atFarEnd;
    expect(error ?? null).toBeNull();
    expect(steps).toEqual(["send", "write", "drain", "receive"]);
    await new Promise((resolve) => serial.close(resolve));
  });

  test("is refused in words on a port without RTS", async () => {
    await using device = new ModbusRtuDevice();
    await using line = rtuLineTo(device.path, { rs485: { mode: "rts" } });
    const answer = await ask(line);
    expect(answer).toMatchObject({
      error: { kind: "lineDown", message: expect.stringContaining("RTS cannot be switched") },
    });
    expect(device.bytesReceived).toBe(0);
  });

  test("gives the time of its pause to the unit, not the time-out's", async () => {
    const wire = rtuWire(9_600, { leadMs: 50 });
    const startMs = wire.clock.monotonicMs();
    const answer = await wire.read({
      unit: 1,
      table: "holding",
      address: 0,
      count: 1,
      timeoutMs: 100,
    });
    expect(outcome(answer)).toBe("timeout");
    expect(wire.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(150);
  });
});

test("a reply that a USB adapter hands over in pieces, pauses of 16 ms between them, is one reply", async () => {
  const wire = rtuWire(115_200);
  const reply = rtuFrame(1, 3, 20, ...Array.from({ length: 20 }, (_, i) => i));
  wire.farEnd = () => {
    for (let at = 0; at < reply.length; at += 6) {
      const piece = reply.subarray(at, at + 6);
      wire.clock.timer(5 + (at / 6) * 16, () => wire.receive(piece));
    }
  };
  const question = { unit: 1, table: "holding", address: 0, count: 10, timeoutMs: 100 } as const;
  expect(outcome(await wire.read(question))).toBe("ok");
  // Also when the time-out rings amid them.
  expect(outcome(await wire.read({ ...question, timeoutMs: 40 }))).toBe("ok");
});

describe("words of a port that cannot be opened", () => {
  const path = "/dev/ttyUSB9";
  const words = (text: string): string => openErrorWords(new Error(text), path);

  test("say what to do", () => {
    expect(words("Error: Permission denied, cannot open /dev/ttyUSB9")).toMatch(
      /not in the group dialout; `sudo usermod -aG dialout \w+`/,
    );
    expect(words("Error Resource temporarily unavailable Cannot lock port")).toContain("fuser -v");
    expect(words("Error: No such file or directory, cannot open")).toContain(
      "is the adapter plugged in",
    );
    expect(words("Error: Input/output error, cannot open")).toContain(
      "no serial port behind this name",
    );
    expect(words("Error: Inappropriate ioctl for device, cannot open")).toContain(
      "is no serial port",
    );
    expect(words("something new")).toBe("/dev/ttyUSB9: something new");
  });

  test("name the adapters that are there", () => {
    using folder = new Folder();
    const name = folder.link("usb-FTDI_A1B2-if00-port0", "/dev/null");
    folder.link("usb-gone", "/dev/does-not-exist");
    const names = serialNames(folder.path);
    expect(names).toEqual([{ name, device: "/dev/null" }]);
    expect(missingWords(path, names)).toContain(`plugged in now: ${name}`);
    expect(missingWords(path, serialNames("/does/not/exist"))).toContain("no USB adapter");
  });

  test("a file that is no port is told as such", async () => {
    using folder = new Folder();
    const file = join(folder.path, "ttyUSB0");
    writeFileSync(file, "");
    await using line = rtuLineTo(file);
    expect(await ask(line)).toMatchObject({
      error: { message: expect.stringContaining("is no serial port") },
    });
  });
});
