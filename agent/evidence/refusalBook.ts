/** Alarms that got no evidence, told together: a flood of refusals makes one event a second, not hundreds. */

import type { Clock } from "../../config/words/time.ts";
import type { BoxEvent } from "../records.ts";
import type { RefusalReason } from "./gathering.ts";
import type { AlarmRef } from "./manifest.ts";

const tellEveryMs = 1_000;
/** Alarms that one event names; with more, it is told at once. */
const namedMax = 200;

const words: Readonly<Record<RefusalReason, string>> = {
  "per-camera-per-day": "its cameras have as many bundles of this day as the site file allows",
  "too-many-at-once": "too many bundles are being made",
  "no-room": "evidence has no more room, and none of it has been sent yet",
  disk: "the disk refuses it",
  stopped: "the agent is being stopped",
};

export class RefusalBook {
  readonly #clock: Clock;
  readonly #note: (event: BoxEvent) => void;
  readonly #refused = new Map<RefusalReason, AlarmRef[]>();
  #dueMs: number | null = null;

  constructor(options: { readonly clock: Clock; readonly note: (event: BoxEvent) => void }) {
    this.#clock = options.clock;
    this.#note = options.note;
  }

  add(alarm: AlarmRef, why: RefusalReason): void {
    const refused = this.#refused.get(why) ?? [];
    refused.push(alarm);
    this.#refused.set(why, refused);
    this.#dueMs ??= this.#clock.monotonicMs() + tellEveryMs;
    if (refused.length >= namedMax) this.tell();
  }

  look(): void {
    if (this.#dueMs !== null && this.#clock.monotonicMs() >= this.#dueMs) this.tell();
  }

  tell(): void {
    this.#dueMs = null;
    for (const [why, alarms] of this.#refused) {
      this.#note({
        type: "evidence",
        at: this.#clock.now(),
        by: "box",
        note: `no evidence of ${alarms.length} alarms: ${words[why]}`,
        details: {
          outcome: "refused",
          why,
          alarms: alarms.map(({ alarmId, event, source }) => ({ alarmId, event, source })),
        },
      });
    }
    this.#refused.clear();
  }
}
