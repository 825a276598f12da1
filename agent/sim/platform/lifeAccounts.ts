/** What the records of each life of each box's journal add up to: all of it from the records alone. */

import type { SeqRange } from "../../records.ts";
import { HeldRanges } from "../../wire/heldRanges.ts";
import type { Arrival, Life, LifeSummary } from "./lives.ts";

export interface Account {
  readonly life: Life;
  readonly held: HeldRanges;
  readonly gone: HeldRanges;
  /** Numbers whose records came under the name of a later life. */
  readonly carried: HeldRanges;
  records: number;
  readings: number;
  repeatedReadings: number;
  alarms: number;
  events: number;
  gaps: number;
  evidence: number;
  declaredLost: number;
  isLostUnknown: boolean;
}

export type Counted = Omit<Arrival, "bytes" | "replay">;

export function keyOf({ site, box, epoch }: Life): string {
  return `${site}/${box}/${epoch}`;
}

export class LifeAccounts {
  readonly #accounts = new Map<string, Account>();

  of(life: Life): Account {
    const key = keyOf(life);
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account: Account = {
      life: { site: life.site, box: life.box, epoch: life.epoch },
      held: new HeldRanges(),
      gone: new HeldRanges(),
      carried: new HeldRanges(),
      ...{
        records: 0,
        readings: 0,
        repeatedReadings: 0,
        alarms: 0,
        events: 0,
        gaps: 0,
        evidence: 0,
      },
      ...{ declaredLost: 0, isLostUnknown: false },
    };
    this.#accounts.set(key, account);
    return account;
  }

  count(arrival: Counted): void {
    const account = this.of(arrival);
    const isKnown = this.#isKnown(arrival, account);
    account.held.add(arrival.seq);
    account.records += 1;
    if (arrival.was !== null) {
      this.of({ ...arrival, epoch: arrival.was.epoch }).carried.add(arrival.was.seq);
    }
    if (isKnown) {
      account.repeatedReadings += arrival.readings;
      return;
    }
    account.readings += arrival.readings;
    account.alarms += Number(arrival.kind === "alarm");
    account.events += Number(arrival.kind === "event");
    account.gaps += Number(arrival.kind === "gap");
    account.evidence += Number(arrival.kind === "evidence");
    if (arrival.kind !== "gap") return;
    const about = this.of({ ...arrival, epoch: arrival.goneEpoch ?? arrival.epoch });
    about.declaredLost += arrival.lost;
    about.isLostUnknown ||= arrival.isLostUnknown;
    for (const range of arrival.gone) about.gone.addRange(range);
  }

  /** Whether the same record is held already: under its older name, or carried over to a later life. */
  #isKnown({ seq, was, ...life }: Counted, account: Account): boolean {
    if (was === null) return account.carried.has(seq);
    const older = this.of({ ...life, epoch: was.epoch });
    return older.held.has(was.seq) || older.carried.has(was.seq);
  }

  summaries(): readonly LifeSummary[] {
    return [...this.#accounts.values()].map(({ life, held, gone, carried, ...sums }) => {
      const explained = new HeldRanges();
      for (const range of [...gone.ranges, ...carried.ranges]) explained.addRange(range);
      return {
        ...life,
        ...sums,
        carried: sizeOf(carried.ranges),
        ranges: held.ranges.map(({ from, to }) => ({ from, to })),
        holes: holesBelow(held, carried).flatMap((hole) => explained.missingIn(hole)),
        heldThoughGone:
          sizeOf(gone.ranges) - sizeOf(gone.ranges.flatMap((one) => held.missingIn(one))),
      };
    });
  }
}

function sizeOf(ranges: readonly SeqRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** Below the highest number that came under this life's name or a later one. */
function holesBelow(held: HeldRanges, carried: HeldRanges): SeqRange[] {
  const to = Math.max(held.ranges.at(-1)?.to ?? 0, carried.ranges.at(-1)?.to ?? 0);
  return to === 0 ? [] : held.missingIn({ from: 1, to });
}
