import { describe, expect, test } from "vitest";
import { type RegisterWords, registerTarget } from "../../agent/install/registerTarget.ts";
import { loadSite } from "../../config/load.ts";
import type { Site } from "../../config/site.ts";
import { modiconNumber } from "../../config/words/registerAddress.ts";

const none = { bus: null, host: null, serial: null, baud: null, parity: null } as const;
const words = (target: string, given: Partial<RegisterWords> = {}): RegisterWords => ({
  ...{ target, table: null, count: null, ...none },
  ...given,
});

function site(): Site {
  const loaded = loadSite({
    file: "site.yaml",
    text: `
site: { id: p, name: P }
buses:
  one: { type: modbus-tcp, host: 127.0.0.1 }
  two: { type: modbus-rtu, port: /dev/ttyS0 }
devices: { a: { bus: one, unit: 1 }, b: { bus: two, unit: 3 } }
points:
  LT-1: { device: b, kind: level, name: L, unit: mm, range: [0, 10], register: { address: 4 }, every: 1s }
`,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value.site;
}

describe("which register is meant", () => {
  const host = { host: "10.0.0.5:1502" };
  test.each([
    ["3:0", {}, { unit: 3, table: "holding", address: 0, count: 2 }],
    ["3:0x10", { count: 1 }, { unit: 3, table: "holding", address: 16, count: 1 }],
    ["3:40001", {}, { unit: 3, table: "holding", address: 0, count: 2 }],
    ["3:30017", {}, { unit: 3, table: "input", address: 16, count: 2 }],
    ["3:10001", {}, { unit: 3, table: "discrete", address: 0, count: 2 }],
    ["3:465536", {}, { unit: 3, table: "holding", address: 65_535, count: 2 }],
    ["3:40001", { table: "input" }, { unit: 3, table: "input", address: 40_001, count: 2 }],
    ["3:9999", {}, { unit: 3, table: "holding", address: 9_999, count: 2 }],
  ] as const)("%s %j", (target, given, span) => {
    expect(registerTarget(words(target, { ...host, ...given }), null)).toMatchObject({
      ok: true,
      value: {
        bus: { type: "modbus-tcp", host: "10.0.0.5", port: 1502 },
        of: { kind: "span", span },
      },
    });
  });

  test.each([
    ["3:50001", "names no table"],
    ["3:20000", "names no table"],
    ["300:1", "not 0..255"],
    ["LT-1", "no site file knows"],
  ])("%s is refused in words", (target, why) => {
    const answer = registerTarget(words(target, host), null);
    expect(answer.ok ? "" : answer.error.en).toContain(why);
  });

  test("a tag brings its bus; a unit that one bus alone has finds it; else the bus must be named", () => {
    expect(registerTarget(words("LT-1"), site())).toMatchObject({
      ok: true,
      value: { busName: "two", of: { kind: "point", deviceId: "b" } },
    });
    expect(registerTarget(words("1:0"), site())).toMatchObject({ value: { busName: "one" } });
    expect(registerTarget(words("3:0"), site())).toMatchObject({ value: { busName: "two" } });
    const open = registerTarget(words("9:0"), site());
    expect(open.ok ? "" : open.error.en).toContain("one, two");
    expect(registerTarget(words("9:0", { bus: "two" }), site())).toMatchObject({
      value: { busName: "two" },
    });
    const unknown = registerTarget(words("LT-2"), site());
    expect(unknown.ok ? "" : unknown.error.en).toContain("LT-1");
  });

  test("a serial line is described by flags, and a nonsense of it is told", () => {
    const serial = { serial: "/dev/ttyUSB0", baud: 19_200, parity: "even" };
    expect(registerTarget(words("1:0", serial), null)).toMatchObject({
      value: { bus: { type: "modbus-rtu", port: "/dev/ttyUSB0", baud: 19_200, parity: "even" } },
    });
    expect(registerTarget(words("1:0", { ...serial, baud: 7 }), null)).toMatchObject({ ok: false });
  });

  test("the number of the manual is what the address came from", () => {
    for (const number of ["40001", "30017", "10001", "00001", "49999", "410000", "465536"]) {
      const answer = registerTarget(words(`1:${number}`, host), null);
      const of = answer.ok ? answer.value.of : null;
      expect(of?.kind === "span" ? modiconNumber(of.span) : "").toBe(number);
    }
  });
});
