/**
 * Commits alarm transitions and tells of them, in their order: after the commit, so that what is shown survives a
 * power cut. A disk that does not answer must not keep an alarm from the people beside the tank: after a bound it is
 * told all the same, marked as not yet stored. Upstream it goes only as a committed record.
 */

import type { Clock } from "../config/words/time.ts";
import type { AlarmEvent } from "./alarmRecords.ts";
import type { ReadingBlock } from "./records.ts";

/** How long a transition waits for the disk before it is told unstored. */
export const announceWithinMs = 250;

export interface Announcement {
  readonly event: AlarmEvent;
  /** False: told before the disk had it; `onStored` follows when it has. */
  readonly isStored: boolean;
}

export interface Announcer {
  commit(events: readonly AlarmEvent[], cause: ReadingBlock | null): void;
  /** Resolves when every transition handed over so far is told: stored, or after the bound as not yet stored. */
  told(): Promise<void>;
  /** Resolves when every transition handed over so far is committed and told. */
  settled(): Promise<void>;
}

export function createAnnouncer(options: {
  readonly clock: Clock;
  /** Resolves when the events and the readings that caused them are durable. */
  readonly commitAlarms: (
    events: readonly AlarmEvent[],
    cause: ReadingBlock | null,
  ) => Promise<void>;
  /** Called once per transition, in their order. */
  readonly onAnnounced: (announcement: Announcement) => void;
  /** A transition told unstored is stored now. */
  readonly onStored: (event: AlarmEvent) => void;
  /** The journal could not take an alarm: the agent must end loudly. */
  readonly onFatal: (error: unknown) => void;
}): Announcer {
  const { clock } = options;
  let told: Promise<unknown> = Promise.resolve();
  let stored: Promise<unknown> = Promise.resolve();

  return {
    commit(events, cause) {
      const state = { isStored: false, isTold: false };
      const committed = options.commitAlarms(events, cause).then(() => {
        state.isStored = true;
        if (state.isTold) for (const event of events) options.onStored(event);
      });
      stored = Promise.all([stored, committed]).catch(options.onFatal);
      const before = told;
      told = firstOf(committed, clock)
        .then(() => before)
        .then(() => {
          state.isTold = !state.isStored;
          for (const event of events) {
            options.onAnnounced({ event, isStored: state.isStored });
          }
        })
        .catch(options.onFatal);
    },
    async told() {
      await told;
    },
    async settled() {
      await told;
      await stored;
    },
  };
}

/** The commit, or the bound. A failed commit is told as unstored; `stored` reports it. */
async function firstOf(committed: Promise<void>, clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const bound = clock.timer(announceWithinMs, resolve);
  committed.then(resolve, resolve);
  await promise;
  bound.cancel();
}
