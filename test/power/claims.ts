/** What a writer was promised before its power went, and the readings it makes. */

import { crc32 } from "node:zlib";
import type { AlarmEvent } from "../../agent/alarmRecords.ts";
import type { BoxEvent, ReadingBlock } from "../../agent/records.ts";
import type { Instant } from "../../config/words/time.ts";
import { block } from "../store/samples.ts";

/** One line of the file of claims. */
export type Claim =
  | { readonly kind: "opened"; readonly epoch: string; readonly first: number }
  /** Handed to the journal; nothing was promised yet. */
  | { readonly kind: "appended"; readonly id: number }
  /** All readings of this life up to this one. */
  | { readonly kind: "durable"; readonly first: number; readonly upTo: number }
  /** An alarm by its id, an event by the name in its details. */
  | { readonly kind: "alarm" | "event"; readonly name: string; readonly crc: number }
  /** The record was given out, so its bytes may be with the platform. */
  | { readonly kind: "sent"; readonly epoch: string; readonly seq: number; readonly crc: number }
  | { readonly kind: "delivered"; readonly epoch: string; readonly seq: number }
  /** About to be asked for again: whether it counts as delivered is open from here. */
  | { readonly kind: "again"; readonly seq: number };

/** The value of the third point follows from that of the first, so that a mixed-up reading is seen. */
export function readingsOf(takenAt: Instant, id: number): ReadingBlock {
  return block(takenAt, [id, 0, partnerOf(id)]);
}

export function partnerOf(id: number): number {
  return id / 8 + 0.1;
}

export function eventOf(at: Instant, name: string): BoxEvent {
  return { type: "command", at, by: "platform", note: "asked for a change", details: { name } };
}

export function contentOf(event: AlarmEvent | BoxEvent): number {
  return crc32(JSON.stringify(event));
}

/** All promises of several lives of one writer. */
export class Claims {
  count = 0;
  epoch: string | null = null;
  /** Alarms and events: checksum of the body, by name. */
  readonly kept = new Map<string, number>();
  /** Ranges of readings that are durable: first -> last. */
  readonly durable = new Map<number, number>();
  /** Readings handed over, and when. */
  readonly appended = new Map<number, number>();
  /** `epoch/seq` -> checksum. */
  readonly sent = new Map<string, number>();
  readonly delivered = new Set<number>();
  /** Readings that the last cut left without a promise: the next opening makes them durable. */
  recovered: readonly number[] = [];

  /** `text`: whole lines, or lines of which the last was cut short. */
  take(text: string, timeMs = 0): void {
    for (const line of text.split("\n").slice(0, -1)) this.#add(JSON.parse(line) as Claim, timeMs);
  }

  /** What holds for a next life, which finds the readings `recovered`. */
  carriedOver(recovered: readonly number[]): Claims {
    const next = this.copy();
    next.appended.clear();
    next.recovered = recovered;
    return next;
  }

  copy(): Claims {
    const copy = new Claims();
    copy.recovered = this.recovered;
    copy.count = this.count;
    copy.epoch = this.epoch;
    for (const [name, crc] of this.kept) copy.kept.set(name, crc);
    for (const [first, last] of this.durable) copy.durable.set(first, last);
    for (const [id, timeMs] of this.appended) copy.appended.set(id, timeMs);
    for (const [name, crc] of this.sent) copy.sent.set(name, crc);
    for (const seq of this.delivered) copy.delivered.add(seq);
    return copy;
  }

  #add(claim: Claim, timeMs: number): void {
    switch (claim.kind) {
      case "opened":
        this.epoch = claim.epoch;
        for (const id of this.recovered) this.durable.set(id, id);
        this.recovered = [];
        break;
      case "appended":
        this.appended.set(claim.id, timeMs);
        return;
      case "durable":
        this.durable.set(claim.first, claim.upTo);
        break;
      case "alarm":
      case "event":
        this.kept.set(claim.name, claim.crc);
        break;
      case "again":
        this.delivered.delete(claim.seq);
        return;
      case "sent":
        this.sent.set(`${claim.epoch}/${claim.seq}`, claim.crc);
        break;
      case "delivered":
        this.delivered.add(claim.seq);
        break;
    }
    this.count += 1;
  }
}
