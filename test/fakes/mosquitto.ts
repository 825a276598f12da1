/** A real mosquitto on a free port, that can be killed and started again on the same port. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface MosquittoOptions {
  /** Lines of the configuration beside listener and nodelay, e.g. "max_inflight_messages 10". */
  readonly config?: readonly string[];
  /** Lines of an access list; none: everybody may do everything. */
  readonly acl?: readonly string[];
  readonly tls?: {
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
    readonly requireCertificate: boolean;
  };
}

export interface Mosquitto extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** SIGKILL: what was in memory is gone. */
  kill(): Promise<void>;
  /** After `kill`: the same configuration on the same port. */
  start(): Promise<void>;
  /** Replaces the access list and has it read. */
  setAcl(lines: readonly string[]): void;
  readonly log: () => string;
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const dir = mkdtempSync(join(tmpdir(), "hazgate-mosquitto-"));
  const port = await freePort();
  const aclFile = join(dir, "acl");
  const configFile = join(dir, "mosquitto.conf");
  writeFileSync(aclFile, `${(options.acl ?? []).join("\n")}\n`, { mode: 0o600 });
  writeFileSync(configFile, `${configLines(options, { port, aclFile, dir }).join("\n")}\n`);
  const running = { child: null as ChildProcess | null, log: "" };

  async function start(): Promise<void> {
    const child = spawn("mosquitto", ["-c", configFile], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PATH: [process.env["PATH"], "/usr/sbin"].join(delimiter) },
    });
    running.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => {
        running.log = (running.log + text.toString()).slice(-20_000);
      });
    }
    await untilListening(port, () => {
      if (child.exitCode !== null) throw new Error(`mosquitto ended:\n${running.log}`);
    });
  }

  async function kill(): Promise<void> {
    const { child } = running;
    if (child === null) return;
    running.child = null;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  await start();
  return {
    port,
    url: `${options.tls === undefined ? "mqtt" : "mqtts"}://127.0.0.1:${port}`,
    start,
    kill,
    setAcl(lines) {
      writeFileSync(aclFile, `${lines.join("\n")}\n`, { mode: 0o600 });
      running.child?.kill("SIGHUP");
    },
    log: () => running.log,
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function configLines(
  options: MosquittoOptions,
  at: { readonly port: number; readonly aclFile: string; readonly dir: string },
): string[] {
  const { tls } = options;
  return [
    "per_listener_settings false",
    "set_tcp_nodelay true",
    "log_dest stdout",
    "log_type all",
    `persistence_location ${at.dir}/`,
    ...(process.getuid?.() === 0 ? ["user root"] : []),
    ...(options.acl === undefined ? [] : [`acl_file ${at.aclFile}`]),
    ...(options.config ?? []),
    `listener ${at.port} 127.0.0.1`,
    ...(tls === undefined
      ? ["allow_anonymous true"]
      : [
          `cafile ${tls.caFile}`,
          `certfile ${tls.certFile}`,
          `keyfile ${tls.keyFile}`,
          `require_certificate ${tls.requireCertificate}`,
          `use_identity_as_username ${tls.requireCertificate}`,
          ...(tls.requireCertificate ? [] : ["allow_anonymous true"]),
        ]),
  ];
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

async function untilListening(port: number, check: () => void): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    check();
    if (await canConnect(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nothing listens on ${port}`);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
