/** The stand-in for a central platform: a receiver, with a broker of its own where none is named. */

import type { Clock } from "../../../config/words/time.ts";
import { type Broker, startBroker } from "./broker.ts";
import { type BundleProof, bundleProofs } from "./bundles.ts";
import { completeness, type LifeProof } from "./completeness.ts";
import type { LifeSummary } from "./lives.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { openRecordStore, type RecordStore } from "./recordStore.ts";

export interface PlatformOptions {
  /** Holds platform.db; made when missing. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** A broker that runs already. None: one is started on loopback. */
  readonly url?: string;
  /** Port of the own broker; 0 or none: any free one. */
  readonly port?: number;
  /** 5 only with a broker that speaks it; the own one does not. */
  readonly protocol?: 4 | 5;
  readonly tls?: { readonly ca: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  readonly groupMs?: number;
  readonly random?: () => number;
}

export interface PlatformCounts {
  readonly records: number;
  readonly readings: number;
  readonly alarms: number;
  readonly events: number;
  readonly gaps: number;
  /** Records of evidence: manifests and pieces. */
  readonly evidence: number;
  /** Readings that gap records declare lost. */
  readonly declaredLost: number;
  /** Missing records that no gap explains. */
  readonly holes: number;
  readonly duplicates: number;
  /** Duplicates with other bytes: must be 0. */
  readonly conflicts: number;
  readonly invalid: number;
  readonly acksSent: number;
}

export interface Platform extends AsyncDisposable {
  readonly url: string;
  /** Resolves when it receives for the first time; with its own broker that is so from the start. */
  readonly ready: Promise<void>;
  counts(): PlatformCounts;
  /** What is held, per life of each box's journal. */
  holds(): readonly LifeSummary[];
  /** Proves the balance by decoding every record that is held. */
  completeness(): readonly LifeProof[];
  /** Puts every evidence bundle together and checks every hash. */
  bundles(): readonly BundleProof[];
  /** The newest status message of each box, by "site/box". */
  readonly statuses: ReadonlyMap<string, unknown>;
  readonly store: RecordStore;
  /** Its own broker fails and comes back; null: a named broker is not ours to stop. */
  readonly outage: { begin(): Promise<void>; end(): Promise<void> } | null;
}

const groupMs = 100;

/** Rejects when its own broker's port is taken. A named broker may come later: see `ready`. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const broker = options.url === undefined ? await startBroker(options.port ?? 0) : null;
  const url = options.url ?? broker?.url ?? "";
  const store = openRecordStore(options.dataDir);
  const receiver = startReceiver({
    url,
    protocol: options.protocol ?? 4,
    store,
    clock: options.clock,
    groupMs: options.groupMs ?? groupMs,
    random: options.random ?? Math.random,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  if (broker !== null) await receiver.ready;
  return {
    url,
    ready: receiver.ready,
    store,
    statuses: receiver.statuses,
    counts: () => countsOf(store, receiver),
    holds: () => store.summaries(),
    completeness: () => completeness(store),
    bundles: () => bundleProofs(store),
    outage: broker && { begin: () => broker.goDown(), end: () => broker.comeUp() },
    [Symbol.asyncDispose]: onceOnly(() => stop({ broker, receiver, store })),
  };
}

async function stop(parts: {
  readonly broker: Broker | null;
  readonly receiver: Receiver;
  readonly store: RecordStore;
}): Promise<void> {
  await parts.receiver[Symbol.asyncDispose]();
  await parts.broker?.[Symbol.asyncDispose]();
  parts.store[Symbol.dispose]();
}

function onceOnly(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= act();
    return done;
  };
}

function countsOf(store: RecordStore, receiver: Receiver): PlatformCounts {
  const sum = {
    ...{ records: 0, readings: 0, alarms: 0, events: 0, gaps: 0, evidence: 0 },
    declaredLost: 0,
    holes: 0,
  };
  for (const life of store.summaries()) {
    sum.records += life.records;
    sum.readings += life.readings;
    sum.alarms += life.alarms;
    sum.events += life.events;
    sum.gaps += life.gaps;
    sum.evidence += life.evidence;
    sum.declaredLost += life.declaredLost;
    for (const { from, to } of life.holes) sum.holes += to - from + 1;
  }
  return {
    ...sum,
    duplicates: store.duplicates,
    conflicts: store.conflicts,
    invalid: receiver.invalid,
    acksSent: receiver.acksSent,
  };
}
