/** The running agent is asked from another process, by the socket in its data folder. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAgent } from "../../agent/local/askAgent.ts";
import { doorPathOf, openLocalDoor } from "../../agent/local/localDoor.ts";
import { siteFile } from "../../agent/sim/plant/siteFile.ts";
import type { Log } from "../../agent/watch/log.ts";
import { runningPlant, until } from "../sim/runningPlant.ts";

const door = new URL("../../agent/hazgate.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "hazgate-door-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function quietLog(warnings: string[] = []): Log {
  const ignore = (): void => {};
  return { info: ignore, warn: (text: string) => void warnings.push(text), error: ignore } as Log;
}

describe("hazgate status and bus stats", () => {
  let plant: Awaited<ReturnType<typeof runningPlant>>;
  let agent: ReturnType<typeof spawn>;
  const data = join(dir, "data");
  const ask = (...words: string[]) =>
    spawnSync(process.execPath, [door, ...words, "--data", data], { encoding: "utf8" });

  beforeAll(async () => {
    plant = await runningPlant();
    const site = join(dir, "site.yaml");
    const uplink = { uplinkUrl: "mqtt://127.0.0.1:9", protocol: 5, ack: "platform" } as const;
    writeFileSync(site, siteFile(plant.plant, { ...uplink, lang: "en" }));
    agent = spawn(process.execPath, [door, "run", "--plain", "--config", site, "--data", data], {
      stdio: "ignore",
    });
    await until(async () => {
      const buses = await askAgent(data, "/buses");
      if (!buses.ok) return false;
      const all = buses.value as { devices: { good: number; unit: number }[] }[];
      return all.length > 0 && all.every(({ devices }) => devices.every(({ good }) => good > 0));
    }, 240_000);
  });
  afterAll(async () => {
    const gone = once(agent, "exit");
    agent.kill("SIGTERM");
    await gone;
    await plant[Symbol.asyncDispose]();
  });

  test("one screen says how plant and box are, in both languages; the body of the record as JSON", () => {
    const zh = ask("status", "--lang", "zh");
    expect([zh.status, zh.stdout]).toEqual([0, expect.stringMatching(/测点.*LT-101/s)]);
    const en = ask("status", "--lang", "en");
    expect(en.stdout).toContain("Buses");
    expect(en.stdout).not.toMatch(/[\u4e00-\u9fff]{3}/);
    const body = JSON.parse(ask("status", "--json").stdout);
    expect(body).toMatchObject({ online: true, journal: { account: expect.any(Object) } });
  });

  test("each unit of a bus has its counts, its latency and its last good answer", () => {
    const asked = Date.now();
    const { buses } = JSON.parse(ask("bus", "stats", "field-485", "--json").stdout);
    expect(buses).toHaveLength(1);
    const [device] = buses[0].devices;
    expect(device).toMatchObject({
      unit: expect.any(Number),
      health: expect.any(String),
      mismatched: expect.any(Number),
    });
    expect(device.good).toBeLessThanOrEqual(device.asked);
    expect(device.latency.p50Ms).toBeGreaterThan(0);
    expect(Math.abs(device.lastGoodAtMs - asked)).toBeLessThan(120_000);
    expect(buses[0].promisedAgeMs).toBeGreaterThan(0);
    const text = ask("bus", "stats", "--lang", "zh").stdout;
    const all = JSON.parse(ask("bus", "stats", "--json").stdout).buses as { bus: string }[];
    expect(all.length).toBeGreaterThan(1);
    for (const { bus } of all) expect(text).toContain(`总线 ${bus}: `);
    expect(text).toContain(device.device);
  });

  test("a bus that is not there is a usage error that names those that are", () => {
    const answer = ask("bus", "stats", "line-9", "--lang", "en");
    expect([answer.status, answer.stderr]).toEqual([2, expect.stringContaining("field-485")]);
  });

  test("the door shows and changes nothing: other methods and paths are refused", async () => {
    const say = async (line: string): Promise<string> => {
      const socket = connect(doorPathOf(data));
      socket.write(`${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      let heard = "";
      for await (const piece of socket) heard += String(piece);
      return heard.split("\r\n")[0] ?? "";
    };
    expect(await say("POST /status")).toContain("405");
    expect(await say("GET /__proto__")).toContain("404");
    expect(await say("GET /status?x")).toContain("404");
    expect(statSync(doorPathOf(data)).mode & 0o777).toBe(0o660);
  });
});

describe("where nobody answers", () => {
  test("no agent, a dead one's socket, and a stranger that keeps silent are told apart", async () => {
    const empty = mkdtempSync(join(dir, "empty-"));
    const asked = spawnSync(process.execPath, [door, "status", "--data", empty, "--lang", "zh"], {
      encoding: "utf8",
    });
    expect([asked.status, asked.stderr]).toEqual([3, expect.stringContaining("没有运行的网关")]);
    const stranger = createServer((socket) => void socket.end("nonsense\r\n"));
    stranger.listen(doorPathOf(empty));
    await once(stranger, "listening");
    expect(await askAgent(empty, "/status")).toMatchObject({ error: { kind: "silent" } });
    stranger.close();
  });

  test("a dead agent's socket file does not keep the next one from opening its door", async () => {
    const folder = mkdtempSync(join(dir, "dead-"));
    writeFileSync(doorPathOf(folder), "");
    await using _door = await openLocalDoor({
      ...{ dataDir: folder, log: quietLog(), answers: { "/x": () => [1] } },
    });
    expect(await askAgent(folder, "/x")).toEqual({ ok: true, value: [1] });
  });

  test("a folder whose path is too long for a socket is told in the log, and nothing else fails", async () => {
    const warnings: string[] = [];
    const folder = mkdtempSync(join(dir, `${"long-".repeat(20)}-`));
    await using _door = await openLocalDoor({
      ...{ dataDir: folder, log: quietLog(warnings), answers: {} },
    });
    expect(warnings.join()).toContain("no local door");
  });
});
