/** `hazgate cam watch`: keeps looking at one camera, a line a second: age of its picture, rate, size, what is wrong. */

import type { CameraError } from "../../drivers/cameras/contract.ts";
import { createSnapshotSource } from "../../drivers/cameras/snapshot.ts";
import { openGauge, type StreamGauge } from "./camGauge.ts";
import { snapshotUrl } from "./camSnap.ts";
import { type CamTarget, openTarget } from "./camTarget.ts";
import { type CamCommand, endOf } from "./camTest.ts";
import { causeOf } from "./camWords.ts";
import { type CommandIo, say } from "./io.ts";

export interface WatchCommand extends CamCommand {
  /** Between two pictures by HTTP. */
  readonly everyMs: number;
  /** Null: until told to stop. */
  readonly forMs: number | null;
}

interface Seen {
  picture: { readonly atMs: number; readonly sizeBytes: number } | null;
  pictureError: CameraError | null;
  gauge: StreamGauge | null;
  streamError: CameraError | null;
}

const lineEveryMs = 1_000;
const againMs = 2_000;

/** @returns 0 all was well at the end, 1 something was wrong then, 2 no such camera, 3 it could not be reached then. */
export async function camWatch(command: WatchCommand): Promise<number> {
  const { io, clock, signal, forMs } = command;
  const opened = openTarget(command, command);
  if (!opened.ok) {
    io.err(opened.error.text);
    return opened.error.exitCode;
  }
  const target = opened.value;
  const seen: Seen = { picture: null, pictureError: null, gauge: null, streamError: null };
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal.addEventListener("abort", onAbort);
  const timer = forMs === null ? null : clock.timer(forMs, onAbort);
  const loops = { ...command, target, seen, signal: stop.signal };
  const [atEnd] = await Promise.all([tellLines(loops), lookOn(loops), streamOn(loops)]);
  timer?.cancel();
  signal.removeEventListener("abort", onAbort);
  return endOf(atEnd);
}

type Loop = WatchCommand & { readonly target: CamTarget; readonly seen: Seen };

/** Resolves with what was wrong last, before it was stopped. */
async function tellLines(loop: Loop): Promise<readonly CameraError[]> {
  const { io, json, clock, signal, seen } = loop;
  let errors: readonly CameraError[] = [];
  for (;;) {
    await clock.sleep(lineEveryMs, signal);
    if (signal.aborted) return errors;
    errors = [seen.pictureError, seen.streamError].filter((error) => error !== null);
    const told = toldOf(loop, errors);
    io.out(json ? `${JSON.stringify(told)}\n` : line(told, errors, io));
  }
}

interface Told {
  readonly at: string;
  readonly camera: string;
  readonly pictureAgeMs: number | null;
  readonly pictureBytes: number | null;
  readonly streamAgeMs: number | null;
  readonly fps: number | null;
  readonly kbps: number | null;
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly faults: readonly CameraError[];
}

function toldOf({ clock, seen, target }: Loop, errors: readonly CameraError[]): Told {
  const { picture, gauge } = seen;
  const { codec = null, width = null, height = null } = gauge?.format ?? {};
  const age = (sinceMs: number | null): number | null =>
    sinceMs === null ? null : Math.round(sinceMs);
  return {
    at: new Date(clock.now().wallMs).toISOString(),
    camera: target.id,
    pictureAgeMs: age(picture === null ? null : clock.monotonicMs() - picture.atMs),
    pictureBytes: picture?.sizeBytes ?? null,
    streamAgeMs: age(gauge?.ageMs() ?? null),
    fps: gauge?.fps() ?? null,
    kbps: gauge === null ? null : Math.round(gauge.kbps()),
    ...{ codec, width, height },
    faults: errors.map(({ kind, message }) => ({ kind, message })),
  };
}

function line(told: Told, errors: readonly CameraError[], { lang }: CommandIo): string {
  const t = (zh: string, en: string): string => say(lang, { zh, en });
  const { pictureAgeMs: age, pictureBytes: bytes, codec } = told;
  const size = `${told.width ?? "?"}x${told.height ?? "?"}`;
  const parts = [
    age === null || bytes === null
      ? t("图片 -", "picture -")
      : `${t("图片", "picture")} ${(age / 1_000).toFixed(1)} s, ${Math.ceil(bytes / 1024)} KiB`,
    codec === null
      ? t("视频 -", "stream -")
      : `${t("视频", "stream")} ${codec} ${size} ${(told.fps ?? 0).toFixed(1)} fps ${told.kbps ?? 0} kbit/s`,
    ...errors.map((error) => causeOf(error, lang)),
  ];
  return `${told.at.slice(11, 19)}Z  ${parts.join("  |  ")}\n`;
}

async function lookOn(loop: Loop): Promise<void> {
  const { target, seen, clock, signal } = loop;
  const hasPictures = target.snapshotUrl !== null || target.onvif !== null;
  while (hasPictures && !signal.aborted) {
    const found = await snapshotUrl(target, signal);
    if (signal.aborted) return;
    if (found.ok) await takePictures(loop, found.value);
    else seen.pictureError = found.error;
    await clock.sleep(againMs, signal);
  }
}

/** Until one fails: its address is asked for again then. */
async function takePictures(loop: Loop, url: string): Promise<void> {
  const { target, seen, clock, signal } = loop;
  const source = createSnapshotSource({ http: target.http, url: () => url, clock });
  while (!signal.aborted) {
    const picture = await source.fetch(signal);
    if (signal.aborted) return;
    seen.pictureError = picture.ok ? null : picture.error;
    if (!picture.ok) return;
    const { takenAt, bytes } = picture.value;
    seen.picture = { atMs: takenAt.monotonicMs, sizeBytes: bytes.byteLength };
    await clock.sleep(loop.everyMs, signal);
  }
}

async function streamOn(loop: Loop): Promise<void> {
  const { target, seen, clock, signal } = loop;
  while (!signal.aborted) {
    const url = target.rtspUrl ?? (await streamUrl(target, signal));
    if (url === null) {
      if (target.onvif === null) return;
      await clock.sleep(againMs, signal);
      continue;
    }
    seen.gauge = openGauge({
      ...{ url, access: target.access, guard: target.guard },
      ...{ clock, randomHex: loop.randomHex, onFirst: () => clear(seen) },
    });
    const end = await seen.gauge.run(signal);
    if (!signal.aborted) seen.streamError = end;
    await clock.sleep(againMs, signal);
  }
}

function clear(seen: Seen): void {
  seen.streamError = null;
}

/** Failures of asking are told by the pictures' loop. */
async function streamUrl({ onvif }: CamTarget, signal: AbortSignal): Promise<string | null> {
  const media = onvif === null ? null : await onvif.media(signal);
  if (media === null || !media.ok) return null;
  return media.value.profiles.find(({ stream }) => stream !== null)?.stream?.url ?? null;
}
