/** One line, one master: two processes at one pseudo-terminal learn of one another before a byte is sent. */

import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { lockFileOf } from "../../drivers/lines/lockFile.ts";
import { ask, outcome, rtuLineTo } from "../fakes/modbusAsk.ts";
import { ModbusRtuDevice } from "../fakes/modbusRtuDevice.ts";

/** Must begin before the pseudo-terminal is opened: a child inherits its far end. */
function otherProgram() {
  const file = fileURLToPath(new URL("portChild.ts", import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    async take(how: "hazgate" | "locked" | "open", path: string): Promise<string> {
      child.stdin.write(`${how} ${path}\n`);
      return (await lines.next()).value ?? "ended";
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}

async function untilOk(line: ReturnType<typeof rtuLineTo>): Promise<void> {
  while (outcome(await ask(line)) !== "ok") await new Promise((resolve) => setTimeout(resolve, 20));
}

function canLeaveLockFiles(): boolean {
  try {
    accessSync("/run/lock", constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

describe("a port that another program has", () => {
  test.each(["hazgate", "locked"] as const)(
    "(%s) is refused with its name and process, without a byte, and taken once it is free",
    async (how) => {
      await using other = otherProgram();
      await using device = new ModbusRtuDevice();
      expect(await other.take(how, device.path)).toBe("ok");
      const before = device.bytesReceived;
      await using line = rtuLineTo(device.path);
      const answer = await ask(line);
      if (answer.ok) throw new Error("the port was shared");
      expect(answer.error.kind).toBe("lineDown");
      expect(answer.error.message).toContain(`in use by portChild.ts, process ${other.pid}`);
      expect(device.bytesReceived).toBe(before);
      await other.end();
      await untilOk(line);
    },
    60_000,
  );

  test("without a lock is refused, too, once it was seen among the open files", async () => {
    await using other = otherProgram();
    await using agent = otherProgram();
    await using device = new ModbusRtuDevice();
    expect(await other.take("open", device.path)).toBe("ok");
    const said = await agent.take("hazgate", device.path);
    expect(said).toContain(`in use by portChild.ts, process ${other.pid} (it has the port open`);
    expect(device.bytesReceived).toBe(0);
  }, 60_000);

  test("a tool hears of the agent that polls", async () => {
    await using tool = otherProgram();
    await using device = new ModbusRtuDevice();
    await using line = rtuLineTo(device.path);
    expect(outcome(await ask(line))).toBe("ok");
    const before = device.bytesReceived;
    const said = await tool.take("hazgate", device.path);
    expect(said).toContain("lineDown");
    expect(said).toContain(`process ${process.pid}`);
    expect(device.bytesReceived).toBe(before);
    expect(outcome(await ask(line))).toBe("ok");
  }, 60_000);
});

describe.runIf(canLeaveLockFiles())("the lock file of terminal programs", () => {
  test("holds our process while the line is open, and is gone afterwards", async () => {
    await using device = new ModbusRtuDevice();
    const file = lockFileOf(device.path);
    const line = rtuLineTo(device.path);
    expect(outcome(await ask(line))).toBe("ok");
    expect(readFileSync(file, "latin1")).toBe(`${String(process.pid).padStart(10)}\n`);
    await line[Symbol.asyncDispose]();
    expect(existsSync(file)).toBe(false);
  });

  test("of a program that has ended, or has not got the port, keeps nobody away", async () => {
    await using other = otherProgram();
    await using device = new ModbusRtuDevice();
    const file = lockFileOf(device.path);
    const ended = otherProgram();
    await ended.end();
    for (const pid of [ended.pid, other.pid]) {
      writeFileSync(file, `${String(pid).padStart(10)}\n`);
      await using line = rtuLineTo(device.path);
      expect(outcome(await ask(line))).toBe("ok");
    }
  }, 60_000);
});
