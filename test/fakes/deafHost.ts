/** A host that never answers a SYN: its accept queue is full, as behind a firewall that drops. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";

/** Listens with room for two connections, and does not turn its event loop until it is woken. */
const listener = `
  import { readSync, writeSync } from "node:fs";
  import { createServer } from "node:net";
  const server = createServer(() => {});
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    writeSync(1, String(server.address().port));
    readSync(0, Buffer.alloc(1));
  });`;
const fillers = 4;
const synSent = "02";

export interface DeafHost extends AsyncDisposable {
  readonly port: number;
  /** Connections to it that still ask to be let in, by the kernel's table; the host's own fillers aside. */
  asking(): number;
  /** From now on it takes all who ask. */
  wake(): void;
}

export async function startDeafHost(): Promise<DeafHost> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", listener], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(text.toString());
  const sockets = Array.from({ length: fillers }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets) socket.on("error", () => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  // Those that came in keep the queue full; those that did not are in nobody's way.
  const outside = sockets.filter((socket) => socket.connecting);
  if (outside.length === 0) throw new Error("the accept queue took everybody");
  for (const socket of outside) socket.destroy();
  return {
    port,
    asking: () => statesTo(port).filter((state) => state === synSent).length,
    wake: () => void child.stdin.write("\n"),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function statesTo(port: number): readonly (string | undefined)[] {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[2]?.endsWith(remote))
    .map((fields) => fields[3]);
}
