/** The steps by which a camera is tried, each told as soon as it is done. */

import type { Lang } from "../../config/words/bilingual.ts";
import type { Clock, Timer } from "../../config/words/time.ts";
import type { CameraError } from "../../drivers/cameras/contract.ts";
import type { OnvifMedia, OnvifProfile } from "../../drivers/cameras/onvif/onvifCamera.ts";
import { createSnapshotSource } from "../../drivers/cameras/snapshot.ts";
import { openGauge } from "./camGauge.ts";
import type { CamTarget } from "./camTarget.ts";

export interface CamStep {
  readonly step: "address" | "clock" | "identity" | "profiles" | "snapshot" | "stream" | "password";
  readonly state: "ok" | "failed" | "warning" | "skipped";
  readonly title: string;
  readonly seen: string;
  readonly error?: CameraError;
}

export interface StepsOptions {
  readonly target: CamTarget;
  readonly clock: Clock;
  readonly randomHex: () => string;
  /** How long the stream is watched. */
  readonly forMs: number;
  readonly io: { readonly lang: Lang };
  readonly signal: AbortSignal;
}

type Tell = (step: CamStep) => void;

/** More than this, and the camera's stamps cannot be put beside the readings. */
const clockOffsetMsMax = 30_000;

export async function runSteps(options: StepsOptions, tell: Tell): Promise<void> {
  const { target } = options;
  if (!tellAddresses(options, tell)) return;
  const media = await tryOnvif(options, tell);
  if (options.signal.aborted) return;
  const profile = media?.profiles.find(({ stream }) => stream !== null) ?? media?.profiles[0];
  for (const error of profile?.missing ?? []) {
    const title = words(options)("码流地址", "addresses of the profile");
    tell({ step: "profiles", state: "failed", title, seen: "", error });
  }
  await trySnapshot(options, tell, target.snapshotUrl ?? profile?.snapshot?.url ?? null);
  if (options.signal.aborted) return;
  await tryStream(options, tell, target.rtspUrl ?? profile?.stream?.url ?? null);
  if (target.http.isPasswordReadable) {
    tell({
      ...{ step: "password", state: "warning", title: words(options)("密码", "password") },
      seen: words(options)(
        "摄像机只支持 Basic, 密码明文传输: 请改用 https 或打开 digest",
        "it offers Basic only, so the password goes readable: use https, or switch digest on",
      ),
    });
  }
}

function words({ io }: Pick<StepsOptions, "io">): (zh: string, en: string) => string {
  return (zh, en) => (io.lang === "zh" ? zh : en);
}

function tellAddresses(options: StepsOptions, tell: Tell): boolean {
  const { target } = options;
  const title = words(options)("地址", "address");
  const urls = [target.onvifUrl, target.snapshotUrl, target.rtspUrl].filter((url) => url !== null);
  for (const url of urls) {
    const checked = target.guard.checkedUrl(url);
    if (checked.ok) continue;
    tell({ step: "address", state: "failed", title, seen: "", error: checked.error });
    return false;
  }
  tell({ step: "address", state: "ok", title, seen: urls.join("  ") });
  return true;
}

async function tryOnvif(options: StepsOptions, tell: Tell): Promise<OnvifMedia | null> {
  const { target, signal } = options;
  const t = words(options);
  const { onvif } = target;
  if (onvif === null) {
    const seen = t("没有 ONVIF 地址, 跳过", "no ONVIF address: left out");
    tell({ step: "identity", state: "skipped", title: "ONVIF", seen });
    return null;
  }
  const clockTitle = t("连接与时钟", "reachable, clock");
  const clock = await onvif.clockOffset(signal);
  if (!clock.ok) {
    tell({ step: "clock", state: "failed", title: clockTitle, seen: "", error: clock.error });
    if (clock.error.kind === "unreachable" || clock.error.kind === "timeout") return null;
  } else {
    const seconds = (clock.value.offsetMs / 1_000).toFixed(1);
    const isOff = Math.abs(clock.value.offsetMs) > clockOffsetMsMax;
    const advice = isOff ? t("; 请为摄像机设置 NTP", "; set NTP on the camera") : "";
    tell({
      ...{ step: "clock", state: isOff ? "warning" : "ok", title: clockTitle },
      seen: t(`钟差 ${seconds} 秒${advice}`, `clock off by ${seconds} s${advice}`),
    });
  }
  const identityTitle = t("登录与型号", "login, identity");
  const identity = await onvif.identify(signal);
  if (!identity.ok) {
    const { error } = identity;
    tell({ step: "identity", state: "failed", title: identityTitle, seen: "", error });
    if (error.kind === "unauthorised") return null;
  } else {
    const { manufacturer, model, firmware, serial } = identity.value;
    const seen = `${manufacturer} ${model}, ${firmware}, ${serial}`;
    tell({ step: "identity", state: "ok", title: identityTitle, seen });
  }
  const title = t("码流", "profiles");
  const media = await onvif.media(signal);
  if (!media.ok) {
    tell({ step: "profiles", state: "failed", title, seen: "", error: media.error });
    return null;
  }
  const seen = media.value.profiles.map((profile) => profileText(profile, t)).join("; ");
  tell({ step: "profiles", state: "ok", title, seen });
  return media.value;
}

function profileText(profile: OnvifProfile, t: (zh: string, en: string) => string): string {
  const { name, codec, width, height, fps, kbps, stream } = profile;
  const rewritten = stream?.rewrittenFrom ?? null;
  const note =
    rewritten === null ? "" : t(` (摄像机写的是 ${rewritten})`, ` (it wrote ${rewritten})`);
  return `${name} ${codec ?? "?"} ${width ?? "?"}x${height ?? "?"} ${fps ?? "?"} fps ${kbps ?? "?"} kbit/s${note}`;
}

async function trySnapshot(options: StepsOptions, tell: Tell, url: string | null): Promise<void> {
  const { target, clock, signal } = options;
  const t = words(options);
  const title = t("抓拍", "snapshot");
  if (url === null) {
    const seen = t("没有抓拍地址, 跳过", "no address of a picture: left out");
    tell({ step: "snapshot", state: "skipped", title, seen });
    return;
  }
  const beganMs = clock.monotonicMs();
  const source = createSnapshotSource({ http: target.http, url: () => url, clock });
  const picture = await source.fetch(signal);
  if (!picture.ok) {
    tell({ step: "snapshot", state: "failed", title, seen: "", error: picture.error });
    return;
  }
  const { mediaType, bytes } = picture.value;
  const tookMs = Math.round(clock.monotonicMs() - beganMs);
  const seen = `${mediaType}, ${Math.ceil(bytes.byteLength / 1024)} KiB, ${tookMs} ms`;
  tell({ step: "snapshot", state: "ok", title, seen });
}

async function tryStream(options: StepsOptions, tell: Tell, url: string | null): Promise<void> {
  const { target, clock, forMs, signal } = options;
  const t = words(options);
  const title = t("视频流", "stream");
  if (url === null) {
    const seen = t("没有视频流地址, 跳过", "no address of a stream: left out");
    tell({ step: "stream", state: "skipped", title, seen });
    return;
  }
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal.addEventListener("abort", onAbort);
  let timer: Timer | null = null;
  // Counts from the first picture: a camera may take a while to begin.
  const onFirst = (): void => {
    timer = clock.timer(forMs, onAbort);
  };
  const gauge = openGauge({ ...options, ...target, url, onFirst });
  const end = await gauge.run(stop.signal);
  (timer as Timer | null)?.cancel();
  signal.removeEventListener("abort", onAbort);
  if (end.kind !== "aborted" || gauge.pictures === 0) {
    tell({ step: "stream", state: "failed", title, seen: gauge.text(t), error: end });
    return;
  }
  tell({ step: "stream", state: "ok", title, seen: gauge.text(t) });
}
