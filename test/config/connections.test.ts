import { expect, test } from "vitest";
import { busBudget, siteBudget } from "../../agent/busBudget.ts";
import { busInFile, spreadConnections } from "../../config/connections.ts";
import { type Site, siteSchema } from "../../config/site.ts";

function siteWith(bus: Record<string, unknown>, devices = 5): Site {
  const names = Array.from({ length: devices }, (_, i) => `d${i + 1}`);
  return siteSchema.parse({
    site: { id: "s", name: "s" },
    buses: { b: { type: "modbus-tcp", host: "10.0.0.1", timeout: "500ms", ...bus } },
    devices: Object.fromEntries(names.map((name, i) => [name, { bus: "b", unit: i + 1 }])),
    points: Object.fromEntries(
      names.map((name) => [
        `P-${name}`,
        { device: name, register: { address: 0 }, kind: "other", range: [0, 1] },
      ]),
    ),
  });
}

test("the devices of a bus are dealt out to its connections, each a bus of its own", () => {
  const site = spreadConnections(siteWith({ connections: 3 }));
  expect(Object.keys(site.buses)).toEqual(["b", "b#2", "b#3"]);
  expect(Object.values(site.devices).map(({ bus }) => bus)).toEqual([
    "b",
    "b#2",
    "b#3",
    "b",
    "b#2",
  ]);
  expect(Object.keys(site.buses).map(busInFile)).toEqual(["b", "b", "b"]);
  expect(spreadConnections(site)).toBe(site);
});

test("there are no more connections than devices, and one is the site as it stands", () => {
  expect(Object.keys(spreadConnections(siteWith({ connections: 8 }, 2)).buses)).toHaveLength(2);
  const one = siteWith({});
  expect(spreadConnections(one)).toBe(one);
});

test("a silent device costs the budget of its own connection only", () => {
  const [alone] = siteBudget(siteWith({ budget: { dead: 1 } }, 4));
  const spread = siteBudget(siteWith({ connections: 4, budget: { dead: 1 } }, 4));
  const worst = (budgets: readonly (typeof alone)[]): number =>
    Math.max(...budgets.flatMap((budget) => budget?.questions.map(({ age }) => age.dyingMs) ?? []));
  expect(spread.map(({ id }) => id)).toEqual(["b", "b#2", "b#3", "b#4"]);
  expect(worst(spread)).toBeLessThan(worst([alone]));
});

test("the pause between requests is in the budget, and not in the bytes' own time", () => {
  const cycle = (more: Record<string, unknown>): number =>
    busBudget(siteWith(more), "b")?.line.cycleMs ?? Number.NaN;
  expect(cycle({ betweenRequests: "40ms" }) - cycle({})).toBeCloseTo(5 * 40);
});

test("behind a converter the bytes take their time at its baud rate", () => {
  const ms = (type: string, baud?: number): number => {
    const site = siteWith({ type, port: 4001, ...(baud === undefined ? {} : { baud }) });
    return busBudget(site, "b")?.questions[0]?.planned.wireMs ?? Number.NaN;
  };
  expect(ms("modbus-udp")).toBe(0);
  // 3.5 characters of silence, 8 bytes of request, 7 of reply, at 10 bits each.
  expect(ms("modbus-rtu-over-tcp", 9_600)).toBeCloseTo((3.5 + 15) * (10_000 / 9_600));
  expect(ms("modbus-rtu-over-tcp", 19_200)).toBeCloseTo((3.5 + 15) * (10_000 / 19_200));
});
