/** Evidence for readers: which bundles there are of an alarm, and their files. Changes nothing. */

import { join } from "node:path";
import { type BundleStore, hasSize, type StoredBundle } from "./bundleStore.ts";
import type { KeptFile } from "./manifest.ts";

/** A file that can be read in any part, as a web server does. */
export interface EvidenceFileOnDisk extends KeptFile {
  readonly path: string;
}

export interface EvidenceIndex {
  /** Closed bundles that name this alarm, the oldest first. */
  evidenceOf(alarmId: string): readonly StoredBundle[];
  /** All closed bundles, the oldest first. */
  readonly bundles: readonly StoredBundle[];
  /** A file of a closed bundle by its name; null: there is none, or it is not as long as it was. */
  file(bundle: string, name: string): Promise<EvidenceFileOnDisk | null>;
  /** Whether all that is ever to be sent of it was delivered. */
  isSent(bundle: string): boolean;
}

export function createEvidenceIndex(options: {
  readonly store: Pick<BundleStore, "bundles" | "bundle">;
  readonly isSent: (bundle: string) => boolean;
}): EvidenceIndex {
  const { store } = options;
  return {
    get bundles() {
      return store.bundles;
    },
    evidenceOf: (alarmId) =>
      store.bundles.filter(({ manifest }) =>
        manifest.alarms.some((alarm) => alarm.alarmId === alarmId),
      ),
    async file(id, name) {
      const bundle = store.bundle(id);
      // Only what the manifest names: nothing that a caller writes becomes part of a path.
      const file = bundle?.manifest.files.find((one) => one.name === name);
      if (bundle === null || file === undefined) return null;
      const path = join(bundle.path, file.name);
      return (await hasSize(path, file.sizeBytes)) ? { ...file, path } : null;
    },
    isSent: options.isSent,
  };
}
