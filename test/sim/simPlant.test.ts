import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { CommandIo } from "../../agent/commands/io.ts";
import { runSimPlant } from "../../agent/commands/simPlant.ts";
import { createRealClock } from "../../agent/realClock.ts";
import { loadSite } from "../../config/load.ts";
import { tcpClient, until } from "./runningPlant.ts";

function started(lang: "zh" | "en", tcpPort = 0) {
  const dataDir = mkdtempSync(join(tmpdir(), "hazgate-simplant-"));
  const input = new PassThrough();
  const stop = new AbortController();
  let printed = "";
  const io: CommandIo = {
    out: (text) => {
      printed += text;
    },
    err: (text) => {
      printed += text;
    },
    lang,
    isTerminal: false,
    colour: false,
    width: 100,
  };
  const done = runSimPlant({
    dataDir,
    seed: 1,
    speed: 10,
    tcpPort,
    uplinkUrl: "mqtt://127.0.0.1:1883",
    clock: createRealClock(),
    io,
    signal: stop.signal,
    input,
  });
  return {
    dataDir,
    input,
    stop: () => stop.abort(),
    done,
    printed: () => printed,
    async type(line: string, answer: string) {
      input.write(`${line}\n`);
      await until(() => printed.includes(answer));
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

test("says where it listens, writes the site file, obeys typed lines and stops cleanly", async () => {
  await using plant = started("en");
  await until(() => plant.printed().includes("Commands:"));
  const site = loadSite({
    file: "site.yaml",
    text: readFileSync(join(plant.dataDir, "site.yaml"), "utf8"),
  });
  if (!site.ok) throw new Error("the site file does not load");
  const bus = site.value.site.buses["farm-tcp"];
  if (bus?.type !== "modbus-tcp") throw new Error("no TCP bus");
  expect(plant.printed()).toContain(`127.0.0.1:${bus.port}`);
  using line = await tcpClient({ host: bus.host, port: bus.port }, { unit: 1 });
  await line.client.readHoldingRegisters(0, 2);

  await plant.type("start gas-leak T-101 60", "+ gas-leak T-101 60 %LEL");
  await plant.type("start dead-slave", "+ dead-slave gd-104");
  await plant.type("status", "1 requests, 2 values, 0 write requests, 2 scenarios");
  await plant.type("start gas-leak T-999", "! gas-leak cannot aim at");
  await plant.type("dance", "Commands: list");
  await plant.type("stop all", "- 2 scenarios ended");
  plant.input.end();
  plant.stop();
  expect(await plant.done).toBe(0);
  expect(plant.printed()).toContain("Stopped. 1 requests answered, 2 values, 0 write requests");
  expect(existsSync(join(plant.dataDir, "field-485"))).toBe(false);
});

test("ends with 1 when somebody tried to write to the plant, and speaks Chinese", async () => {
  await using plant = started("zh");
  await until(() => plant.printed().includes("命令："));
  const port = Number(/farm-tcp\s+Modbus TCP\s+127\.0\.0\.1:(\d+)/.exec(plant.printed())?.[1]);
  using line = await tcpClient({ host: "127.0.0.1", port }, { unit: 1 });
  await expect(line.client.writeSingleRegister(0, 1)).rejects.toBeTruthy();
  plant.stop();
  expect(await plant.done).toBe(1);
  expect(plant.printed()).toContain("写请求 1 次（全部拒绝）");
});

test("a port that is taken is said in a sentence, with exit code 6", async () => {
  await using first = started("en");
  await until(() => first.printed().includes("Commands:"));
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(first.printed())?.[1]);
  await using second = started("en", port);
  expect(await second.done).toBe(6);
  expect(second.printed()).toContain(
    `One of the ports ${port} to ${port + 2} cannot be had (EADDRINUSE)`,
  );
});
