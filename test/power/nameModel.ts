/**
 * The names of the modelled disk, under one of two rules. `ordered`, as ext4 keeps them: names change on the disk in
 * their order, and any sync brings all changes before it. `strict`, all that POSIX promises: a change of a name is
 * there after a sync of its folder, and may be there, or not, before.
 */

import { dirname } from "node:path";
import type { FileModel, Random } from "./fileModel.ts";

export type NameRule = "ordered" | "strict";
export type Named = FileModel | "folder";

interface NameChange {
  readonly folder: string;
  /** All of it or nothing: a rename takes one name away and sets another. */
  readonly names: readonly (readonly [path: string, named: Named | null])[];
}

export class NameModel {
  readonly #rule: NameRule;
  readonly #synced: Map<string, Named>;
  #pending: NameChange[] = [];

  constructor(rule: NameRule, there: ReadonlyMap<string, Named>) {
    this.#rule = rule;
    this.#synced = new Map(there);
  }

  get isDirty(): boolean {
    return this.#pending.length > 0;
  }

  change(path: string, ...names: NameChange["names"]): void {
    this.#pending.push({ folder: dirname(path), names });
  }

  /** `folder`: the folder that was synced; null: a file was. */
  sync(folder: string | null): void {
    if (this.#rule === "strict" && folder === null) return;
    const isDone = (change: NameChange): boolean =>
      this.#rule === "ordered" || change.folder === folder;
    for (const change of this.#pending.filter(isDone)) put(this.#synced, change);
    this.#pending = this.#pending.filter((change) => !isDone(change));
  }

  least(): Map<string, Named> {
    return new Map(this.#synced);
  }

  most(): Map<string, Named> {
    const names = new Map(this.#synced);
    for (const change of this.#pending) put(names, change);
    return names;
  }

  /** One of the states that may be found after a power cut. */
  torn(random: Random): Map<string, Named> {
    const names = new Map(this.#synced);
    if (this.#rule === "ordered") {
      const kept = Math.floor(random() * (this.#pending.length + 1));
      for (const change of this.#pending.slice(0, kept)) put(names, change);
    } else if (random() < 0.5) {
      for (const change of this.#pending) if (random() < 0.5) put(names, change);
    }
    return names;
  }
}

function put(names: Map<string, Named>, change: NameChange): void {
  for (const [path, named] of change.names) {
    if (named === null) names.delete(path);
    else names.set(path, named);
  }
}
