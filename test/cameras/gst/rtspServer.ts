/** Starts cameras played by GStreamer's RTSP server (rtspServer.py), with faults that can be switched. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type FilmSize, filmOf, type Scene } from "./films.ts";

/**
 * - the scenes `frozen`, `black`, `bright`, `covered`, `moved`, `slow` (a fifth of the pictures) and `normal`;
 * - `stall`: no more RTP, while RTCP and the connection go on; who connects now gets no picture at all;
 * - `badSps`: parameter sets in the stream that make no sense;
 * - `drop`: the connections are closed once, the camera itself goes on as before;
 * - `gone`: connections closed and 404 for whoever comes;
 * - `otherPassword`: connections closed, and the password is no longer right (cameras with a login).
 */
export type Fault =
  | "normal"
  | Exclude<Scene, "moving">
  | "stall"
  | "badSps"
  | "drop"
  | "gone"
  | "otherPassword";

export interface TestCamera {
  readonly name: string;
  /** Default `small`: quick to encode and to send. */
  readonly size?: FilmSize;
  readonly codec?: "h264" | "h265";
  /** `method`: digest (MD5) unless told otherwise. Such a camera has a port of its own. */
  readonly login?: {
    readonly username: string;
    readonly password: string;
    readonly method?: "digest" | "basic";
  };
}

export interface RtspServerOptions {
  readonly cameras: readonly TestCamera[];
  /** PEM files; the addresses are rtsps then. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

export interface RtspServer extends AsyncDisposable {
  readonly pid: number;
  /** Without user name and password, e.g. rtsp://127.0.0.1:40123/a */
  url(name: string): string;
  /** Resolves when the camera does it. The first use of a scene may take a minute: its film is encoded. */
  switchTo(name: string, fault: Fault): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. Throws when GStreamer or ffmpeg are missing. */
export async function startRtspServer(options: RtspServerOptions): Promise<RtspServer> {
  const server = spawnServer(options);
  const cameras = new Map(options.cameras.map((camera) => [camera.name, camera]));
  const scenes = new Map<string, Scene>();
  async function show(name: string, scene: Scene): Promise<void> {
    if (scenes.get(name) === scene) return;
    const { size = "small", codec = "h264" } = cameras.get(name) ?? {};
    const { file, fps } = await filmOf({ codec, size, scene });
    await server.ask({ do: "film", name, file, fps });
    scenes.set(name, scene);
  }
  try {
    const { ports } = await server.ask<{ readonly ports: Readonly<Record<string, number>> }>(null);
    for (const { name } of options.cameras) await show(name, "moving");
    return {
      pid: server.pid,
      url: (name) =>
        `${options.tls === undefined ? "rtsp" : "rtsps"}://127.0.0.1:${ports[name]}/${name}`,
      async switchTo(name, fault) {
        if (fault === "drop") return void (await server.ask({ do: "fault", name, fault }));
        await show(name, isScene(fault) ? fault : "moving");
        await server.ask({ do: "fault", name, fault });
      },
      [Symbol.asyncDispose]: () => server.end(),
    };
  } catch (error) {
    await server.end();
    throw error;
  }
}

function isScene(fault: Fault): fault is Exclude<Scene, "moving"> {
  return ["frozen", "black", "bright", "covered", "moved", "slow"].includes(fault);
}

function spawnServer({ cameras, tls }: RtspServerOptions) {
  const settings = {
    cameras: cameras.map(({ name, codec = "h264", login }) => ({
      name,
      codec,
      login: login === undefined ? null : { method: "digest", ...login },
    })),
    tls: tls === undefined ? null : { cert: tls.certFile, key: tls.keyFile },
  };
  const script = fileURLToPath(new URL("rtspServer.py", import.meta.url));
  // The distribution's own Python: another one has no `gi`.
  const child = spawn("/usr/bin/python3", [script, JSON.stringify(settings)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const said = { text: "", errors: "" };
  const waiting: ((line: string | null) => void)[] = [];
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      said.errors += error.message;
    });
    child.once("close", () => {
      for (const hear of waiting.splice(0)) hear(null);
      resolve();
    });
  });
  child.stdin.on("error", () => {});
  child.stderr.on("data", (chunk: Buffer) => {
    said.errors = (said.errors + chunk.toString()).slice(-4_000);
  });
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (said.text + chunk.toString()).split("\n");
    said.text = lines.pop() ?? "";
    for (const line of lines) waiting.shift()?.(line);
  });
  return {
    pid: child.pid ?? 0,
    async ask<Answer>(order: object | null): Promise<Answer> {
      if (order !== null) child.stdin.write(`${JSON.stringify(order)}\n`);
      const line = await new Promise<string | null>((resolve) => waiting.push(resolve));
      if (line === null) throw new Error(`the RTSP server ended: ${said.errors}`);
      const answer = JSON.parse(line) as { readonly ok?: boolean; readonly error?: string };
      if (answer.ok === false) throw new Error(answer.error);
      return answer as Answer;
    },
    async end(): Promise<void> {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
