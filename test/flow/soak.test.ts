import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { soak } from "../soak/soak.ts";

test("dead slave, broker killed three times, agent killed three times: both sides' books agree to the reading", async () => {
  const dir = mkdtempSync(join(tmpdir(), "hazgate-soak-test-"));
  const end = await soak({ dir, seconds: 45, seed: 3, say: () => {} });
  expect(end.faults).toEqual([]);
  expect(end.auditCode).toBe("0");
  expect(JSON.parse(end.audit)).toMatchObject({ balance: 0, holes: [], faults: [] });
  expect(end.agentEnd).toBe("0");
  expect(end.stoppedInMs).toBeLessThan(30_000);
  expect(end.plantEnd).toContain("0 write requests");
  expect(end.figures["heldByPlatform"]).toBeGreaterThan(200);
  expect(end.figures["gapRecords"]).toBe(3);
  rmSync(dir, { recursive: true });
});
