/**
 * Our RTSP client against spoilt cameras, over real sockets: it never throws, ends in time, gives only pictures of the
 * camera it spoke to, and of one that was not spoilt every picture.
 */

import type { Socket } from "node:net";
import type { CameraError, CodedPicture } from "../../drivers/cameras/contract.ts";
import { startScriptedCamera } from "../cameras/rtsp/scriptedCamera.ts";
import { streamTo } from "../cameras/rtsp/watchStream.ts";
import { createCountingClock } from "../fakes/countingClock.ts";
import { seeded } from "../mutations/mutate.ts";
import { collectGarbage } from "./liveMemory.ts";
import { type Ending, type FuzzCase, fuzzCase } from "./rtspCases.ts";

/** A type, so that it is a record too. */
type FuzzFigures = {
  cases: number;
  /** Of cameras that were not spoilt: how many, and their pictures. */
  untouched: number;
  pictures: number;
  readonly ends: Record<string, number>;
  worstMs: number;
  /** Timers and connections that were left behind; memory in MB. */
  timersLeft: number;
  connectionsLeft: number;
  rssStartMb: number;
  rssEndMb: number;
  liveStartMb: number;
  liveEndMb: number;
};

const atOnce = 48;
/** Short for those that will never come to it; the others must come to it on a busy machine too. */
const spoiltDeadlines = { firstPictureMs: 400, stallMs: 300 };
const soundDeadlines = { firstPictureMs: 20_000, stallMs: 20_000 };
/** Beyond the deadlines: what a machine with other work may take. */
const graceMs = 6_000;
const pictureBytesMax = 1_000_000;
/** Of what is alive after a collection, and of what the process holds. */
const liveGrowthMbMax = 10;
const rssGrowthMbMax = 120;
const faultsMax = 20;
const warmUpCases = 2_000;

export async function proveRtsp(options: {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly figures: FuzzFigures; readonly faults: readonly string[] }> {
  const { count, seed, say } = options;
  const faults: string[] = [];
  const fault = (text: string): void => {
    if (faults.length < faultsMax) faults.push(text);
    say(text);
  };
  const onUncaught = (error: unknown): void => fault(`uncaught: ${String(error)}`);
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
  const figures = emptyFigures();
  const clock = createCountingClock();
  const cases = new Map<string, FuzzCase>();
  const played = new WeakMap<Socket, FuzzCase>();
  await using camera = await startScriptedCamera((asked, socket) => {
    // By the first question: a spoilt Content-Base may send the client to another one's path.
    const one = played.get(socket) ?? cases.get(/case-(\d+)/.exec(asked.uri)?.[1] ?? "");
    if (one !== undefined) played.set(socket, one);
    const reply = one?.react(asked) ?? null;
    if (reply !== null) respond(socket, reply.bytes, reply.ending);
  });

  async function trial(at: number): Promise<void> {
    const one = fuzzCase(at, seeded(at));
    cases.set(String(at), one);
    const stream = streamTo({
      url: camera.url(`case-${at}`),
      ...(one.kind === "untouched" ? soundDeadlines : spoiltDeadlines),
      ...{ clock, pictureBytesMax },
      ...{ username: "u", password: "p" },
    });
    const pictures: CodedPicture[] = [];
    const ears = {
      onFormat: () => {},
      onPicture: (picture: CodedPicture): void => void pictures.push(picture),
    };
    const startedMs = performance.now();
    const reason = await stream.run(ears, new AbortController().signal);
    const tookMs = performance.now() - startedMs;
    cases.delete(String(at));
    figures.worstMs = Math.max(figures.worstMs, Math.round(tookMs));
    figures.ends[reason.kind] = (figures.ends[reason.kind] ?? 0) + 1;
    const { firstPictureMs, stallMs } = spoiltDeadlines;
    if (tookMs > firstPictureMs + stallMs + graceMs) fault(`case ${at}: took ${tookMs} ms`);
    for (const text of faultsOf(one, pictures, reason)) fault(`case ${at}, ${one.kind}: ${text}`);
    figures.cases += 1;
    if (one.kind !== "untouched") return;
    figures.untouched += 1;
    figures.pictures += pictures.length;
  }

  let next = seed;
  const runTo = async (end: number): Promise<void> => {
    const worker = async (): Promise<void> => {
      while (next < end) {
        next += 1;
        await trial(next - 1);
        if (figures.cases % 10_000 === 0) {
          noteMemory(figures, "End");
          const { liveEndMb, rssEndMb } = figures;
          say(
            `${figures.cases} cases, ${faults.length} faults, ${liveEndMb} MB alive, RSS ${rssEndMb} MB`,
          );
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  // The first cases fill caches and pools: memory counts from after them.
  await runTo(seed + Math.min(count, Math.max(warmUpCases, Math.ceil(count / 10))));
  noteMemory(figures, "Start");
  await runTo(seed + count);
  noteMemory(figures, "End");
  await untilClosed(camera);
  figures.timersLeft = clock.pending;
  figures.connectionsLeft = camera.open;
  process.off("uncaughtException", onUncaught);
  process.off("unhandledRejection", onUncaught);
  if (clock.pending > 0) fault(`${clock.pending} timers left behind`);
  if (camera.open > 0) fault(`${camera.open} connections left behind`);
  if (figures.liveEndMb - figures.liveStartMb > liveGrowthMbMax) fault("live memory grew");
  if (figures.rssEndMb - figures.rssStartMb > rssGrowthMbMax) fault("the process grew");
  return { figures, faults };
}

function respond(socket: Socket, bytes: Buffer, ending: Ending | null): void {
  if (ending === "close") socket.end(bytes);
  else socket.write(bytes);
  if (ending === "reset") setImmediate(() => socket.resetAndDestroy());
}

function faultsOf(one: FuzzCase, pictures: readonly CodedPicture[], reason: CameraError): string[] {
  const faults: string[] = [];
  for (const { nals, sizeBytes } of pictures) {
    const sum = nals.reduce((bytes, nal) => bytes + nal.length, 0);
    if (nals.length === 0 || sum !== sizeBytes || sum > pictureBytesMax) faults.push("odd picture");
    for (const nal of nals) {
      const foreign = /#[0-9a-z]{7}#/.exec(Buffer.from(nal).toString("latin1"))?.[0];
      if (foreign === undefined || foreign === one.mark.toString()) continue;
      // A spoilt byte may fall into a mark: then the next one tells.
      if (!Buffer.from(nal).includes(one.mark)) faults.push(`a picture of ${foreign}`);
    }
  }
  if (reason.message === "" || reason.message.length > 300) faults.push("no plain sentence");
  if (one.kind !== "untouched") return faults;
  const got = Buffer.concat(pictures.flatMap(({ nals }) => nals));
  if (!got.equals(Buffer.concat(one.slices))) faults.push("not all pictures came as sent");
  if (reason.kind !== "ended") faults.push(`ended as ${reason.kind}: ${reason.message}`);
  return faults;
}

function noteMemory(figures: FuzzFigures, when: "Start" | "End"): void {
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  figures[`rss${when}Mb`] = Math.round(rss / 1e6);
  figures[`live${when}Mb`] = Math.round((heapUsed + external) / 1e6);
}

async function untilClosed(camera: { readonly open: number }): Promise<void> {
  for (let tries = 0; tries < 100 && camera.open > 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function emptyFigures(): FuzzFigures {
  return {
    ...{ cases: 0, untouched: 0, pictures: 0, ends: {}, worstMs: 0 },
    ...{ timersLeft: 0, connectionsLeft: 0 },
    ...{ rssStartMb: 0, rssEndMb: 0, liveStartMb: 0, liveEndMb: 0 },
  };
}
