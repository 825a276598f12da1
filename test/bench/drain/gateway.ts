/**
 * The forwarding half of a box as a process: journal, forwarder, MQTT over mTLS. Measures itself until the
 * backlog is delivered, or for a time without one; rings alarms meanwhile when told to. Prints its figures.
 */

import { readFileSync } from "node:fs";
import type { AlarmEvent } from "../../../agent/alarmRecords.ts";
import { createForwarder } from "../../../agent/forward/forwarder.ts";
import { createMqttUplink } from "../../../agent/forward/mqttUplink.ts";
import { createRealClock } from "../../../agent/realClock.ts";
import type { Outbox } from "../../../agent/records.ts";
import { type Journal, openJournal } from "../../../agent/store/journal.ts";
import { alarmBodySchema } from "../../../agent/wire/envelope.ts";
import { openPayload } from "../../../agent/wire/payload.ts";
import type { MqttUplink } from "../../../config/site.ts";
import { heads } from "../journal/filledEngine.ts";
import { settingsOf, sleep } from "../measure/child.ts";
import { usageOf } from "../measure/cpu.ts";
import type { TlsFiles } from "./drainPlatform.ts";

export interface GatewayRun {
  readonly file: string;
  readonly tags: number;
  readonly url: string;
  readonly tls: TlsFiles;
  /** 0: none. */
  readonly alarmsPerS: number;
  /** How long to go on at least, backlog or none. */
  readonly atLeastMs: number;
}

export interface GatewayFigures {
  readonly readings: number;
  readonly records: number;
  readonly bytes: number;
  /** From the connection to the last delivery. */
  readonly wallS: number;
  readonly cpuS: number;
  readonly rssPeakMb: number;
  /** From the alarm's handing over to the platform's acknowledgement, of alarms rung before the end. */
  readonly alarmMs: readonly number[];
  readonly resent: number;
  readonly sentFirst: number;
}

const run = settingsOf<GatewayRun>();
const clock = createRealClock();
const giveUpMs = 180_000;

/** Follows alarms from the raise over their sequence number to the platform's acknowledgement. */
class AlarmTimes {
  readonly #raisedMs = new Map<string, number>();
  readonly #waiting = new Map<number, number>();
  readonly tookMs: number[] = [];

  raised(alarmId: string): void {
    this.#raisedMs.set(alarmId, performance.now());
  }

  get open(): number {
    return this.#raisedMs.size + this.#waiting.size;
  }

  /** The journal as it is, listened to where alarms leave it. */
  watch(journal: Journal): Outbox {
    return {
      epoch: journal.epoch,
      next: async (request) => {
        const records = await journal.next(request);
        if (request.lane !== "alarm") return records;
        for (const { seq, bytes } of records) this.#numbered(seq, bytes);
        return records;
      },
      delivered: (ranges) => journal.delivered(ranges),
      sendAgain: (ranges) => journal.sendAgain(ranges),
      uplinkIs: (state) => journal.uplinkIs(state),
      onSealed: (call, signal) => journal.onSealed(call, signal),
    };
  }

  #numbered(seq: number, bytes: Uint8Array): void {
    const opened = openPayload(bytes);
    if (!opened.ok) throw new Error(opened.error);
    const { alarmId } = alarmBodySchema.parse(opened.value.body);
    const raisedMs = this.#raisedMs.get(alarmId);
    if (raisedMs === undefined) return;
    this.#raisedMs.delete(alarmId);
    this.#waiting.set(seq, raisedMs);
  }

  acknowledged(payload: Uint8Array): void {
    if (this.#waiting.size === 0) return;
    const { ranges } = JSON.parse(Buffer.from(payload).toString()) as {
      ranges: readonly (readonly [number, number])[];
    };
    for (const [seq, raisedMs] of this.#waiting) {
      if (!ranges.some(([from, to]) => seq >= from && seq <= to)) continue;
      this.#waiting.delete(seq);
      this.tookMs.push(performance.now() - raisedMs);
    }
  }
}

function alarm(number: number): AlarmEvent {
  return {
    alarmId: `alarm-${number}`,
    source: `T${number % run.tags}`,
    tank: null,
    hazard: null,
    type: "H",
    event: number % 2 === 0 ? "raise" : "return",
    value: 90.1,
    quality: "good",
    unit: "mm",
    limit: 90,
    priority: 2,
    stateAfter: number % 2 === 0 ? "unacked" : "normal",
    reason: "90.1 >= 90",
    at: clock.now(),
  };
}

const uplinkSettings: MqttUplink = {
  type: "mqtt",
  url: run.url,
  protocol: 5,
  ack: "platform",
  liveEvery: 5_000,
  backlogEvery: 60_000,
  ackTimeout: 20_000,
};

const opened = await openJournal({
  file: run.file,
  heads: heads(run.tags, 1),
  site: "bench",
  box: "box1",
  clock,
  settings: {
    maxSizeBytes: 8 * 2 ** 30,
    keepReadingsMs: 90 * 86_400_000,
    keepAlarmsMs: 1095 * 86_400_000,
    liveEveryMs: 5_000,
    backlogEveryMs: 60_000,
  },
});
if (!opened.ok) throw new Error(opened.error.message);
const journal = opened.value;
const { backlog } = await journal.stats();
const waiting = Object.values(backlog);
const sum = (figure: (lane: (typeof waiting)[number]) => number): number =>
  waiting.reduce((total, lane) => total + figure(lane), 0);
const records = sum((lane) => lane.records);

const times = new AlarmTimes();
const stop = new AbortController();
const uplink = createMqttUplink({
  settings: uplinkSettings,
  site: "bench",
  box: "box1",
  clock,
  random: Math.random,
  secrets: {
    ca: readFileSync(run.tls.caFile),
    cert: readFileSync(run.tls.certFile),
    key: readFileSync(run.tls.keyFile),
  },
  status: () => ({ version: "bench" }),
});
const outbox = run.alarmsPerS > 0 ? times.watch(journal) : journal;
const forwarder = createForwarder({ outbox, uplink, clock, ack: "platform", ackTimeoutMs: 20_000 });
const connected = new Promise<void>((resolve) => {
  uplink.onEvent((event) => {
    if (event.kind === "connected") resolve();
    if (event.kind === "ack" && run.alarmsPerS > 0) times.acknowledged(event.payload);
  }, stop.signal);
});

const before = usageOf("self");
const running = forwarder.run(stop.signal);
await connected;
const startMs = performance.now();
const rung = { alarms: 0 };
const commits: Promise<void>[] = [];
while (!isOver()) {
  const dueAlarms = ((performance.now() - startMs) / 1_000) * run.alarmsPerS;
  while (rung.alarms < dueAlarms) {
    const event = alarm(rung.alarms);
    times.raised(event.alarmId);
    commits.push(journal.commitAlarms([event], null));
    rung.alarms += 1;
  }
  await sleep(run.alarmsPerS > 0 ? 1_000 / run.alarmsPerS / 2 : 5);
}
const wallS = (performance.now() - startMs) / 1_000;
const after = usageOf("self");
await Promise.all(commits);
for (const endMs = performance.now() + 10_000; times.open > 0 && performance.now() < endMs; ) {
  await sleep(20);
}
const { sent, resent } = forwarder.stats();
stop.abort();
await running;
await journal[Symbol.asyncDispose]();

/** Alarms rung meanwhile are delivered too: they do not count for the backlog. */
function isOver(): boolean {
  const passedMs = performance.now() - startMs;
  if (passedMs > giveUpMs) throw new Error(`not drained: ${JSON.stringify(forwarder.stats())}`);
  const backlogDelivered = forwarder.stats().delivered - times.tookMs.length;
  return passedMs >= run.atLeastMs && backlogDelivered >= records;
}

const figures: GatewayFigures = {
  readings: sum((lane) => lane.readings),
  records,
  bytes: sum((lane) => lane.sizeBytes),
  wallS,
  cpuS: after.cpuS - before.cpuS,
  rssPeakMb: after.rssPeakMb,
  alarmMs: times.tookMs,
  resent,
  sentFirst: sent - resent,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
