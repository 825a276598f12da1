/** What the processes of the bus bench agree on. */

/** A process that does next to nothing and wakes up so much too late tells of a stall of the machine. */
export const stallMs = 50;

/** What register `address` of `unit` holds: no other register of the line holds the same. */
export function wordOf(unit: number, address: number): number {
  return unit * 256 + address;
}

export interface MasterSettings {
  readonly link: string;
  readonly baud: number;
  readonly units: readonly number[];
  readonly registers: number;
  readonly timeoutMs: number;
  /** 0: as fast as the line can. */
  readonly everyMs: number;
}

/** What a master says at its end. */
export interface MasterCounts {
  readonly good: number;
  readonly wrong: number;
  readonly failed: number;
}
