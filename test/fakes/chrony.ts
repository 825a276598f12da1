/** The real chronyd and chronyc, without touching the machine's clock: on loopback, sockets in a folder of their own. */

import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createMachine, type Machine } from "../../agent/timekeeping/machine.ts";
import { faketimeEnvironment } from "./faketime.ts";

export interface Chronyd extends AsyncDisposable {
  /** Where the NTP server of this one listens. */
  readonly port: number;
  /** The machine as it would be if this chronyd disciplined its clock. */
  readonly machine: Machine;
}

/**
 * `follow`: the port of another one; without it this one trusts its own clock and serves it. `aheadS`: its clock is
 * ahead of the machine's by that; needs libfaketime.
 */
export async function startChronyd({
  follow,
  aheadS,
}: {
  readonly follow?: number;
  readonly aheadS?: number;
} = {}): Promise<Chronyd> {
  const folder = mkdtempSync(join(tmpdir(), "hazgate-chrony-"));
  const socket = join(folder, "socket");
  const port = await freePort();
  const lines = [
    `port ${follow === undefined ? port : 0}`,
    ...(follow === undefined
      ? ["local stratum 3", "allow 127.0.0.0/8"]
      : [`server 127.0.0.1 port ${follow} iburst minpoll 0 maxpoll 0`]),
    "cmdport 0",
    `bindcmdaddress ${socket}`,
    `pidfile ${join(folder, "pid")}`,
  ];
  const file = join(folder, "chrony.conf");
  writeFileSync(file, `${lines.join("\n")}\n`);
  // -x: never touches the clock. -U -u: as whoever runs the test.
  const args = ["-x", "-d", "-U", "-u", userInfo().username, "-f", file];
  const child = spawn("chronyd", args, {
    stdio: "ignore",
    env: {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      ...(aheadS === undefined ? {} : faketimeEnvironment({ offset: `+${aheadS}` })),
    },
  });
  const real = createMachine();
  return {
    port,
    machine: {
      ...real,
      run: ({ program, args: words, signal }) => {
        const own = program === "chronyc" ? ["-h", socket, ...words] : words;
        return real.run({ program, args: own, signal });
      },
    },
    async [Symbol.asyncDispose]() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
