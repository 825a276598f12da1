/** Draining: a long outage's readings to the platform's acknowledgement, and alarms that must not wait for them. */

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createAuthority } from "../../fakes/certificates.ts";
import { type Mosquitto, startMosquitto } from "../../fakes/mosquitto.ts";
import { goals } from "../goals.ts";
import { runToEnd, startHelper } from "../measure/child.ts";
import { figure, quantile, spreadOf, spreadText } from "../measure/spread.ts";
import { table } from "../measure/table.ts";
import type { Section, SectionOptions, SectionReport } from "../section.ts";
import type { Backlog } from "./backlog.ts";
import type { DrainFindings, TlsFiles } from "./drainPlatform.ts";
import type { GatewayFigures, GatewayRun } from "./gateway.ts";

const windows = 3;
const tags = 10_000;
const alarmsPerS = 50;

interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly platformTls: TlsFiles;
  readonly gatewayTls: TlsFiles;
}

interface Outcome {
  readonly figures: GatewayFigures;
  readonly findings: DrainFindings | null;
}

export const drainSection: Section = async (options) => {
  const stage = await openStage(options.dir).catch((error: unknown) => String(error));
  if (typeof stage === "string") return unable(stage);
  await using _ = stage;
  const backlog: Backlog = { tags, seconds: backlogReadings(options) / tags };
  const file = join(options.dir, "backlog.db");
  options.say(`drain: filling a journal with ${tags * backlog.seconds} readings`);
  await runToEnd("drain/fillBacklog.ts", { ...backlog, file });
  const empty = join(options.dir, "empty.db");
  await runToEnd("drain/fillBacklog.ts", { tags, seconds: 0, file: empty });

  const drains: Outcome[] = [];
  const alarmDrains: Outcome[] = [];
  for (let window = 0; window < windows; window += 1) {
    options.say(`drain: run ${window + 1} of ${windows}`);
    drains.push(await drain({ stage, backlog, file, dir: options.dir, alarmsPerS: 0 }));
    options.say(`drain: run ${window + 1} of ${windows}, ${alarmsPerS} alarms/s beside`);
    alarmDrains.push(await drain({ stage, backlog, file, dir: options.dir, alarmsPerS }));
  }
  options.say("drain: alarms on an idle line");
  const idle = await drain({
    stage,
    backlog: { tags, seconds: 0 },
    file: empty,
    dir: options.dir,
    alarmsPerS,
    atLeastMs: options.isQuick ? 6_000 : 15_000,
  });
  return report({ drains, alarmDrains, idle, backlog });
};

/** HAZGATE_BENCH_DRAIN_READINGS scales the backlog. */
function backlogReadings({ isQuick }: SectionOptions): number {
  const asked = Number(process.env["HAZGATE_BENCH_DRAIN_READINGS"] ?? Number.NaN);
  if (asked >= tags) return Math.floor(asked / tags) * tags;
  return isQuick ? 2_000_000 : 10_000_000;
}

async function openStage(dir: string): Promise<Stage> {
  const authority = createAuthority(dir);
  const files = (name: string): TlsFiles => ({
    ...authority.issue(name),
    caFile: authority.caFile,
  });
  const broker: Mosquitto = await startMosquitto({
    tls: { ...files("broker"), requireCertificate: true },
  });
  return {
    url: broker.url,
    platformTls: files("platform"),
    gatewayTls: files("box1"),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

async function drain(parts: {
  readonly stage: Stage;
  readonly backlog: Backlog;
  readonly file: string;
  readonly dir: string;
  readonly alarmsPerS: number;
  readonly atLeastMs?: number;
}): Promise<Outcome> {
  const { stage, backlog } = parts;
  const dir = join(parts.dir, `drain-${performance.now()}`);
  mkdirSync(dir);
  const file = join(dir, "journal.db");
  copyFileSync(parts.file, file);
  await using platform = startHelper("drain/drainPlatform.ts", {
    dataDir: join(dir, "platform"),
    url: stage.url,
    tls: stage.platformTls,
    backlog,
  });
  await platform.ask("ready");
  const run: GatewayRun = {
    file,
    tags: backlog.tags,
    url: stage.url,
    tls: stage.gatewayTls,
    alarmsPerS: parts.alarmsPerS,
    atLeastMs: parts.atLeastMs ?? 0,
  };
  const figures = (await runToEnd("drain/gateway.ts", run)) as GatewayFigures;
  const findings = backlog.seconds === 0 ? null : await platform.ask<DrainFindings>("findings");
  return { figures, findings };
}

function unable(reason: string): SectionReport {
  return {
    text: "not run",
    verdicts: [],
    wrong: [],
    missing: [`draining: needs mosquitto and openssl (${reason})`],
    figures: null,
  };
}

function report(parts: {
  readonly drains: readonly Outcome[];
  readonly alarmDrains: readonly Outcome[];
  readonly idle: Outcome;
  readonly backlog: Backlog;
}): SectionReport {
  const { drains, alarmDrains, idle } = parts;
  const cost = spreadOf(drains.map(({ figures }) => (figures.cpuS / figures.readings) * 1e6));
  const speed = spreadOf(drains.map(({ figures }) => figures.readings / figures.wallS / tags));
  const first = drains[0]?.figures;
  const idleMs = sorted([idle]);
  const drainMs = sorted(alarmDrains);
  const times = (share: number): number => quantile(drainMs, share) / quantile(idleMs, share);
  const latency = (name: string, ms: readonly number[]): string[] => [
    name,
    String(ms.length),
    ...[0.5, 0.95, 0.99, 1].map((share) => figure(quantile(ms, share))),
  ];
  const text = [
    `${first?.readings} readings in ${first?.records} records, ${figure((first?.bytes ?? 0) / (first?.readings ?? 1))} B a reading; MQTT 5 over mTLS, QoS 1, acknowledged by the platform after its commit`,
    table(
      ["", "CPU s/M readings", "wall s", "x live at 10k tags/s", "peak RSS MB"],
      [drains, alarmDrains].map((outcomes, i) => [
        i === 0 ? "gateway process" : `the same, ${alarmsPerS} alarms/s beside`,
        spreadText(
          spreadOf(outcomes.map(({ figures }) => (figures.cpuS / figures.readings) * 1e6)),
        ),
        spreadText(spreadOf(outcomes.map(({ figures }) => figures.wallS))),
        figure(
          spreadOf(outcomes.map(({ figures }) => figures.readings / figures.wallS / tags)).median,
        ),
        figure(Math.max(...outcomes.map(({ figures }) => figures.rssPeakMb))),
      ]),
    ),
    "",
    "Alarm, from handing it to the journal to the platform's acknowledgement, in ms:",
    table(
      ["", "alarms", "p50", "p95", "p99", "max"],
      [latency("idle", idleMs), latency("while draining", drainMs)],
    ),
    "",
    "Gateway: journal, forwarder and MQTT in one process; broker and platform are not counted. Latencies hold two commits",
    "(journal and platform) and are coarse on a shared machine. The platform decoded every reading it had received.",
  ].join("\n");
  return {
    text,
    verdicts: [
      { goal: goals.drainCpu, measured: cost.median },
      { goal: goals.drainSpeed, measured: speed.median },
      { goal: goals.alarmP50, measured: times(0.5) },
      { goal: goals.alarmP99, measured: times(0.99) },
    ],
    wrong: [...drains, ...alarmDrains].flatMap(wrongOf),
    missing: [],
    figures: parts,
  };
}

function sorted(outcomes: readonly Outcome[]): number[] {
  return outcomes.flatMap(({ figures }) => figures.alarmMs).sort((a, b) => a - b);
}

function wrongOf({ findings }: Outcome): string[] {
  if (findings === null) return [];
  const { wrong, checked, invalid, holes } = findings;
  return [
    ...(wrong > 0 ? [`drain: ${wrong} readings wrong or missing, ${checked} right`] : []),
    ...(invalid > 0 ? [`drain: ${invalid} invalid records`] : []),
    ...(holes > 0 ? [`drain: ${holes} records missing`] : []),
  ];
}
