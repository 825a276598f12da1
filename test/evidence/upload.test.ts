/** Evidence reaches the platform whole, whatever becomes of the line, and every hash is looked at there. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileOf } from "../../agent/sim/platform/bundles.ts";
import { pieceBytes } from "../../agent/wire/evidence.ts";
import { startMosquitto } from "../fakes/mosquitto.ts";
import { startTcpProxy } from "../fakes/tcpProxy.ts";
import { realClock, startTestPlatform, until } from "../forward/station.ts";
import { alarm, block } from "../store/samples.ts";
import { scratch } from "./rig.ts";
import { startBox } from "./uploadRig.ts";

const second = new AbortController().signal;

test("bundles made while there is no line, over two lives of the agent, arrive whole when it comes", async () => {
  await using broker = await startMosquitto();
  await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
  const folder = scratch();
  const dead = "mqtt://127.0.0.1:1";
  {
    await using first = await startBox({ folder, url: dead });
    await first.make("b1", 6 * 1024 * 1024);
    await first.make("b2", 500_000);
    await until("pieces wait", () => first.store.bundles.length === 2);
    const waiting = async () => (await first.journal.stats()).backlog;
    while ((await waiting()).piece.records < 128 || (await waiting()).evidence.records < 2) {
      await realClock.sleep(50, second);
    }
    // No more waits in the journal than is allowed, however long there is no line.
    await realClock.sleep(300, second);
    const backlog = await waiting();
    expect(backlog.evidence.records).toBe(2);
    expect(backlog.piece.records).toBe(128);
    expect(backlog.piece.sizeBytes).toBeLessThan(128 * pieceBytes * 1.03);
    expect(first.uploader.isDone("b1")).toBe(false);
  }
  await using second_ = await startBox({ folder, url: broker.url });
  await second_.make("b3", 10);
  await until("all is there", () => ["b1", "b2", "b3"].every((id) => second_.uploader.isDone(id)), {
    withinMs: 120_000,
    state: () => platform.counts(),
  });
  const proofs = platform.bundles();
  expect(proofs.map(({ bundle }) => bundle).sort()).toEqual(["b1", "b2", "b3"]);
  for (const proof of proofs)
    expect(proof).toMatchObject({ isComplete: true, faults: [], missing: [] });
  const manifests = proofs.map(({ manifest }) => JSON.parse(manifest?.text ?? "{}"));
  const heads = proofs.map(({ manifest }) => manifest?.sha256);
  expect(manifests.find(({ n }) => n === 2).previous).toBe(
    heads[manifests.findIndex(({ n }) => n === 1)],
  );
  const path = second_.store.bundle("b1")?.path ?? "";
  const arrived = fileOf(platform.store, { bundle: "b1", file: "cam-1.clip.mp4" });
  expect(Buffer.compare(arrived ?? Buffer.of(), readFileSync(join(path, "cam-1.clip.mp4")))).toBe(
    0,
  );
  expect(platform.counts()).toMatchObject({ conflicts: 0, invalid: 0, holes: 0 });
  const { classes } = await second_.journal.stats();
  expect(classes.evidence).toMatchObject({ stored: 0, declaredLost: 0 });
});

test("with one connection in five dying on the way, readings, alarms and evidence are whole", async () => {
  await using broker = await startMosquitto();
  await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
  await using proxy = await startTcpProxy({ port: broker.port });
  await using box = await startBox({ folder: scratch(), url: `mqtt://127.0.0.1:${proxy.port}` });
  proxy.delayMs = 5;
  await box.make("b1", 5_000_000);
  let ticks = 0;
  let alarms = 0;
  while (!box.uploader.isDone("b1") && ticks < 600) {
    ticks += 1;
    box.journal.append(block(realClock.now(), [ticks, ticks]));
    if (ticks % 10 === 0) {
      await box.journal.commitAlarms([alarm(realClock.now(), { alarmId: `a${ticks}` })], null);
      alarms += 1;
    }
    if (ticks % 5 === 0) proxy.resetAll();
    await realClock.sleep(100, second);
  }
  await box.journal.seal();
  await until(
    "all is there",
    () => platform.counts().readings === 2 * ticks && box.uploader.isDone("b1"),
    {
      withinMs: 120_000,
      state: () => platform.counts(),
    },
  );
  expect(proxy.accepted).toBeGreaterThan(3);
  expect(platform.bundles()).toMatchObject([{ bundle: "b1", isComplete: true }]);
  expect(platform.counts()).toMatchObject({ alarms, conflicts: 0, invalid: 0, holes: 0 });
});

test("pieces that the journal had to let go are given again: the platform sees the gap, and the whole bundle", async () => {
  await using broker = await startMosquitto();
  await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
  await using proxy = await startTcpProxy({ port: broker.port });
  proxy.mode = "refuse";
  const url = `mqtt://127.0.0.1:${proxy.port}`;
  await using box = await startBox({ folder: scratch(), url, maxSizeBytes: 12 * 1024 * 1024 });
  await box.make("b1", 4_000_000);
  while ((await box.journal.stats()).backlog.piece.records < 100) {
    await realClock.sleep(50, second);
  }
  let at = 0;
  const { evidence: before } = (await box.journal.stats()).classes;
  expect(before.declaredLost).toBe(0);
  for (; (await box.journal.stats()).classes.evidence.declaredLost < 5 && at < 400; at += 1) {
    for (let i = 0; i < 20; i += 1) {
      const values = Array.from({ length: 4 }, () => Math.random() * 1e6);
      for (let k = 0; k < 60; k += 1)
        box.journal.append(
          block(
            realClock.now(),
            values.map((v) => v * Math.random()),
          ),
        );
    }
    await box.journal.seal();
  }
  const { classes } = await box.journal.stats();
  expect(classes.evidence.declaredLost).toBeGreaterThanOrEqual(5);
  // Not a single reading went for them.
  expect(classes.readings.declaredLost).toBe(0);
  proxy.mode = "pass";
  await until("it is there", () => box.uploader.isDone("b1") && platform.counts().holes === 0, {
    withinMs: 120_000,
    state: () => platform.counts(),
  });
  expect(platform.bundles()).toMatchObject([{ bundle: "b1", isComplete: true }]);
  expect(platform.counts()).toMatchObject({ conflicts: 0, invalid: 0, declaredLost: 0 });
});

test("what goes up is as the site file says: pictures alone, or nothing", async () => {
  await using broker = await startMosquitto();
  await using platform = await startTestPlatform({ url: broker.url, protocol: 5 });
  {
    await using box = await startBox({ folder: scratch(), url: broker.url, mode: "pictures" });
    await box.make("p1", 400_000);
    await until("sent", () => box.uploader.isDone("p1"));
  }
  const [proof] = platform.bundles();
  expect(proof).toMatchObject({ bundle: "p1", isComplete: true, pieces: 4 });
  expect(proof?.files.find(({ name }) => name === "cam-1.clip.mp4")).toMatchObject({ pieces: 0 });
  await using none = await startBox({ folder: scratch(), url: broker.url, mode: "none" });
  await none.make("n1", 1_000);
  await realClock.sleep(500, second);
  expect((await none.journal.stats()).classes.evidence.made).toBe(0);
  expect(none.uploader.isDone("n1")).toBe(true);
});
