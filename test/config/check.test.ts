import { describe, expect, test } from "vitest";
import { faultsOf } from "./exampleSite.ts";
import { type Case, changed, judge } from "./siteCases.ts";

/** A camera without any fault, but for `changes`. */
function cam(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const good = {
    ...{ code: "44190000201310000001", place: "tank-farm", tanks: ["V"] },
    rtsp: "rtsp://10.0.0.9/1",
  };
  return JSON.parse(JSON.stringify({ ...good, ...changes }));
}

/** Each row: what is wrong, how the good site is changed, the code, and the text that is marked. */
const groups: Readonly<Record<string, readonly Case[]>> = {
  references: [
    ["a device on an unknown bus", { "devices.D1.bus": "B9" }, "E101", "B9"],
    ["a point on an unknown device", { "points.L.device": "D9" }, "E101", "D9"],
    ["a name of the language itself", { "points.L.device": "constructor" }, "E101", "constructor"],
    ["a tank with an unknown point", { "tanks.V.points": ["X"] }, "E101", "X"],
    ["a tank of an unknown hazard", { "tanks.V.hazard": "HZ-9" }, "E101", "HZ-9"],
    ["a point of two tanks", { "tanks.W": { name: "W", points: ["L"] } }, "E106", "L"],
    [
      "a hazard twice",
      {
        "site.hazards": [
          { id: "HZ-1", name: "a" },
          { id: "HZ-1", name: "b" },
        ],
      },
      "E107",
      "HZ-1",
    ],
  ],
  cameras: [
    ["one on an unknown tank", { "cameras.c": cam({ tanks: ["X"] }) }, "E101", "X"],
    ["one on an unknown point", { "cameras.c": cam({ points: ["Y"] }) }, "E101", "Y"],
    ["one without an address", { "cameras.c": cam({ rtsp: undefined }) }, "E201", "c"],
    [
      "two with one code",
      { "cameras.c": cam({}), "cameras.d": cam({}) },
      "E202",
      '"44190000201310000001"',
    ],
    [
      "one outside its networks",
      { "cameras.c": cam({ networks: ["10.1.0.0/16"] }) },
      "E203",
      "rtsp://10.0.0.9/1",
    ],
    ["a ring too short for evidence", { "cameras.c": cam({ ring: "20s" }) }, "W204", "20s"],
    ["half a resolution", { "cameras.c": cam({ expected: { width: 1920 } }) }, "W205", "expected"],
    ["a user without a password", { "cameras.c": cam({ username: "u" }) }, "E206", "username"],
    [
      "a check sooner than pictures",
      { "cameras.c": cam({ checks: { black: "5s" } }) },
      "W207",
      "5s",
    ],
    ["one without code", { "cameras.c": cam({ code: undefined }) }, "W201", "c"],
    ["a tank without one", { "cameras.c": cam({ tanks: [] }) }, "W202", "V"],
  ],
  page: [
    ["a port alone", { page: { listen: "8080" } }, "E188", '"8080"'],
    ["a port that is none", { page: { listen: "0.0.0.0:99999" } }, "E188", "0.0.0.0:99999"],
    ["passwords in the open", { page: { listen: "0.0.0.0:8080" } }, "W188", "0.0.0.0:8080"],
  ],
  buses: [
    ["two devices with one unit", { "devices.D2.unit": 1, "devices.D2.bus": "B1" }, "E102", "1"],
    ["the broadcast address on a serial line", { "devices.D3.unit": 0 }, "E103", "0"],
    ["a unit above 247 on a serial line", { "devices.D3.unit": 248 }, "E103", "248"],
    [
      "two buses on one serial port",
      { "buses.S2": { type: "modbus-rtu", port: "/dev/ttyS1" } },
      "E104",
      "/dev/ttyS1",
    ],
    [
      "seven data bits",
      { "buses.S1": { type: "modbus-rtu", port: "/dev/ttyS1", dataBits: 7 } },
      "E109",
      "7",
    ],
    [
      "the kernel's RS-485 mode",
      { "buses.S1": { type: "modbus-rtu", port: "/dev/ttyS1", rs485: { mode: "kernel" } } },
      "E110",
      "kernel",
    ],
    [
      "a port numbered by the order of plugging in",
      { "buses.S1": { type: "modbus-rtu", port: "/dev/ttyUSB0" } },
      "W106",
      "/dev/ttyUSB0",
    ],
    [
      "two buses to one gateway",
      { "buses.B2": { type: "modbus-tcp", host: "10.0.0.1" } },
      "W104",
      "10.0.0.1",
    ],
    [
      "two buses on one converter",
      {
        "buses.B2": { type: "modbus-rtu-over-tcp", host: "10.0.0.9", port: 4001 },
        "buses.B3": { type: "modbus-rtu-over-tcp", host: "10.0.0.9", port: 4001 },
      },
      "E104",
      "10.0.0.9",
    ],
    [
      "the broadcast address behind a converter",
      {
        "buses.B2": { type: "modbus-rtu-over-tcp", host: "10.0.0.9", port: 4001 },
        "devices.D2.bus": "B2",
        "devices.D2.unit": 0,
      },
      "E103",
      "0",
    ],
    [
      "a pause longer than any gateway needs",
      { "buses.B1.betweenRequests": "1min" },
      "E109",
      "1min",
    ],
    [
      "several requests at once, with a pause between them",
      { "buses.B1.betweenRequests": "20ms", "buses.B1.inFlight": 4 },
      "E110",
      "4",
    ],
    ["more connections than devices", { "buses.B1.connections": 8 }, "W109", "8"],
  ],
  registers: [
    ["no address", { "points.L.register": { type: "uint16" } }, "E121", "register"],
    ["two addresses", { "points.L.register": { address: 1, modicon: 40002 } }, "E121", "modicon"],
    ["no such number", { "points.L.register": { modicon: 20001 } }, "E122", "20001"],
    [
      "a number of another table",
      { "points.L.register": { modicon: 30001, table: "holding" } },
      "E123",
      "holding",
    ],
    [
      "past the end of the table",
      { "points.L.register": { address: 65535, type: "float32" } },
      "E123",
      "65535",
    ],
    [
      "a number in a table of bits",
      { "points.L.register": { table: "coil", address: 0, type: "uint16" } },
      "E124",
      "uint16",
    ],
    [
      "a bool in a table of registers",
      { "points.L.register": { address: 0, type: "bool" } },
      "E124",
      "bool",
    ],
    [
      "bits of a long value",
      { "points.L.register": { address: 0, type: "uint32", bits: [0, 1] } },
      "E125",
      "[ 0, 1 ]",
    ],
    [
      "bits in the wrong order",
      { "points.L.register": { address: 0, bits: [5, 2] } },
      "E125",
      "[ 5, 2 ]",
    ],
    [
      "a status word beside a bit",
      {
        "points.L.register": {
          table: "discrete",
          address: 0,
          type: "bool",
          status: { address: 1, rules: [{ bit: 0, quality: "device-fault" }] },
        },
      },
      "E126",
      "status",
    ],
    [
      "a status word too far away",
      {
        "points.L.register": {
          address: 0,
          status: { address: 200, rules: [{ bit: 0, quality: "device-fault" }] },
        },
      },
      "E127",
      "status",
    ],
    [
      "decimals too far away",
      { "points.L.register": { address: 0, decimalsAt: 125 } },
      "E127",
      "125",
    ],
    [
      "a rule without a condition",
      {
        "points.L.register": {
          address: 0,
          status: { address: 1, rules: [{ quality: "device-fault" }] },
        },
      },
      "E128",
      "{ quality: device-fault }",
    ],
    [
      "a rule with two conditions",
      {
        "points.L.register": {
          address: 0,
          status: { address: 1, rules: [{ bit: 0, equals: 1, quality: "device-fault" }] },
        },
      },
      "E128",
      "{ bit: 0, equals: 1, quality: device-fault }",
    ],
    [
      "a rule that changes nothing",
      {
        "points.L.register": {
          address: 0,
          status: { address: 1, rules: [{ bit: 0, quality: "good" }] },
        },
      },
      "W128",
      "good",
    ],
    ["a register in a hole", { "devices.D1.holes": [[0, 3]] }, "E130", "0"],
    [
      "a status word in a hole",
      {
        "devices.D1.holes": [[8, 9]],
        "points.L.register": {
          address: 5,
          status: { address: 10, rules: [{ bit: 0, quality: "device-fault" }] },
        },
      },
      "E130",
      "5",
    ],
    [
      "a value longer than a request",
      { "devices.D1.maxRegisters": 2, "points.L.register": { address: 0, type: "float64" } },
      "E131",
      "float64",
    ],
  ],
  overlaps: [
    [
      "two halves of different values",
      { "points.M.register": { address: 1, type: "float32" } },
      "E129",
      "register",
    ],
    ["a word inside a longer value", { "points.M.register": { address: 1 } }, "W131", "register"],
    [
      "the same register twice",
      { "points.M.register": { address: 0, type: "float32" } },
      "W129",
      "register",
    ],
    [
      "the same registers read in another way",
      { "points.M.register": { address: 0, type: "int32" } },
      "W130",
      "register",
    ],
    [
      "the same registers in another order",
      { "points.M.register": { address: 0, type: "float32", order: "CDAB" } },
      "W130",
      "register",
    ],
  ],
  values: [
    ["a range upside down", { "points.L.range": [100, 0] }, "E113", "[ 100, 0 ]"],
    ["a range without width", { "points.T.range": [5, 5] }, "E113", "[ 5, 5 ]"],
    ["a factor of zero", { "points.L.scale": { factor: 0 } }, "E118", "0"],
    [
      "a scale from nothing",
      { "points.L.scale": { raw: [4, 4], to: [0, 100] } },
      "E118",
      "[ 4, 4 ]",
    ],
    ["a scale to nothing", { "points.L.scale": { raw: [0, 4], to: [7, 7] } }, "E118", "[ 7, 7 ]"],
    ["a loop without span", { "points.L.scale": { loop: [4000, 4000] } }, "E118", "[ 4000, 4000 ]"],
    ["polling without end", { "points.L.every": "0s" }, "E119", "0s"],
    ["polling too fast", { "points.L.every": "50ms" }, "W119", "50ms"],
    [
      "reports that cannot be timed",
      { "points.L.report": { min: "2min", max: "1min" } },
      "E141",
      "2min",
    ],
    ["reports too coarse", { "points.L.report": { deadband: 11 } }, "W141", "11"],
    ["a gas where there is none", { "points.L.gas": "H2S" }, "W117", "gas"],
  ],
  limits: [
    ["L above H", { "points.L.limits": { l: 80, h: 20 } }, "E111", "20"],
    ["LL equal to L", { "points.L.limits": { ll: 10, l: 10 } }, "E111", "10"],
    ["LL above HH with nothing between", { "points.L.limits": { ll: 90, hh: 10 } }, "E111", "10"],
    ["gas levels the wrong way round", { "points.G.limits": { gas1: 25, gas2: 20 } }, "E111", "20"],
    ["a limit above the range", { "points.L.limits": { hh: 101 } }, "E112", "101"],
    ["a limit below the range", { "points.L.limits": { ll: -1 } }, "E112", "-1"],
    [
      "a deadband wider than L..H",
      { "points.L.limits": { l: 40, h: 50, deadband: 10 } },
      "E114",
      "h",
    ],
    [
      "an alarm that never returns",
      { "points.L.limits": { h: { at: 50, deadband: 60 } } },
      "E114",
      "60",
    ],
    [
      "a deadband wider than the gap to the neighbour",
      { "points.L.limits": { h: 80, hh: { at: 85, deadband: 6 } } },
      "W114",
      "6",
    ],
    ["a delayed HH", { "points.L.limits": { hh: { at: 90, onDelay: "5s" } } }, "W115", "hh"],
    [
      "a delayed gas alarm",
      { "points.G.limits": { gas1: 20, gas2: 40, onDelay: "5s" } },
      "W115",
      "20",
    ],
    ["a gas limit on a level", { "points.L.limits": { gas1: 20 } }, "E116", "gas1"],
    [
      "a gas limit on oxygen",
      { "points.O.limits": { l: 19.5, h: 23.5, gas1: 20 } },
      "E116",
      "gas1",
    ],
    ["a level limit on gas", { "points.G.limits": { gas1: 20, gas2: 40, hh: 45 } }, "W116", "hh"],
    ["a rate of nothing", { "points.L.limits": { rate: 0 } }, "E117", "0"],
  ],
  gas: [
    ["a detector that never rings", { "points.G.limits": undefined }, "W160", "G"],
    ["a detector without its second level", { "points.G.limits": { gas1: 20 } }, "W160", "limits"],
    ["combustible gas1 too high", { "points.G.limits": { gas1: 26, gas2: 50 } }, "W161", "26"],
    ["combustible gas2 too high", { "points.G.limits": { gas1: 25, gas2: 51 } }, "W161", "51"],
    [
      "toxic gas1 above its exposure limit",
      { "points.H.limits": { gas1: 11, gas2: 20 } },
      "W161",
      "11",
    ],
    [
      "toxic gas2 above twice its exposure limit",
      { "points.H.limits": { gas1: 10, gas2: 21 } },
      "W161",
      "21",
    ],
    [
      "toxic limits in ppm",
      { "points.H.unit": "ppm", "points.H.limits": { gas1: 7, gas2: 15 } },
      "W161",
      "15",
    ],
    ["a toxic gas that is not named", { "points.H.gas": undefined }, "W162", "gas-toxic"],
    ["a toxic gas that is not known", { "points.H.gas": "XYZ" }, "W162", "XYZ"],
    ["oxygen allowed to sink too far", { "points.O.limits": { l: 18, h: 23.5 } }, "W163", "18"],
    ["oxygen without its upper limit", { "points.O.limits": { l: 19.5 } }, "W163", "limits"],
  ],
  uplinks: [
    ["no uplink", { uplinks: undefined }, "W105", ""],
    [
      "two uplinks",
      { "uplinks.second": { type: "mqtt", url: "mqtts://h:8883" } },
      "E105",
      "second",
    ],
    [
      "an open line to a stranger",
      { "uplinks.platform.url": "mqtt://10.0.0.9:1883", "uplinks.platform.tls": undefined },
      "W151",
      "mqtt://10.0.0.9:1883",
    ],
    [
      "certificates that are not used",
      { "uplinks.platform.url": "mqtt://127.0.0.1:1883" },
      "E151",
      "tls",
    ],
    ["a certificate without key", { "uplinks.platform.tls": { cert: "/c" } }, "E152", "tls"],
    ["a password for nobody", { "uplinks.platform.username": undefined }, "E153", "passwordFile"],
    ["a broker's word taken for storage", { "uplinks.platform.ack": "broker" }, "W152", "broker"],
    ["MQTT 3.1.1", { "uplinks.platform.protocol": 4 }, "W153", "4"],
    ["a trickle of an upload", { "uplinks.platform.rate": "0.5KiB/s" }, "E146", "0.5KiB/s"],
    ["sealing too often", { "uplinks.platform.liveEvery": "500ms" }, "E142", "500ms"],
    ["sealing backlog too rarely", { "uplinks.platform.backlogEvery": "1h" }, "E143", "1h"],
    [
      "sealing backlog finer than live",
      { "uplinks.platform.liveEvery": "2min" },
      "E143",
      "platform",
    ],
  ],
  storage: [
    ["readings kept too short", { "journal.keepReadings": "29d" }, "W144", "29d"],
    ["alarms kept too short", { "journal.keepAlarms": "1d" }, "W144", "1d"],
    ["a journal too small", { "journal.maxSize": "1MiB" }, "E145", "1MiB"],
    ["a journal beyond measure", { "journal.maxSize": "2TiB" }, "W145", "2TiB"],
    [
      "a journal that holds less than asked",
      { "journal.maxSize": "64MiB", "journal.keepReadings": "3650d" },
      "W146",
      "64MiB",
    ],
    ["a time zone of no place", { "site.timezone": "Asia/Beijing" }, "E144", "Asia/Beijing"],
  ],
  unused: [
    [
      "a bus without devices",
      { "buses.B7": { type: "modbus-tcp", host: "10.0.0.7" } },
      "W171",
      "B7",
    ],
    ["a device without points", { "devices.D7": { bus: "B1", unit: 77 } }, "W171", "D7"],
    [
      "a hazard without tanks",
      {
        "site.hazards": [
          { id: "HZ-1", name: "a" },
          { id: "HZ-2", name: "b" },
        ],
      },
      "W171",
      "{ id: HZ-2, name: b }",
    ],
    ["a level outside any tank", { "tanks.V.points": [] }, "W173", "L"],
    ["nothing to watch", { points: {}, "tanks.V.points": [] }, "W172", "points"],
  ],
};

describe.each(Object.entries(groups))("%s", (_, cases) => {
  test.each(cases)("%s", (_name, changes, code, markedText) => {
    const { faults, marks } = judge(changes);
    const index = faults.findIndex((fault) => fault.code === code);
    expect(faults.map((fault) => fault.code)).toContain(code);
    expect(marks[index]).toBe(markedText);
    const fault = faults[index];
    expect(fault?.severity).toBe(code.startsWith("E") ? "error" : "warning");
    expect(fault?.zh).toMatch(/\p{Script=Han}/u);
    expect(fault?.en).not.toMatch(/\p{Script=Han}/u);
  });
});

test("a site without mistakes has no faults", () => {
  expect(judge({}).faults).toEqual([]);
});

test("a point may be named like a part of the language", () => {
  const point = { device: "D1", register: { address: 40 }, kind: "flow", range: [0, 1] };
  const { faults } = judge({
    "points.constructor": point,
    "points.toString": { ...point, register: { address: 41 } },
  });
  expect(faults).toEqual([]);
});

test.each([
  ["bits of one register in several points", { address: 20, bits: [3, 3] }],
  ["a neighbour of a long value", { address: 2 }],
  ["the same address in another table", { address: 0, table: "input" }],
])("no fault: %s", (_, register) => {
  expect(judge({ "points.M.register": register }).faults).toEqual([]);
});

test("a limit at the very end of the range, and a deadband just inside the gap, are allowed", () => {
  expect(judge({ "points.L.limits": { l: 0, h: 90, hh: 100, deadband: 9.9 } }).faults).toEqual([]);
});

describe("secrets", () => {
  const atFiles = (modes: Readonly<Record<string, number>>) =>
    faultsOf(changed({}), { fileMode: (path) => modes[path] ?? null });
  const good = { "/p": 0o100600, "/k": 0o100400, "/c": 0o100644 };

  test("owner only is well, and a certificate may be public", () => {
    expect(atFiles(good)).toEqual([]);
  });

  test.each([
    ["a secret open to everybody is an error", { ...good, "/k": 0o100604 }, "E155", "tls.key"],
    [
      "a secret open to the group is a warning",
      { ...good, "/p": 0o100640 },
      "W155",
      "passwordFile",
    ],
    [
      "a missing file is a warning: the plant is watched without it",
      { "/k": 0o100600, "/c": 0o100644 },
      "W154",
      "passwordFile",
    ],
    ["a folder is no secret", { ...good, "/k": 0o040700 }, "W154", "tls.key"],
  ])("%s", (_name, modes, code, path) => {
    const faults = atFiles(modes);
    expect(faults.map((fault) => [fault.code, fault.path])).toEqual([
      [code, `uplinks.platform.${path}`],
    ]);
  });
});

test("a camera's password that everybody reads is an error, a missing one a warning", () => {
  const text = changed({ "cameras.c": cam({ username: "u", passwordFile: "/cam" }) });
  const faults = (mode: number | null) =>
    faultsOf(text, { fileMode: (path) => (path === "/cam" ? mode : 0o100600) });
  expect(faults(0o100644).map(({ code, path }) => [code, path])).toEqual([
    ["E155", "cameras.c.passwordFile"],
  ]);
  expect(faults(null).map(({ code }) => code)).toEqual(["W154"]);
});

test("the page's files: a missing certificate is a warning, a key that everybody reads an error", () => {
  const page = { listen: "0.0.0.0:8443", tls: { cert: "/page.pem", key: "/page.key" } };
  const modes: Readonly<Record<string, number>> = { "/page.key": 0o100644 };
  const faults = faultsOf(changed({ page }), { fileMode: (path) => modes[path] ?? 0o100600 });
  expect(faults.map(({ code, path }) => [code, path])).toEqual([["E189", "page.tls.key"]]);
  const gone = faultsOf(changed({ page }), {
    fileMode: (path) => (path === "/page.pem" ? null : 0o100600),
  });
  expect(gone.map(({ code, path }) => [code, path])).toEqual([["W189", "page.tls.cert"]]);
});

test("ten thousand wrong references are all named, and soon", () => {
  const points = Array.from({ length: 10_000 }, (_, i) => `P${i}`);
  const { faults } = judge({ "tanks.V.points": points });
  expect(faults.filter((fault) => fault.code === "E101")).toHaveLength(10_000);
});

test("ten thousand points on one register do not take time squared", () => {
  const text = changed({});
  const many = Array.from(
    { length: 10_000 },
    (_, i) =>
      `  X${i}: { device: D1, register: { address: 30, bits: [${i % 16}, 15] }, kind: state, range: [0, 1] }\n`,
  ).join("");
  const faults = faultsOf(text.replace("points:\n", `points:\n${many}`));
  expect(faults.filter((fault) => fault.code === "W129")).toHaveLength(10_000 - 16);
});
