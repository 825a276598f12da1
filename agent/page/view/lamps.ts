/** The lamps of the page's header: whether the box itself can be trusted, in a few words. Pure. */

import type { Agent } from "../../agent.ts";
import type { CameraHealth } from "../../cameras/cameraHealth.ts";
import type { LampView } from "../protocol/live.ts";

/** A commit is made at least every 10 s, also with nothing to store. */
const diskSilentMs = 20_000;
const minuteMs = 60_000;

export function sensorsLamp(agent: Pick<Agent, "live" | "list" | "buses">): LampView {
  const total = agent.list.points.length;
  const good = agent.live.withNumber;
  const down = agent.buses.filter(({ loop }) => loop.isLineDown).map(({ id }) => id);
  if (down.length > 0) {
    const names = down.join(", ");
    return lamp("bad", { zh: `总线断开: ${names}`, en: `line down: ${names}` });
  }
  return lamp(good === total ? "well" : "caution", {
    zh: `${good}/${total} 有值`,
    en: `${good}/${total} with a value`,
  });
}

export function uploadLamp(
  agent: Pick<Agent, "forwarder" | "journal">,
  { nowMs, drainMs }: { readonly nowMs: number; readonly drainMs: number | null },
): LampView {
  if (agent.forwarder === null) {
    return lamp("off", { zh: "未配置, 数据只存在本机", en: "not configured: kept on this box" });
  }
  const { state, uplink } = agent.forwarder.stats();
  const { oldestUnsentWallMs: oldest } = agent.journal;
  const behindMs = oldest === null ? 0 : Math.max(0, nowMs - oldest);
  const late =
    behindMs < minuteMs
      ? null
      : {
          zh: `积压 ${lengthOf(behindMs).zh}${drainMs === null ? "" : `, 正在补传, 约 ${lengthOf(drainMs).zh}`}`,
          en: `${lengthOf(behindMs).en} behind${drainMs === null ? "" : `, catching up, about ${lengthOf(drainMs).en}`}`,
        };
  if (!uplink.isConnected) {
    const { zh, en } = state.words;
    return lamp(
      "bad",
      late === null ? { zh, en } : { zh: `${zh}; ${late.zh}`, en: `${en}; ${late.en}` },
    );
  }
  if (late !== null) return lamp("caution", late);
  return lamp(state.kind === "idle" || state.kind === "sending" ? "well" : "caution", state.words);
}

export function clockLamp({ state, source }: Agent["clock"]): LampView {
  if (state === "synchronised") {
    const by = source === null ? "" : ` (${source})`;
    return lamp("well", { zh: `已同步${by}`, en: `synchronised${by}` });
  }
  // Without a time source nobody knows; "not synchronised" is what a source itself has said.
  if (state === "unknown") {
    return lamp("caution", {
      zh: "未知是否同步: 显示的时间可能有误",
      en: "not known whether it is synchronised: times shown may be wrong",
    });
  }
  return lamp("caution", {
    zh: "未同步: 显示的时间可能有误",
    en: "not synchronised: times shown may be wrong",
  });
}

export function diskLamp(agent: Pick<Agent, "journal">, monotonicMs: number): LampView {
  const { trouble, committedAt } = agent.journal;
  if (trouble !== null)
    return lamp("bad", { zh: `磁盘故障: ${trouble}`, en: `disk trouble: ${trouble}` });
  const silentMs = committedAt === null ? 0 : monotonicMs - committedAt.monotonicMs;
  if (silentMs > diskSilentMs) {
    const s = Math.round(silentMs / 1_000);
    return lamp("bad", { zh: `磁盘 ${s} 秒无应答`, en: `no answer of the disk for ${s} s` });
  }
  return lamp("well", { zh: "正常", en: "well" });
}

export function selfLamp(
  troubles: readonly { readonly zh: string; readonly en: string }[],
): LampView {
  const [first] = troubles;
  return first === undefined ? lamp("well", { zh: "正常", en: "well" }) : lamp("bad", first);
}

/** Yellow when some have a fault, red when none gives a picture any more. */
export function camerasLamp(all: readonly Pick<CameraHealth, "status" | "faults">[]): LampView {
  if (all.length === 0) return lamp("off", { zh: "未配置", en: "not configured" });
  const off = all.filter(({ status }) => status === "OFF").length;
  const faulty = all.filter(({ faults }) => faults.length > 0).length;
  if (faulty === 0) return lamp("well", { zh: "正常", en: "well" });
  return lamp(off === all.length ? "bad" : "caution", {
    zh: `${faulty} 台异常${off > 0 ? `, 其中 ${off} 台离线` : ""}`,
    en: `${faulty} with a fault${off > 0 ? `, ${off} of them off line` : ""}`,
  });
}

function lamp(
  state: LampView["state"],
  words: { readonly zh: string; readonly en: string },
): LampView {
  return { state, zh: words.zh, en: words.en };
}

function lengthOf(ms: number): { zh: string; en: string } {
  const minutes = Math.max(1, Math.round(ms / minuteMs));
  if (minutes < 90) return { zh: `${minutes} 分钟`, en: `${minutes} min` };
  const hours = (ms / 3_600_000).toFixed(1);
  return { zh: `${hours} 小时`, en: `${hours} h` };
}
