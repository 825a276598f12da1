/**
 * The knobs of one preloaded disk: a small file that this process writes and the preload library maps, so that
 * a rule changes at once in every process that uses the disk.
 */

import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";

/** As `struct control` of shim/shim.h, in its order. */
const words = [
  "magic",
  "calls",
  "cutAt",
  "cuts",
  "faultClasses",
  "faultErrno",
  "faultFrom",
  "faultRun",
  "matched",
  "faulted",
  "isSyncIgnored",
  "isStalled",
  "stallSyncAt",
  "stallMs",
  "waiting",
  "syncs",
  "unsupported",
] as const;
export type ControlWord = (typeof words)[number];

const magic = 0x485a4453;
const fileBytes = 4096;

export const faultClasses = { write: 1, sync: 2, read: 4 } as const;
export type FaultClass = keyof typeof faultClasses;

/** `SHORT`: half of the bytes are written, and that is said. */
export const faultNumbers = { EIO: 5, ENOSPC: 28, SHORT: 10_000 } as const;
export type FaultName = keyof typeof faultNumbers;

export interface Fault {
  readonly fails: FaultClass;
  readonly as: FaultName;
  /** The first matching call that fails, counted from now, from 1. */
  readonly from: number;
  /** That many matching calls fail, one after another. */
  readonly run: number;
}

export class DiskControl implements Disposable {
  readonly path: string;
  readonly #descriptor: number;

  /** Creates the file, with no rule set, or takes one that is there (`isThere`). */
  constructor(path: string, isThere = false) {
    this.path = path;
    this.#descriptor = openSync(path, isThere ? "r+" : "w+", 0o600);
    if (isThere) return;
    writeSync(this.#descriptor, Buffer.alloc(fileBytes), 0, fileBytes, 0);
    this.set({ magic });
  }

  get(word: ControlWord): number {
    const bytes = Buffer.alloc(4);
    readSync(this.#descriptor, bytes, 0, 4, 4 * words.indexOf(word));
    return bytes.readUInt32LE();
  }

  /** Each word at once; several words one after another, in the order given. */
  set(values: Partial<Record<ControlWord, number>>): void {
    for (const word of words) {
      const value = values[word];
      if (value === undefined) continue;
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      writeSync(this.#descriptor, bytes, 0, 4, 4 * words.indexOf(word));
    }
  }

  fail({ fails, as, from, run }: Fault): void {
    this.heal();
    this.set({ faultErrno: faultNumbers[as], faultFrom: from, faultRun: run });
    this.set({ faultClasses: faultClasses[fails] });
  }

  /** No call fails any more; the counts of faults start again. */
  heal(): void {
    this.set({ faultClasses: 0 });
    this.set({ faultErrno: 0, matched: 0, faulted: 0 });
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
    rmSync(this.path, { force: true });
  }
}

/** What a child process needs in its environment, so that its disk below `folder` obeys `control`. */
export function diskEnvironment(options: {
  readonly library: string;
  /** Real path of the folder; may be created later. */
  readonly folder: string;
  readonly control: DiskControl;
  /** Every change is written down here, and no sync reaches the real disk. */
  readonly log?: string;
  /** Lines that the child writes here are claims: they get their place in the log. */
  readonly claims?: string;
}): Record<string, string> {
  const { library, folder, control, log, claims } = options;
  return {
    LD_PRELOAD: library,
    HAZGATE_DISK_FOLDER: folder,
    HAZGATE_DISK_CONTROL: control.path,
    ...(log === undefined ? {} : { HAZGATE_DISK_LOG: log }),
    ...(claims === undefined ? {} : { HAZGATE_DISK_CLAIMS: claims }),
  };
}
