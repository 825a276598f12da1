import { expect, test } from "vitest";
import { type DeviceHealth, nextHealth, probeMs, up } from "../../agent/acquire/deviceHealth.ts";
import type { DriverError } from "../../drivers/errors.ts";

const errors: Record<DriverError["kind"], DriverError> = {
  timeout: { kind: "timeout", message: "" },
  badReply: { kind: "badReply", message: "" },
  lineDown: { kind: "lineDown", message: "" },
  aborted: { kind: "aborted", message: "" },
  deviceBusy: { kind: "deviceBusy", message: "", exceptionCode: 6 },
  refused: { kind: "refused", message: "", exceptionCode: 2 },
};

test("one lost frame makes a device suspect, two in a row make it down, one answer brings it back", () => {
  const once = nextHealth(up, errors.timeout, 0);
  expect(once.phase).toBe("suspect");
  const twice = nextHealth(once, errors.badReply, 0);
  expect(twice.phase).toBe("down");
  expect(nextHealth(twice, null, 0)).toBe(up);
  expect(nextHealth(once, null, 0)).toBe(up);
});

test("a device that answers 'busy' or 'no such register' is alive; a line that is down says nothing of it", () => {
  const down: DeviceHealth = { phase: "down", failures: 4, probeAtMs: 9 };
  expect(nextHealth(down, errors.deviceBusy, 0)).toBe(up);
  expect(nextHealth(down, errors.refused, 0)).toBe(up);
  expect(nextHealth(down, errors.lineDown, 0)).toBe(down);
  expect(nextHealth(up, errors.aborted, 0)).toBe(up);
});

test("a gateway's word that it cannot reach the device is the device's silence", () => {
  for (const exceptionCode of [10, 11]) {
    const kind = exceptionCode === 11 ? "deviceBusy" : "refused";
    const once = nextHealth(up, { kind, message: "", exceptionCode }, 0);
    expect(once.phase).toBe("suspect");
    expect(nextHealth(once, { kind, message: "", exceptionCode }, 0).phase).toBe("down");
  }
});

test("a question the line held back is no news, but a probe of a silent device waits again", () => {
  const heldBack: DriverError = { kind: "timeout", message: "", notAsked: true };
  const suspect: DeviceHealth = { phase: "suspect", failures: 1 };
  expect(nextHealth(up, heldBack, 0)).toBe(up);
  expect(nextHealth(suspect, heldBack, 0)).toBe(suspect);
  const down: DeviceHealth = { phase: "down", failures: 5, probeAtMs: 100 };
  expect(nextHealth(down, heldBack, 100)).toEqual({ ...down, probeAtMs: 100 + probeMs.first });
});

test("probes back off by doubling, from the first to the most", () => {
  let health: DeviceHealth = up;
  const waits: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    health = nextHealth(health, errors.timeout, 1_000);
    if (health.phase === "down") waits.push(health.probeAtMs - 1_000);
  }
  expect(waits.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  expect(Math.max(...waits)).toBe(probeMs.most);
});
