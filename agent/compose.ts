/** Builds the agent from a site and starts it; stops it in reverse. No logic of its own. */

import { join } from "node:path";
import type { MqttUplink } from "../config/site.ts";
import { fail, ok, type Result } from "../config/words/result.ts";
import type { Clock, Instant } from "../config/words/time.ts";
import { createLineLoop } from "./acquire/lineLoop.ts";
import type { Agent, AgentBus, AgentOptions } from "./agent.ts";
import { openAlarming } from "./alarming.ts";
import type { ConditionChange, StandingAlarm } from "./alarmRecords.ts";
import { runDesk } from "./alarms/deskLoop.ts";
import { type CameraField, openCameras } from "./cameraField.ts";
import { type Evidence, openEvidence } from "./evidencing.ts";
import { openField } from "./field.ts";
import type { CommandReport } from "./forward/commandDesk.ts";
import { createForwarder, type Forwarder } from "./forward/forwarder.ts";
import { createMqttUplink } from "./forward/mqttUplink.ts";
import { type KeptTransfers, openTransfers } from "./keptTransfers.ts";
import { createReportFilter } from "./normalise/reportFilter.ts";
import { createPipeline } from "./pipeline.ts";
import { listPoints, type PointList } from "./pointList.ts";
import type { BoxEvent } from "./records.ts";
import { flush, stopAll } from "./shutdown.ts";
import { statusBody } from "./status.ts";
import { type Journal, type JournalStats, openJournal } from "./store/journal.ts";
import { createMachine, readBootId } from "./timekeeping/machine.ts";
import { createTimekeeper } from "./timekeeping/timekeeper.ts";
import { unjudgedOf } from "./unjudged.ts";
import type { Log } from "./watch/log.ts";
import type { ClockState } from "./wire/envelope.ts";

/** How often the journal's figures are read for the status. */
const statsEveryMs = 1_000;
/** Starts consumers before producers. Fails with one sentence when the journal cannot be opened. */
export async function startAgent(options: AgentOptions): Promise<Result<Agent, string>> {
  const list = listPoints(options.site);
  const uplink = Object.values(options.site.uplinks)[0] ?? null;
  const machine = createMachine();
  const boot = await readBootId(machine);
  const opened = await openJournal({ ...journalOptions(options, list, uplink), boot });
  if (!opened.ok) return fail(opened.error.message);
  const transfers = await openTransfers(options);
  const parts = { list, uplink, machine, transfers, journal: opened.value };
  return ok(await runAgent(options, parts));
}

async function runAgent(
  options: AgentOptions,
  parts: {
    readonly list: PointList;
    readonly uplink: MqttUplink | null;
    readonly machine: ReturnType<typeof createMachine>;
    readonly transfers: KeptTransfers;
    readonly journal: Journal;
  },
): Promise<Agent> {
  const { site, clock, log } = options;
  const { list, uplink, machine, journal, transfers } = parts;
  const stopping = new AbortController();
  const failing = Promise.withResolvers<unknown>();
  void journal.failed.then(failing.resolve);
  const standing = await journal.standingAlarms();
  let forwarder: Forwarder | null = null;
  const alarming = openAlarming({
    ...{ options, list, journal, standing, transfers },
    onTold: () => forwarder?.statusChanged(),
    onFlood: (event) => note(event, { journal, log }),
    onFatal: failing.resolve,
  });
  const { live, evaluator, desk, heard, outcry, announcer } = alarming;
  const field = openField({ site, list, clock, random: options.random });
  const pipeline = createPipeline({
    normalisers: field.normalisers,
    evaluator,
    desk,
    reportFilter: createReportFilter(list.points.map((point) => point.settings.report)),
    journal,
    announcer,
    onReadings: alarming.onReadings,
    onJudged: () => outcry.progress("judging"),
  });
  const { cameras, evidence } = await openSight({
    ...{ options, list, heard, journal, standing, clockState: () => timekeeper.state },
    onCondition: (change) => pipeline.transitions(desk.conditions([change])),
  });
  const buses = field.lines.map(({ id, bus, ...line }): AgentBus => {
    return { id, bus, loop: createLineLoop({ ...line, sink: pipeline.sinkOf(id), clock }) };
  });
  const timekeeper = createTimekeeper({
    ...{ clock, machine, onState: journal.clockIs.bind(journal) },
    onEvent: (event) => note(event, { journal, log }),
  });
  let stats = await journal.stats();
  if (uplink !== null) {
    forwarder = openForwarder({ options, uplink, journal, status: () => statusBody(agent) });
  }

  const runs: Promise<void>[] = [];
  const watched = (name: string, run: Promise<void>): void => {
    runs.push(orFailing(run, { name, log, onFailed: failing.resolve }));
  };
  const producing = new AbortController();
  if (forwarder !== null) watched("forwarder", forwarder.run(stopping.signal));
  const onStats = (read: JournalStats): void => {
    if (read.committedAt?.monotonicMs !== stats.committedAt?.monotonicMs) {
      outcry.progress("storing");
    }
    stats = read;
  };
  watched("status", followStats({ journal, clock, onStats, signal: stopping.signal }));
  watched("announcing", outcry.run(stopping.signal));
  watched("clock", timekeeper.run(stopping.signal));
  const { signal } = producing;
  // Before any bus is asked: what the site file changed must be told before anything new.
  const loops: readonly (readonly [string, Promise<void>])[] = [
    ["alarms", runDesk({ desk, clock, commit: pipeline.transitions, signal })],
    ...buses.map(({ id, loop }) => [`bus ${id}`, loop.run(signal)] as const),
    ["cameras", cameras.run(signal)],
    ["evidence", evidence.run(signal)],
  ];
  for (const [name, run] of loops) watched(name, run);

  let stopped: Promise<void> | null = null;
  const agent: Agent = {
    ...{ list, live, heard, transfers, alarms: desk },
    unjudged: () => unjudgedOf({ list, live, evaluator }),
    note: (event) => journal.note(event),
    get troubles() {
      return outcry.troubles;
    },
    act: alarming.act,
    ...{ buses, cameras, evidence: evidence.index },
    forwarder,
    startedAt: clock.now(),
    get clock() {
      return timekeeper.status;
    },
    get journal() {
      return stats;
    },
    failed: failing.promise,
    stop(by = "its owner") {
      journal.stoppedBy(by);
      stopped ??= stopAll({
        ...{ producing, stopping, runs, field, announcer, journal, log },
        loops: loops.map(([, run]) => run),
        flush: async () => {
          await transfers.settled();
          await flush({ journal, forwarder, clock });
        },
      });
      return stopped;
    },
  };
  return agent;
}

/** The cameras, and what is kept of them at an alarm. */
async function openSight(parts: {
  readonly options: AgentOptions;
  readonly list: PointList;
  readonly heard: Agent["heard"];
  readonly journal: Journal;
  readonly standing: readonly StandingAlarm[];
  readonly clockState: () => ClockState;
  readonly onCondition: (change: ConditionChange) => void;
}): Promise<{ readonly cameras: CameraField; readonly evidence: Evidence }> {
  const { journal } = parts;
  const told = (event: BoxEvent): void => note(event, { journal, log: parts.options.log });
  const evidence = await openEvidence({
    ...{ ...parts, outbox: journal, note: told },
    still: (id, signal) => cameras.still(id, signal),
  });
  const cameras = await openCameras({ ...parts, note: told, earsOf: evidence.earsOf });
  return { cameras, evidence };
}

async function followStats(parts: {
  readonly journal: Pick<Journal, "stats">;
  readonly clock: Clock;
  readonly onStats: (stats: JournalStats) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { journal, clock, onStats, signal } = parts;
  while (!signal.aborted) {
    await clock.sleep(statsEveryMs, signal);
    if (!signal.aborted) onStats(await journal.stats());
  }
}

function commandEvent({ id, do: verb, outcome, details }: CommandReport, at: Instant): BoxEvent {
  const note = `command ${verb} of the platform: ${outcome}`;
  return {
    type: "command",
    at,
    by: "platform",
    note,
    details: { id, do: verb, outcome, ...details },
  };
}

/** Should the journal die, `journal.failed` tells it. */
function note(event: BoxEvent, { journal, log }: { journal: Journal; log: Log }): void {
  log.info(event.note, { event: event.type });
  journal.note(event).catch(() => {});
}

async function orFailing(
  run: Promise<void>,
  parts: { readonly name: string; readonly log: Log; readonly onFailed: (why: unknown) => void },
): Promise<void> {
  try {
    await run;
  } catch (error) {
    parts.log.error(`${parts.name} ended by an error`, { error: String(error) });
    parts.onFailed(error);
  }
}

function journalOptions(options: AgentOptions, list: PointList, uplink: MqttUplink | null) {
  const { journal, site } = options.site;
  return {
    file: join(options.dataDir, "journal.db"),
    heads: list.heads,
    site: site.id,
    box: site.box,
    clock: options.clock,
    settings: {
      maxSizeBytes: journal.maxSize,
      keepReadingsMs: journal.keepReadings,
      keepAlarmsMs: journal.keepAlarms,
      liveEveryMs: uplink?.liveEvery ?? 5_000,
      backlogEveryMs: uplink?.backlogEvery ?? 60_000,
    },
  };
}

function openForwarder(parts: {
  readonly options: AgentOptions;
  readonly uplink: MqttUplink;
  readonly journal: Journal;
  readonly status: () => unknown;
}): Forwarder {
  const { options, uplink, journal, status } = parts;
  const { clock, random, secrets, site, log } = options;
  return createForwarder({
    outbox: journal,
    clock,
    ack: uplink.ack,
    ackTimeoutMs: uplink.ackTimeout,
    rateBytesPerS: uplink.rate ?? null,
    onCommand: (report) => note(commandEvent(report, clock.now()), { journal, log }),
    uplink: createMqttUplink({
      settings: uplink,
      site: site.site.id,
      box: site.site.box,
      clock,
      random,
      secrets,
      status,
    }),
  });
}
