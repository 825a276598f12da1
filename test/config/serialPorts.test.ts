import { describe, expect, test } from "vitest";
import type { CheckIo } from "../../config/check.ts";
import { faultsOf, tidyBox } from "./exampleSite.ts";
import { changed } from "./siteCases.ts";

const name = "/dev/serial/by-id/usb-FTDI_A1B2-if00-port0";
const other = "/dev/serial/by-id/usb-FTDI_C3D4-if00-port0";
const box: CheckIo = {
  ...tidyBox,
  serialNames: () => [
    { name, device: "/dev/ttyUSB0" },
    { name: other, device: "/dev/ttyUSB1" },
  ],
};
const rtu = (port: string): object => ({ type: "modbus-rtu", port });

describe("on the box itself", () => {
  test("the lasting name of a numbered port is told", () => {
    const [fault, ...rest] = faultsOf(changed({ "buses.S1": rtu("/dev/ttyUSB1") }), box);
    expect(rest).toEqual([]);
    expect(fault).toMatchObject({ code: "W106", fixEn: `name it for good: port: ${other}` });
  });

  test("what is plugged in is told for a port that is not there", () => {
    const [fault] = faultsOf(changed({ "buses.S1": rtu("/dev/ttyUSB7") }), box);
    expect(fault?.fixEn).toBe(`plugged in now: ${name}, ${other}`);
    expect(fault?.fixZh).toContain(name);
  });

  test("one adapter under two names is one port, and a lasting name is nothing to warn of", () => {
    const twice = changed({ "buses.S1": rtu(name), "buses.S2": rtu("/dev/ttyUSB0") });
    expect(faultsOf(twice, box).map(({ code }) => code)).toContain("E104");
    const apart = changed({ "buses.S1": rtu(name), "buses.S2": rtu(other) });
    expect(faultsOf(apart, box).map(({ code }) => code)).not.toContain("E104");
    expect(faultsOf(changed({ "buses.S1": rtu(name) }), box)).toEqual([]);
  });
});
