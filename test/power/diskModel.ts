/** A disk rebuilt from a log of changes, and the images that a power cut at this point may leave. */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { seededRandom } from "../../agent/sim/plant/seeded.ts";
import type { DiskEvent } from "./diskLog.ts";
import { FileModel } from "./fileModel.ts";
import { type Named, NameModel, type NameRule } from "./nameModel.ts";

/** Path below the folder -> content; null: a folder. */
export type DiskImage = ReadonlyMap<string, Buffer | null>;

/** Shared memory: SQLite builds it anew, and its changes through mmap are not seen. */
const notKept = /-shm$/;

export class DiskModel {
  readonly #folder: string;
  readonly #inodes = new Map<string, FileModel>();
  readonly #rules: Readonly<Record<NameRule, NameModel>>;

  /** All that is in `folder` now counts as synced. */
  constructor(folder: string) {
    this.#folder = folder;
    const there = new Map<string, Named>();
    for (const path of pathsBelow(folder)) {
      if (statSync(path).isDirectory()) there.set(path, "folder");
      else {
        const file = new FileModel(readFileSync(path));
        this.#inodes.set(String(statSync(path, { bigint: true }).ino), file);
        there.set(path, file);
      }
    }
    this.#rules = {
      ordered: new NameModel("ordered", there),
      strict: new NameModel("strict", there),
    };
  }

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case "write":
        this.#file(event.ino).write(event.offset, event.data);
        return;
      case "truncate":
        this.#file(event.ino).truncate(event.length);
        return;
      case "syncFile":
        this.#file(event.ino).sync();
        this.#eachRule((names) => names.sync(null));
        return;
      case "syncFolder":
        this.#eachRule((names) => names.sync(event.path));
        return;
      case "create": {
        // The number may have belonged to a file that is gone.
        const file = new FileModel();
        this.#inodes.set(event.ino, file);
        this.#eachRule((names) => names.change(event.path, [event.path, file]));
        return;
      }
      case "mkdir":
        this.#eachRule((names) => names.change(event.path, [event.path, "folder"]));
        return;
      case "unlink":
      case "rmdir":
        this.#eachRule((names) => names.change(event.path, [event.path, null]));
        return;
      case "rename": {
        const named = this.#rules.ordered.most().get(event.path);
        if (named === undefined) throw new Error(`${event.path} was renamed, but never made`);
        const changes = [[event.path, null] as const, [event.to, named] as const];
        this.#eachRule((names) => names.change(event.to, ...changes));
        return;
      }
      case "claim":
      case "cut":
        return;
    }
  }

  /** Equal for equal seeds. `keep`: everything, as if there were no cut; or only what was synced. */
  image(options: {
    readonly rule: NameRule;
    readonly keep: "all" | "synced" | { readonly seed: number };
  }): DiskImage {
    const { rule, keep } = options;
    const names = this.#rules[rule];
    const random = typeof keep === "object" ? seededRandom(keep.seed) : null;
    const found = random !== null ? names.torn(random) : null;
    const kept = found ?? (keep === "all" ? names.most() : names.least());
    const image = new Map<string, Buffer | null>();
    for (const [path, named] of [...kept].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const isReachable = dirname(path) === this.#folder || kept.get(dirname(path)) === "folder";
      if (notKept.test(path) || !isReachable) continue;
      const file = relative(this.#folder, path);
      if (named === "folder") image.set(file, null);
      else if (random !== null) image.set(file, named.torn(random));
      else image.set(file, keep === "all" ? named.most() : named.least());
    }
    return image;
  }

  #file(ino: string): FileModel {
    const file = this.#inodes.get(ino);
    if (file === undefined) throw new Error(`file ${ino} was changed, but never opened`);
    return file;
  }

  #eachRule(change: (names: NameModel) => void): void {
    change(this.#rules.ordered);
    change(this.#rules.strict);
  }
}

/** Makes `folder` hold the image; it must be empty or not there. */
export function writeImage(image: DiskImage, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of image) {
    const place = join(folder, path);
    if (content === null) mkdirSync(place, { recursive: true });
    else writeFileSync(place, content);
  }
}

/** What is really in a folder, as an image. */
export function readImage(folder: string): DiskImage {
  const image = new Map<string, Buffer | null>();
  for (const path of pathsBelow(folder)) {
    if (notKept.test(path)) continue;
    const content = statSync(path).isDirectory() ? null : readFileSync(path);
    image.set(relative(folder, path), content);
  }
  return image;
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .sort();
}
