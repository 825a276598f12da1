/**
 * Alarms that wait to be told to one target (pure). Nothing leaves without a trace: an alarm is told by name, or as
 * one of a number ("17 more"); what is too old or too many for the room is told as a number as well.
 * At any moment: taken = listed + counted + waiting + owed.
 */

import type { Priority } from "../../config/words/alarms.ts";
import type { Counts, ToldAlarm } from "./announcement.ts";

/** Most alarms that wait; beyond it the least severe, oldest first, become a number. */
export const waitingMax = 500;
/** Most alarms named in one message. */
export const listedMax = 10;

export interface Parcel {
  /** Worst first, then in their order. */
  readonly listed: readonly ToldAlarm[];
  readonly more: Counts;
}

export interface RoomCounts {
  readonly taken: number;
  /** Told by name. */
  readonly listed: number;
  /** Told as one of a number. */
  readonly counted: number;
  readonly waiting: number;
  /** Not told yet, and to be told as a number only. */
  readonly owed: number;
}

interface Waiting {
  readonly alarm: ToldAlarm;
  readonly takenMs: number;
}

const noCounts: Counts = { 1: 0, 2: 0, 3: 0, 4: 0 };
const priorities: readonly Priority[] = [1, 2, 3, 4];

export class WaitingRoom {
  readonly #maxAgeMs: number;
  #waiting: Waiting[] = [];
  #owed: Counts = noCounts;
  #taken = 0;
  #listed = 0;
  #counted = 0;
  /** What is on its way: the alarms named, and how many of those counted wait no more. */
  #out: { readonly listed: readonly Waiting[]; readonly more: Counts } | null = null;

  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs;
  }

  get counts(): RoomCounts {
    const out = this.#out;
    return {
      taken: this.#taken,
      listed: this.#listed,
      counted: this.#counted,
      waiting: this.#waiting.length + (out?.listed.length ?? 0),
      owed: sum(this.#owed) + (out === null ? 0 : sum(out.more)),
    };
  }

  take(alarm: ToldAlarm, nowMs: number): void {
    this.#taken += 1;
    this.#waiting.push({ alarm, takenMs: nowMs });
    if (this.#waiting.length <= waitingMax) return;
    const leaving = this.#leastSevere();
    this.#owe([leaving]);
    this.#waiting = this.#waiting.filter((other) => other !== leaving);
  }

  /** Whether there is something to tell. */
  hasWork(nowMs: number): boolean {
    this.#expire(nowMs);
    return this.#waiting.length > 0 || sum(this.#owed) > 0;
  }

  /**
   * What to tell next, of `free` messages that may go now; null: nothing. One alarm a message while the messages
   * suffice, else all that wait in one. Exactly one of `done` and `back` must follow.
   */
  pick(free: number, nowMs: number): Parcel | null {
    if (!this.hasWork(nowMs)) return null;
    const sorted = this.#waiting.toSorted(
      (a, b) => a.alarm.event.priority - b.alarm.event.priority || a.takenMs - b.takenMs,
    );
    const isPlenty = sorted.length <= free && sum(this.#owed) === 0;
    const listed = sorted.slice(0, isPlenty ? 1 : listedMax);
    const counted = isPlenty ? [] : sorted.slice(listedMax);
    this.#owe(counted);
    const more = this.#owed;
    this.#owed = noCounts;
    const leaving = new Set([...listed, ...counted]);
    this.#waiting = this.#waiting.filter((other) => !leaving.has(other));
    this.#out = { listed, more };
    return { listed: listed.map(({ alarm }) => alarm), more };
  }

  /** The parcel arrived. */
  done(): void {
    if (this.#out === null) return;
    this.#listed += this.#out.listed.length;
    this.#counted += sum(this.#out.more);
    this.#out = null;
  }

  /** The parcel did not arrive: what it named waits again, unless it `isHopeless`; its numbers are still owed. */
  back(isHopeless: boolean): void {
    const out = this.#out;
    if (out === null) return;
    this.#out = null;
    this.#owed = added(this.#owed, out.more);
    if (isHopeless) this.#owe(out.listed);
    else this.#waiting = [...out.listed, ...this.#waiting];
  }

  #expire(nowMs: number): void {
    const isOld = ({ takenMs }: Waiting): boolean => nowMs - takenMs > this.#maxAgeMs;
    const old = this.#waiting.filter(isOld);
    if (old.length === 0) return;
    this.#owe(old);
    this.#waiting = this.#waiting.filter((waiting) => !isOld(waiting));
  }

  #owe(leaving: readonly Waiting[]): void {
    const counts = { ...this.#owed };
    for (const { alarm } of leaving) counts[alarm.event.priority] += 1;
    this.#owed = counts;
  }

  #leastSevere(): Waiting {
    return this.#waiting.reduce((found, other) =>
      other.alarm.event.priority > found.alarm.event.priority ? other : found,
    );
  }
}

function sum(counts: Counts): number {
  return priorities.reduce((total, priority) => total + counts[priority], 0);
}

function added(a: Counts, b: Counts): Counts {
  return { 1: a[1] + b[1], 2: a[2] + b[2], 3: a[3] + b[3], 4: a[4] + b[4] };
}
