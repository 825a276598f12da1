import { describe, expect, test } from "vitest";
import { budgetFindings } from "../../agent/budgetFindings.ts";
import { checkSite } from "../../config/check.ts";
import type { Fault } from "../../config/faults/fault.ts";
import { loadSite } from "../../config/load.ts";

/** Ten units with one gauge each on one RS-485 line. */
function lineText(options: {
  readonly bus?: string;
  readonly every?: string;
  readonly maxLatency: string;
  readonly units?: number;
}): string {
  const { bus = "", every = "1s", maxLatency, units = 10 } = options;
  const numbers = Array.from({ length: units }, (_, i) => i + 1);
  const devices = numbers.map((unit) => `  d${unit}: { bus: rs485, unit: ${unit} }`);
  const points = numbers.map(
    (unit) =>
      `  LT-${unit}: { device: d${unit}, register: { table: holding, address: 0, type: uint16 }, kind: level, unit: mm, range: [0, 9000], every: ${every}, limits: { h: 8000 }${unit === 1 ? `, maxLatency: ${maxLatency}` : ""} }`,
  );
  return [
    "site: { id: s, name: Site }",
    `buses: { rs485: { type: modbus-rtu, port: /dev/ttyS0, baud: 9600${bus} } }`,
    ...["devices:", ...devices, "points:", ...points],
    "",
  ].join("\n");
}

function faultsOf(text: string): readonly Fault[] {
  const loaded = loadSite({ file: "site.yaml", text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const io = { fileMode: () => null, lineFindings: budgetFindings };
  return checkSite(loaded.value, io).filter(({ code }) => code === "E108" || code === "W108");
}

describe("maxLatency", () => {
  test("is accepted where the line keeps it", () => {
    expect(faultsOf(lineText({ maxLatency: "2500ms" }))).toEqual([]);
  });

  test("is refused where it does not, and a change that is named does keep it", () => {
    const [fault, ...rest] = faultsOf(lineText({ maxLatency: "1900ms" }));
    expect(rest).toEqual([]);
    expect(fault).toMatchObject({ code: "E108", path: "points.LT-1.maxLatency" });
    const timeout = /timeout: (\d+)ms on bus/.exec(fault?.fixEn ?? "")?.[1];
    expect(timeout).toBeDefined();
    expect(faultsOf(lineText({ maxLatency: "1900ms", bus: `, timeout: ${timeout}ms` }))).toEqual(
      [],
    );
    expect(fault?.fixZh).toContain(`timeout: ${timeout}ms`);
  });

  test("says so when no single change is enough", () => {
    const [fault] = faultsOf(lineText({ maxLatency: "50ms" }));
    expect(fault?.fixEn).toContain("no single change suffices");
  });

  test("withstands as many silent devices as the bus says", () => {
    const atMost = (dead: number): number => {
      let ms = 500;
      const bus = `, budget: { dead: ${dead} }`;
      while (faultsOf(lineText({ maxLatency: `${ms}ms`, bus })).length > 0) ms += 50;
      return ms;
    };
    expect(atMost(0)).toBeLessThan(atMost(1));
    expect(atMost(1)).toBeLessThan(atMost(3));
  });
});

test("periods that need more than the line's time are a warning", () => {
  expect(faultsOf(lineText({ maxLatency: "60s", every: "200ms" })).map(({ code }) => code)).toEqual(
    ["W108"],
  );
});
