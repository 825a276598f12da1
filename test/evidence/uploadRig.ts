/** A real journal, a real forwarder and evidence on disk, that upload to a broker which a test may cut. */

import { join } from "node:path";
import { BundleStore, type StoredBundle } from "../../agent/evidence/bundleStore.ts";
import { sha256 } from "../../agent/evidence/manifest.ts";
import { createUploader, type Uploader } from "../../agent/evidence/uploader.ts";
import type { UploadMode } from "../../agent/evidence/uploadState.ts";
import { createForwarder, type Forwarder } from "../../agent/forward/forwarder.ts";
import { createMqttUplink } from "../../agent/forward/mqttUplink.ts";
import { type Journal, openJournal } from "../../agent/store/journal.ts";
import { unknownClock } from "../../agent/wire/envelope.ts";
import { realClock, uplinkSettings } from "../forward/station.ts";
import { heads, noise, settings } from "../store/samples.ts";

export interface Box extends AsyncDisposable {
  readonly journal: Journal;
  readonly store: BundleStore;
  readonly uploader: Uploader;
  readonly forwarder: Forwarder;
  /** A closed bundle with a clip of this size. */
  make(id: string, clipBytes: number): Promise<StoredBundle>;
}

/** `folder` holds journal and evidence: a second box on it is the next life of the first. */
export async function startBox(options: {
  readonly folder: string;
  readonly url: string;
  readonly mode?: UploadMode;
  readonly maxSizeBytes?: number;
  readonly ackTimeoutMs?: number;
}): Promise<Box> {
  const { folder, mode = "all" } = options;
  const opened = await openJournal({
    file: join(folder, "journal.db"),
    ...{ heads, site: "demo", box: "box1", clock: realClock },
    settings: {
      ...{ ...settings, liveEveryMs: 1_000, backlogEveryMs: 1_000 },
      maxSizeBytes: options.maxSizeBytes ?? settings.maxSizeBytes,
    },
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const journal = opened.value;
  let isSent = (_: string): boolean => false;
  const evidence = await BundleStore.open({
    folder: join(folder, "evidence"),
    maxSizeBytes: 1e9,
    mayDrop: ({ id }) => isSent(id),
    nowWallMs: () => realClock.now().wallMs,
  });
  if (!evidence.ok) throw new Error(evidence.error);
  const { store } = evidence.value;
  const uploader = createUploader({
    ...{ store, outbox: journal, clock: realClock, mode },
    note: (event) => void journal.note(event),
  });
  isSent = (id) => uploader.isDone(id);
  const ackTimeoutMs = options.ackTimeoutMs ?? 1_000;
  const mqtt = uplinkSettings({ url: options.url, ackTimeout: ackTimeoutMs });
  const uplink = createMqttUplink({
    ...{ settings: mqtt, site: "demo", box: "box1", clock: realClock, random: Math.random },
    ...{ secrets: {}, status: () => ({}), reconnect: { firstMs: 20, maxMs: 200 } },
  });
  const forwarder = createForwarder({
    ...{ outbox: journal, uplink, clock: realClock, ack: "platform", ackTimeoutMs },
  });
  const stopping = new AbortController();
  const runs = [forwarder.run(stopping.signal), uploader.run(stopping.signal)];
  return {
    ...{ journal, store, uploader, forwarder },
    async make(id, clipBytes) {
      const bundle = await closedBundle(store, id, clipBytes);
      uploader.closed();
      return bundle;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all(runs);
      await journal[Symbol.asyncDispose]();
    },
  };
}

async function closedBundle(
  store: BundleStore,
  id: string,
  clipBytes: number,
): Promise<StoredBundle> {
  const openedAt = realClock.now();
  const alarm = { alarmId: `alarm-${id}`, source: "LT-101", tank: "T-101", type: "HH" };
  const camera = { id: "cam-1", name: null, code: null, place: null };
  const files = [
    { name: "readings.json", what: "readings", mediaType: "application/json", size: 3_000 },
    { name: "cam-1.at.jpg", what: "picture", mediaType: "image/jpeg", size: 90_000 },
    { name: "cam-1.clip.mp4", what: "clip", mediaType: "video/mp4", size: clipBytes },
  ] as const;
  const contents = files.map(({ name, size }) =>
    noise(Number(sha256(`${id} ${name}`).length) + size, size),
  );
  const draft = {
    ...{ id, day: new Date(openedAt.wallMs).toISOString().slice(0, 10), openedAt, moreAlarms: 0 },
    alarms: [{ ...alarm, priority: 1, event: "raise", at: openedAt }],
    ...{ cameras: [camera], missing: [] },
    files: files.map(({ name, what, mediaType, size }, i) => ({
      ...{ name, what, mediaType, camera: "cam-1", sizeBytes: size },
      sha256: sha256(contents[i] ?? ""),
      ...{ fromMs: null, toMs: null, codec: null, notes: [] },
    })),
  };
  must(await store.save(draft));
  for (const [i, { name }] of files.entries()) {
    must(await store.add(draft, name, contents[i] ?? new Uint8Array()));
  }
  const closed = await store.close(draft, {
    ...{ site: "demo", box: "box1", state: "whole", audit: null, clock: unknownClock },
    closedAt: realClock.now(),
  });
  if (!closed.ok) throw new Error(closed.error);
  return closed.value;
}

function must(done: { readonly ok: boolean; readonly error?: string }): void {
  if (!done.ok) throw new Error(done.error);
}
