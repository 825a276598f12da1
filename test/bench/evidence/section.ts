/** Evidence beside alarms and live readings: how much later these come while clips of many megabytes go up. */

import { connectAsync } from "mqtt";
import { createRealClock } from "../../../agent/realClock.ts";
import { startPlatform } from "../../../agent/sim/platform/platform.ts";
import { openPayload } from "../../../agent/wire/payload.ts";
import { type Box, startBox } from "../../evidence/uploadRig.ts";
import { startMosquitto } from "../../fakes/mosquitto.ts";
import { alarm, block } from "../../store/samples.ts";
import { goals } from "../goals.ts";
import { figure, quantile } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section, SectionReport } from "../section.ts";

const clock = createRealClock();
const alarmEveryMs = 50;
const bundleBytes = 10_000_000;

interface Delays {
  readonly alarmMs: number[];
  readonly liveMs: number[];
}

export const evidenceSection: Section = async (options) => {
  await using broker = await startMosquitto();
  await using platform = await startPlatform({
    ...{ dataDir: `${options.dir}/platform`, clock, url: broker.url, protocol: 5 },
  });
  await platform.ready;
  await using box = await startBox({
    ...{ folder: options.dir, url: broker.url, maxSizeBytes: 1e9, ackTimeoutMs: 10_000 },
  });
  const ears = await connectAsync(broker.url);
  let heard: Delays = { alarmMs: [], liveMs: [] };
  const sent = new Map<string, number>();
  ears.on("message", (topic, bytes) => {
    const opened = openPayload(bytes);
    if (!opened.ok) return;
    const { sealedAt, body } = opened.value;
    if (topic.endsWith("/readings")) heard.liveMs.push(clock.now().wallMs - sealedAt);
    const { alarmId } = body as { readonly alarmId?: string };
    const atMs = sent.get(alarmId ?? "");
    if (atMs !== undefined) heard.alarmMs.push(clock.monotonicMs() - atMs);
  });
  await ears.subscribeAsync(["hazgate/v1/+/+/alarm", "hazgate/v1/+/+/readings"], { qos: 1 });
  const live = async (holds: () => boolean): Promise<Delays> => {
    heard = { alarmMs: [], liveMs: [] };
    await plantLife(box, sent, holds);
    await clock.sleep(500, new AbortController().signal);
    return heard;
  };
  options.say("evidence: alarms and live readings alone");
  const idleEndMs = clock.monotonicMs() + (options.isQuick ? 8_000 : 20_000);
  const idle = await live(() => clock.monotonicMs() < idleEndMs);
  const bundles = options.isQuick ? 5 : 20;
  options.say(`evidence: ${bundles} bundles of ${bundleBytes / 1e6} MB beside`);
  const ids = Array.from({ length: bundles }, (_, i) => `b${i}`);
  for (const id of ids) await box.make(id, bundleBytes);
  const begunMs = clock.monotonicMs();
  const beside = await live(() => ids.some((id) => !box.uploader.isDone(id)));
  const tookS = (clock.monotonicMs() - begunMs) / 1000;
  await ears.endAsync();
  const wrong = platform
    .bundles()
    .filter(({ isComplete }) => !isComplete)
    .map(({ bundle }) => `bundle ${bundle} is not whole at the platform`);
  return report({ idle, beside, tookS, bytes: bundles * bundleBytes, wrong });
};

/** Readings ten times a second, alarms twenty times a second. */
async function plantLife(
  { journal }: Box,
  sent: Map<string, number>,
  holds: () => boolean,
): Promise<void> {
  const never = new AbortController().signal;
  for (let turn = 0; holds(); turn += 1) {
    const at = clock.now();
    if (turn % 2 === 0) journal.append(block(at, [turn, turn, turn, turn]));
    const alarmId = `alarm-${sent.size}`;
    sent.set(alarmId, at.monotonicMs);
    void journal.commitAlarms([alarm(at, { alarmId })], null);
    await clock.sleep(alarmEveryMs, never);
  }
}

function report(parts: {
  readonly idle: Delays;
  readonly beside: Delays;
  readonly tookS: number;
  readonly bytes: number;
  readonly wrong: readonly string[];
}): SectionReport {
  const { idle, beside, tookS, bytes } = parts;
  const sorted = (ms: readonly number[]): readonly number[] => [...ms].sort((a, b) => a - b);
  const row = (name: string, ms: readonly number[]): string[] => [
    name,
    String(ms.length),
    ...[0.5, 0.95, 0.99, 1].map((share) => figure(quantile(sorted(ms), share))),
  ];
  const times = (of: keyof Delays): number =>
    quantile(sorted(beside[of]), 0.99) / quantile(sorted(idle[of]), 0.99);
  const head = ["ms until at the broker's listener", "n", "p50", "p95", "p99", "max"];
  const rows = [
    row("alarms alone", idle.alarmMs),
    row("alarms beside evidence", beside.alarmMs),
    row("live readings alone, from sealing", idle.liveMs),
    row("live readings beside evidence", beside.liveMs),
  ];
  return {
    text: [
      `${bytes / 1e6} MB of evidence in ${figure(tookS)} s (${figure(bytes / 1e6 / tookS)} MB/s), acknowledged by the platform, whole`,
      table(head, rows, 1),
      `p99 beside evidence / alone: alarms ${figure(times("alarmMs"))}, live readings ${figure(times("liveMs"))}`,
    ].join("\n"),
    verdicts: [{ goal: goals.alarmBesideEvidence, measured: times("alarmMs") }],
    wrong: parts.wrong,
    missing: [],
    figures: { idle, beside, tookS, bytes },
  };
}
