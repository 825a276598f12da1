/**
 * Our ONVIF client against spoilt answers, over real sockets: it never throws, ends in time, names only addresses that
 * the guard allows, and understands every answer that was not spoilt.
 */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Result } from "../../config/words/result.ts";
import { type AddressGuard, createAddressGuard } from "../../drivers/cameras/addressGuard.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import { createCameraHttp } from "../../drivers/cameras/http/cameraHttp.ts";
import { type OnvifCamera, openOnvifCamera } from "../../drivers/cameras/onvif/onvifCamera.ts";
import { type CountingClock, createCountingClock } from "../fakes/countingClock.ts";
import { seeded } from "../mutations/mutate.ts";
import { collectGarbage } from "./liveMemory.ts";
import { seedMake, spoilKinds, spoiltAnswer } from "./onvifCases.ts";

/** A type, so that it is a record too. */
type FuzzFigures = {
  cases: number;
  untouched: number;
  questions: number;
  readonly ends: Record<string, number>;
  worstMs: number;
  timersLeft: number;
  connectionsLeft: number;
  rssStartMb: number;
  rssEndMb: number;
  liveStartMb: number;
  liveEndMb: number;
};

const atOnce = 32;
const deadlineMs = 300;
const listenMs = 150;
/** Of a case: services, profiles, two addresses of each, and what a busy machine takes. */
const caseMsMax = 20_000;
const liveGrowthMbMax = 10;
const rssGrowthMbMax = 120;
const faultsMax = 20;
const warmUpCases = 2_000;

type Fault = (text: string) => void;

export async function proveOnvif(options: {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly figures: FuzzFigures; readonly faults: readonly string[] }> {
  const { count, seed, say } = options;
  const faults: string[] = [];
  const fault: Fault = (text) => {
    if (faults.length < faultsMax) faults.push(text);
    say(text);
  };
  const onUncaught = (error: unknown): void => fault(`uncaught: ${String(error)}`);
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
  const figures: FuzzFigures = {
    ...{ cases: 0, untouched: 0, questions: 0, ends: {}, worstMs: 0 },
    ...{ timersLeft: 0, connectionsLeft: 0 },
    ...{ rssStartMb: 0, rssEndMb: 0, liveStartMb: 0, liveEndMb: 0 },
  };
  const clock = createCountingClock();
  const device = await startSpoiltDevice(figures);
  const guard = createAddressGuard({ hosts: ["127.0.0.1"], networks: [] });

  let next = seed;
  const runTo = async (end: number): Promise<void> => {
    const worker = async (): Promise<void> => {
      while (next < end) {
        const at = next;
        next += 1;
        await trial({ at, clock, guard, figures, fault, origin: device.origin });
        if (figures.cases % 10_000 !== 0) continue;
        noteMemory(figures, "End");
        say(
          `${figures.cases} cases, ${faults.length} faults, ${figures.liveEndMb} MB alive, RSS ${figures.rssEndMb} MB`,
        );
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  await runTo(seed + Math.min(count, Math.max(warmUpCases, Math.ceil(count / 10))));
  noteMemory(figures, "Start");
  await runTo(seed + count);
  noteMemory(figures, "End");
  for (let tries = 0; tries < 100 && device.open() > 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  figures.timersLeft = clock.pending;
  figures.connectionsLeft = device.open();
  device.close();
  process.off("uncaughtException", onUncaught);
  process.off("unhandledRejection", onUncaught);
  if (figures.timersLeft > 0) fault(`${figures.timersLeft} timers left behind`);
  if (figures.connectionsLeft > 0) fault(`${figures.connectionsLeft} connections left behind`);
  if (figures.liveEndMb - figures.liveStartMb > liveGrowthMbMax) fault("live memory grew");
  if (figures.rssEndMb - figures.rssStartMb > rssGrowthMbMax) fault("the process grew");
  return { figures, faults };
}

interface Trial {
  readonly at: number;
  readonly clock: CountingClock;
  readonly guard: AddressGuard;
  readonly figures: FuzzFigures;
  readonly fault: Fault;
  readonly origin: string;
}

const kindOf = (at: number): string => spoilKinds[at % spoilKinds.length] ?? "untouched";
const asks = ["clockOffset", "identify", "media", "events"] as const;

async function trial({ at, clock, guard, figures, fault, origin }: Trial): Promise<void> {
  const rng = seeded(at);
  const isUntouched = kindOf(at) === "untouched";
  const credentials = rng() < 0.3 ? { username: "u", password: "planted-s3cret" } : null;
  const access = { id: "fuzz", credentials, networks: [] };
  const http = createCameraHttp({ access, guard, clock, randomHex: () => "00112233445566778899" });
  const url = `${origin}/case-${at}`;
  // What was not spoilt must be understood on a busy machine too.
  const deadline = isUntouched ? 20_000 : deadlineMs;
  const camera = openOnvifCamera({ url, access, guard, http, clock, deadlineMs: deadline });
  const ask = asks[Math.floor(rng() * asks.length)] ?? "media";
  const beganMs = performance.now();
  const answer = await asked(camera, ask, clock);
  const tookMs = performance.now() - beganMs;
  figures.worstMs = Math.max(figures.worstMs, Math.round(tookMs));
  const end = answer.ok ? "understood" : answer.error.kind;
  figures.ends[end] = (figures.ends[end] ?? 0) + 1;
  figures.cases += 1;
  const about = `case ${at}, ${kindOf(at)}, ${ask}`;
  if (tookMs > caseMsMax) fault(`${about}: took ${Math.round(tookMs)} ms`);
  if (isUntouched) figures.untouched += 1;
  if (isUntouched && !answer.ok) fault(`${about}: ${answer.error.kind}: ${answer.error.message}`);
  const text = JSON.stringify(answer);
  if (text.includes("s3cret")) fault(`${about}: the password came out`);
  if (/\\u00[01][0-9a-f]|\\u007f|\u202e/.test(text)) fault(`${about}: control characters`);
  if (!answer.ok && !/^.{1,400}$/.test(answer.error.message)) fault(`${about}: no plain sentence`);
  for (const [, adopted = ""] of text.matchAll(/"url":"([^"]*)"/g)) {
    const isOurs = guard.checkedUrl(adopted).ok && new URL(adopted).hostname === "127.0.0.1";
    if (!isOurs) fault(`${about}: names ${adopted}`);
  }
  if (Reflect.ownKeys(Object.prototype).length !== prototypeKeys) fault(`${about}: polluted`);
}

const prototypeKeys = Reflect.ownKeys(Object.prototype).length;

/** Events until the first of them, or the end of the subscription. */
async function asked(
  camera: OnvifCamera,
  ask: (typeof asks)[number],
  clock: CountingClock,
): Promise<Result<unknown, CameraError>> {
  const stop = new AbortController();
  if (ask !== "events") return await camera[ask](stop.signal);
  const timer = clock.timer(listenMs, () => stop.abort());
  const heard: unknown[] = [];
  const onEvent = (event: unknown): void => {
    heard.push(event);
    stop.abort();
  };
  const ears = { onSubscribed: () => {}, onEvent };
  const end = await camera.events(ears, stop.signal);
  timer.cancel();
  return end.kind === "aborted" ? { ok: true, value: heard } : { ok: false, error: end };
}

async function startSpoiltDevice(figures: FuzzFigures): Promise<{
  readonly origin: string;
  open(): number;
  close(): void;
}> {
  const sockets = new Set<Socket>();
  const react = async (request: IncomingMessage, origin: string): Promise<void> => {
    const { socket } = request;
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces).toString("utf8");
    figures.questions += 1;
    const at = Number(/case-(\d+)/.exec(request.url ?? "")?.[1] ?? Number.NaN);
    const action = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? "?";
    const rng = seeded(at + action.length * 7_919);
    const { bytes, ending } = spoiltAnswer(kindOf(at), {
      ...{ action, request: body, rng },
      say: {
        ...{ make: seedMake(rng), nowMs: Date.now(), subscription: at },
        // Each path leads back to its case.
        origins: ["http://169.254.1.1", `${origin}/case-${at}`],
        rtspOrigin: "rtsp://10.0.0.7:8554",
        events: [{ topic: "tns1:VideoSource/MotionAlarm", item: "State", state: "true" }],
      },
    });
    if (ending === "close") socket.end(bytes);
    else socket.write(bytes);
    if (ending === "reset") setImmediate(() => socket.resetAndDestroy());
  };
  let origin = "";
  const server = createServer((request) => {
    react(request, origin).catch(() => request.socket.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, open: () => sockets.size, close: () => void server.close() };
}

function noteMemory(figures: FuzzFigures, when: "Start" | "End"): void {
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  figures[`rss${when}Mb`] = Math.round(rss / 1e6);
  figures[`live${when}Mb`] = Math.round((heapUsed + external) / 1e6);
}
