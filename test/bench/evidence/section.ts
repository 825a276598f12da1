/** Evidence beside alarms and live readings: how much later these come while clips of many megabytes go up. */

import { connectAsync } from "mqtt";
import { createRealClock } from "../../../agent/realClock.ts";
import { openPayload } from "../../../agent/wire/payload.ts";
import { type Box, startBox } from "../../evidence/uploadRig.ts";
import { startMosquitto } from "../../fakes/mosquitto.ts";
import { alarm, block } from "../../store/samples.ts";
import { goals } from "../goals.ts";
import { startHelper } from "../measure/child.ts";
import { figure, quantile } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section, SectionReport } from "../section.ts";

const clock = createRealClock();
const alarmEveryMs = 50;
const bundleBytes = 10_000_000;
/** Alone and beside in turn, so that what else the machine does meets both alike. */
const rounds = 5;

interface Delays {
  readonly alarmMs: number[];
  readonly liveMs: number[];
}

export const evidenceSection: Section = async (options) => {
  await using broker = await startMosquitto();
  // A process of its own, as it is elsewhere: its own disk stops no clock here.
  await using platform = startHelper("poll/platformProcess.ts", {
    ...{ dataDir: `${options.dir}/platform`, url: broker.url, groupMs: 50, originMs: 0 },
  });
  await platform.ask("url");
  await using box = await startBox({
    ...{ folder: options.dir, url: broker.url, maxSizeBytes: 1e9, ackTimeoutMs: 10_000 },
  });
  const ears = await connectAsync(broker.url);
  const heard = { idle: newDelays(), beside: newDelays() };
  let phase: keyof typeof heard = "idle";
  const sent = new Map<string, number>();
  ears.on("message", (topic, bytes) => {
    const opened = openPayload(bytes);
    if (!opened.ok) return;
    const { sealedAt, body } = opened.value;
    const { alarmMs, liveMs } = heard[phase];
    if (topic.endsWith("/readings")) liveMs.push(clock.now().wallMs - sealedAt);
    const { alarmId } = body as { readonly alarmId?: string };
    const atMs = sent.get(alarmId ?? "");
    if (atMs !== undefined) alarmMs.push(clock.monotonicMs() - atMs);
  });
  await ears.subscribeAsync(["hazgate/v1/+/+/alarm", "hazgate/v1/+/+/readings"], { qos: 1 });
  const live = async (during: keyof typeof heard, holds: () => boolean): Promise<void> => {
    phase = during;
    await plantLife(box, sent, holds);
    await clock.sleep(500, new AbortController().signal);
  };
  const bundles = options.isQuick ? 1 : 4;
  let tookMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const idleEndMs = clock.monotonicMs() + (options.isQuick ? 3_000 : 8_000);
    await live("idle", () => clock.monotonicMs() < idleEndMs);
    options.say(`evidence: ${bundles} x ${bundleBytes / 1e6} MB beside, ${round + 1} of ${rounds}`);
    const ids = Array.from({ length: bundles }, (_, i) => `b${round}-${i}`);
    for (const id of ids) await box.make(id, bundleBytes);
    const begunMs = clock.monotonicMs();
    await live("beside", () => ids.some((id) => !box.uploader.isDone(id)));
    tookMs += clock.monotonicMs() - begunMs;
  }
  await ears.endAsync();
  const cut = await platform.ask<readonly string[]>("cutBundles");
  const wrong = cut.map((bundle) => `bundle ${bundle} is not whole at the platform`);
  const bytes = rounds * bundles * bundleBytes;
  return report({ ...heard, tookS: tookMs / 1000, bytes, wrong });
};

function newDelays(): Delays {
  return { alarmMs: [], liveMs: [] };
}

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
