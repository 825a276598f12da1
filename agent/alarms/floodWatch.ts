/** Whether alarms come faster than one person can follow, and which came first. Hides nothing. Holds counts only. */

import type { Instant } from "../../config/words/time.ts";
import type { AlarmEvent } from "../alarmRecords.ts";
import type { BoxEvent } from "../records.ts";
import { keyOf } from "./alarm.ts";

/** More raises than this within the window begin a flood, fewer than that end it. One box: one operator. */
const beginsAbove = 10;
const endsBelow = 5;
const windowS = 600;

export interface Flood {
  readonly isOn: boolean;
  readonly inTenMinutes: number;
  readonly sinceMs: number | null;
  /** Key of the alarm that came first at each tank; those without a tank count as one. Empty when no flood is on. */
  readonly firstOut: ReadonlySet<string>;
}

interface First {
  readonly key: string;
  readonly atS: number;
}

/** Raises by the second in a ring, so that a flood of any size costs the same memory. */
export class FloodWatch {
  readonly #counts = new Int32Array(windowS);
  readonly #first = new Map<string, First>();
  #nowS = 0;
  #inWindow = 0;
  #since: Instant | null = null;

  /** An alarm that people see has begun. */
  raised(event: AlarmEvent): void {
    this.#goTo(event.at);
    const slot = this.#nowS % windowS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#inWindow += 1;
    const tank = event.tank ?? "";
    const first = this.#first.get(tank);
    const isOld = this.#since === null && (first?.atS ?? 0) <= this.#nowS - windowS;
    if (first === undefined || isOld) {
      this.#first.set(tank, { key: keyOf(event), atS: this.#nowS });
    }
  }

  /** To be asked after raises and each second. Null: it is as it was. */
  change(at: Instant): BoxEvent | null {
    this.#goTo(at);
    if (this.#since === null && this.#inWindow > beginsAbove) {
      this.#since = at;
      for (const [tank, { atS }] of this.#first) {
        if (atS <= this.#nowS - windowS) this.#first.delete(tank);
      }
      return floodEvent(at, { isOn: true, inTenMinutes: this.#inWindow });
    }
    if (this.#since === null || this.#inWindow >= endsBelow) return null;
    this.#since = null;
    this.#first.clear();
    return floodEvent(at, { isOn: false, inTenMinutes: this.#inWindow });
  }

  get flood(): Flood {
    const isOn = this.#since !== null;
    const first = isOn ? [...this.#first.values()].map(({ key }) => key) : [];
    return {
      isOn,
      inTenMinutes: this.#inWindow,
      sinceMs: this.#since?.wallMs ?? null,
      firstOut: new Set(first),
    };
  }

  #goTo({ monotonicMs }: Instant): void {
    const nowS = Math.floor(monotonicMs / 1_000);
    if (nowS - this.#nowS >= windowS) {
      this.#counts.fill(0);
      this.#inWindow = 0;
      this.#nowS = nowS;
    }
    while (this.#nowS < nowS) {
      this.#nowS += 1;
      this.#inWindow -= this.#counts[this.#nowS % windowS] ?? 0;
      this.#counts[this.#nowS % windowS] = 0;
    }
  }
}

function floodEvent(
  at: Instant,
  { isOn, inTenMinutes }: { readonly isOn: boolean; readonly inTenMinutes: number },
): BoxEvent {
  return {
    type: "alarm-flood",
    at,
    by: "box",
    note: isOn
      ? `alarm flood: ${inTenMinutes} alarms within 10 minutes`
      : `the alarm flood is over: ${inTenMinutes} alarms within 10 minutes`,
    details: { isOn, inTenMinutes },
  };
}
