import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ConditionChange } from "../../agent/alarmRecords.ts";
import { createHeartbeatJudge } from "../../agent/watch/heartbeatJudge.ts";
import { createSelfWatch } from "../../agent/watch/selfWatch.ts";
import { FakeClock } from "../fakes/fakeClock.ts";
import { commandTarget, postTarget, receiver, site } from "./parts.ts";

function watched() {
  const clock = new FakeClock();
  const told: string[] = [];
  const changes: ConditionChange[] = [];
  const stoodStill: number[] = [];
  const watch = createSelfWatch({
    clock,
    parts: [
      { name: "polling", zh: "轮询", en: "polling", boundMs: 10_000 },
      { name: "judging", zh: "判限", en: "judging", boundMs: 10_000, feeds: "polling" },
    ],
    tell: ({ source, isStanding }) => void told.push(`${source} ${isStanding}`),
    onChange: (change) => void changes.push(change),
    onStoodStill: (ms) => void stoodStill.push(ms),
    beat: () => {},
  });
  const stop = new AbortController();
  const run = watch.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await run;
  };
  return { clock, told, changes, stoodStill, watch, end };
}

it("tells that polling stands still, blames not the judge that has no food, and tells the return", async () => {
  const { clock, told, changes, watch, end } = watched();
  await clock.advance(12_000);
  expect(told).toEqual(["box/polling true"]);
  expect(changes[0]).toMatchObject({ type: "SELF", priority: 1, isStanding: true });
  watch.progress("polling");
  expect(told).toEqual(["box/polling true", "box/polling false"]);
  await end();
});

it("tells that the judge stands still while polling moves", async () => {
  const { clock, told, watch, end } = watched();
  for (let i = 0; i < 15; i += 1) {
    watch.progress("polling");
    await clock.advance(1_000);
  }
  expect(told).toEqual(["box/judging true"]);
  expect(watch.stalled).toEqual(["judging"]);
  await end();
});

it("a step of the wall clock is no stall", async () => {
  const { clock, told, watch, end } = watched();
  for (let i = 0; i < 15; i += 1) {
    watch.progress("polling");
    watch.progress("judging");
    clock.stepWall(i % 2 === 0 ? 3_600_000 : -7_200_000);
    await clock.advance(1_000);
  }
  expect(told).toEqual([]);
  await end();
});

it("the judge of the heartbeat tells once, tells the return, and is not fooled by a process that stood still", () => {
  const judge = createHeartbeatJudge(1_000, 0);
  expect(judge.look(1, 0).kind).toBe("well");
  expect(judge.look(1, 900).kind).toBe("well");
  expect(judge.look(1, 60_000).kind).toBe("well");
  expect(judge.look(1, 60_900).kind).toBe("well");
  expect(judge.look(1, 61_200).kind).toBe("stuck");
  expect(judge.look(1, 61_500).kind).toBe("well");
  expect(judge.look(2, 62_000).kind).toBe("moves-again");
});

it("a main thread that runs in a circle is told by webhook and siren all the same", async () => {
  const dir = mkdtempSync(join(tmpdir(), "blocked-"));
  const script = join(dir, "siren.sh");
  const sounded = join(dir, "sounded");
  writeFileSync(script, '#!/bin/sh\ntouch "$1"\n', { mode: 0o755 });
  const got: string[] = [];
  await using server = await receiver((request, response) => {
    request.on("data", (piece: Buffer) => got.push(piece.toString()));
    response.end();
  });
  const start = {
    site,
    targets: [postTarget({ url: server.url }), commandTarget([script, sounded])],
  };
  const program = join(import.meta.dirname, "blockedMain.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(start)], { stdio: "ignore" });
  try {
    await expect.poll(() => got.join(), { timeout: 60_000 }).toContain("box/program");
    await expect.poll(() => existsSync(sounded), { timeout: 60_000 }).toBe(true);
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill("SIGKILL");
    rmSync(dir, { recursive: true });
  }
});
