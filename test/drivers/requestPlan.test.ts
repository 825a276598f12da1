/** Planning: every point once, nothing illegal, nothing split, and no more requests than needed. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type PlanLimits,
  type PlanPoint,
  planRequests,
  type RequestPlan,
} from "../../drivers/modbus/requestPlan.ts";

const wide: PlanLimits = { maxRegisters: 125, maxGap: 8, holes: [] };

function at(first: number, last = first, everyMs = 1_000): PlanPoint {
  return { table: "holding", first, last, everyMs };
}

function ranges(plan: RequestPlan): readonly string[] {
  return plan.requests.map(({ address, count }) => `${address}+${count}`);
}

describe("the plan", () => {
  it("joins neighbours and reads a small gap along", () => {
    expect(ranges(planRequests([at(0), at(9), at(19)], wide))).toEqual(["0+10", "19+1"]);
  });
  it("ends a request at the device's own limit, and never splits a value", () => {
    const points = [at(0, 1), at(2, 3), at(4, 5)];
    expect(ranges(planRequests(points, { ...wide, maxRegisters: 5 }))).toEqual(["0+4", "4+2"]);
  });
  it("reads 125 registers at most, and 2000 bits", () => {
    const registers = Array.from({ length: 130 }, (_, address) => at(address));
    expect(ranges(planRequests(registers, { ...wide, maxRegisters: 999 }))).toEqual([
      "0+125",
      "125+5",
    ]);
    const bits = Array.from({ length: 2001 }, (_, address): PlanPoint => {
      return { ...at(address), table: "coil" };
    });
    expect(ranges(planRequests(bits, { ...wide, maxRegisters: 10 }))).toEqual(["0+2000", "2000+1"]);
  });
  it("goes round a hole", () => {
    const plan = planRequests([at(0), at(4)], { ...wide, holes: [[2, 2]] });
    expect(ranges(plan)).toEqual(["0+1", "4+1"]);
  });
  it("says which points no request can hold, and why", () => {
    const plan = planRequests([at(0), at(5, 9), at(-1), at(65_535, 65_536)], {
      ...wide,
      maxRegisters: 4,
      holes: [[0, 0]],
    });
    expect(plan.requests).toEqual([]);
    expect(plan.impossible.map(({ point }) => point)).toEqual([0, 1, 2, 3]);
    expect(plan.impossible[0]?.reason).toContain("hole");
    expect(plan.impossible[1]?.reason).toContain("5 cells");
  });
  it("keeps tables apart", () => {
    const plan = planRequests([at(0), { ...at(1), table: "input" }], wide);
    expect(plan.requests.map(({ table }) => table)).toEqual(["holding", "input"]);
  });
  it("lets a slow point ride along where its registers are read anyway", () => {
    const plan = planRequests([at(0), at(10, 11, 60_000), at(5), at(12)], { ...wide, maxGap: 20 });
    expect(plan.requests).toMatchObject([{ address: 0, count: 13, everyMs: 1_000 }]);
  });
  it("does not read many slow registers fast to save one request", () => {
    const plan = planRequests([at(0), at(1, 60, 60_000)], wide);
    expect(plan.requests.map(({ everyMs }) => everyMs)).toEqual([1_000, 60_000]);
  });
  it("joins a slow request to a fast one when the wire pays less for it", () => {
    const plan = planRequests([at(0, 1, 1_000), at(2, 3, 2_000)], wide);
    expect(plan.requests).toMatchObject([{ address: 0, count: 4, everyMs: 1_000 }]);
  });
  it("is empty for no points", () => {
    expect(planRequests([], wide)).toEqual({ requests: [], impossible: [] });
  });
});

const anyPoint = fc
  .tuple(
    fc.constantFrom("coil", "holding", "input"),
    fc.nat({ max: 400 }),
    fc.nat({ max: 5 }),
    fc.constantFrom(500, 1_000, 60_000),
  )
  .map(
    ([table, first, more, everyMs]) => ({ table, first, last: first + more, everyMs }) as PlanPoint,
  );
const anyLimits = fc.record({
  maxRegisters: fc.integer({ min: 1, max: 125 }),
  maxGap: fc.nat({ max: 20 }),
  holes: fc.array(
    fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 5 })).map(([a, n]) => [a, a + n] as const),
    { maxLength: 4 },
  ),
});

describe("for any points and limits", () => {
  it("each point is in exactly one request or is said to be impossible; no request is illegal", () => {
    fc.assert(
      fc.property(fc.array(anyPoint, { maxLength: 60 }), anyLimits, (points, limits) => {
        const plan = planRequests(points, limits);
        const places = [
          ...plan.requests.flatMap((request) => request.points),
          ...plan.impossible.map(({ point }) => point),
        ];
        expect(places.sort((a, b) => a - b)).toEqual([...points.keys()]);
        for (const request of plan.requests) {
          const end = request.address + request.count - 1;
          const most = request.table === "coil" ? 2_000 : limits.maxRegisters;
          expect(request.count).toBeGreaterThanOrEqual(1);
          expect(request.count).toBeLessThanOrEqual(most);
          expect(limits.holes.some(([a, b]) => request.address <= b && end >= a)).toBe(false);
          const inside = request.points
            .map((index) => points[index])
            .filter((p) => p !== undefined);
          for (const point of inside) {
            expect(point.table).toBe(request.table);
            expect(point.first >= request.address && point.last <= end).toBe(true);
          }
          expect(request.everyMs).toBe(Math.min(...inside.map((point) => point.everyMs)));
          expect(widestGap(inside)).toBeLessThanOrEqual(
            request.table === "coil" ? limits.maxGap * 16 : limits.maxGap,
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it("the plan does not depend on chance: the same points give the same plan", () => {
    fc.assert(
      fc.property(fc.array(anyPoint, { maxLength: 30 }), anyLimits, (points, limits) => {
        expect(planRequests(points, limits)).toEqual(planRequests([...points], limits));
      }),
    );
  });

  it("points of one period take as few requests as any partition would", () => {
    const small = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 3 })).map(([a, n]) => at(a, a + n));
    const limits = fc.record({
      maxRegisters: fc.integer({ min: 4, max: 12 }),
      maxGap: fc.nat({ max: 4 }),
      holes: fc.array(
        fc.nat({ max: 22 }).map((a) => [a, a] as const),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 6 }), limits, (points, within) => {
        const plan = planRequests(points, within);
        const possible = points.filter((_, index) => {
          return !plan.impossible.some(({ point }) => point === index);
        });
        expect(plan.requests.length).toBe(fewest(possible, within));
      }),
      { numRuns: 500 },
    );
  });
});

function widestGap(points: readonly PlanPoint[]): number {
  let end = Number.NEGATIVE_INFINITY;
  let widest = 0;
  for (const point of [...points].sort((a, b) => a.first - b.first)) {
    if (end > Number.NEGATIVE_INFINITY) widest = Math.max(widest, point.first - end - 1);
    end = Math.max(end, point.last);
  }
  return widest;
}

/** Brute force over all partitions. */
function fewest(points: readonly PlanPoint[], limits: PlanLimits): number {
  const isLegal = (group: readonly PlanPoint[]): boolean => {
    const first = Math.min(...group.map((point) => point.first));
    const last = Math.max(...group.map((point) => point.last));
    return (
      last - first < limits.maxRegisters &&
      widestGap(group) <= limits.maxGap &&
      !limits.holes.some(([a, b]) => first <= b && last >= a)
    );
  };
  const place = (index: number, groups: readonly (readonly PlanPoint[])[]): number => {
    const point = points[index];
    if (point === undefined)
      return groups.every(isLegal) ? groups.length : Number.POSITIVE_INFINITY;
    const joined = groups.map((group, at) => {
      return place(
        index + 1,
        groups.map((other, i) => (i === at ? [...group, point] : other)),
      );
    });
    return Math.min(place(index + 1, [...groups, [point]]), ...joined);
  };
  return place(0, []);
}
