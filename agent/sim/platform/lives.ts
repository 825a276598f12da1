/** What comes to the platform, and what it adds up to for one life of one journal. Types only. */

import type { SeqRange } from "../../records.ts";

/** One life of one box's journal. */
export interface Life {
  readonly site: string;
  readonly box: string;
  readonly epoch: string;
}

export interface Arrival extends Life {
  readonly seq: number;
  readonly kind: string;
  readonly replay: boolean;
  /** Readings held (readings) and declared lost (gap). */
  readonly readings: number;
  readonly lost: number;
  /** Records that a gap says will never come. */
  readonly gone: readonly SeqRange[];
  /** Whose numbers those are, and whose readings are lost; null: of this same life. */
  readonly goneEpoch: string | null;
  readonly isLostUnknown: boolean;
  /** The name under which a damaged journal knew it. */
  readonly was: { readonly epoch: string; readonly seq: number } | null;
  readonly bytes: Uint8Array;
}

export interface LifeSummary extends Life {
  readonly records: number;
  readonly readings: number;
  readonly alarms: number;
  readonly events: number;
  readonly gaps: number;
  /** Manifests and pieces. */
  readonly evidence: number;
  readonly declaredLost: number;
  /** A gap says that more may be gone than anybody knows. */
  readonly isLostUnknown: boolean;
  /** Readings in records that were held already under another name: not counted above. */
  readonly repeatedReadings: number;
  /** Records of this life that came under the name of a later one. */
  readonly carried: number;
  readonly ranges: readonly SeqRange[];
  /** Missing numbers that no gap explains. */
  readonly holes: readonly SeqRange[];
  /** Records held that a gap gives up: delivered, but the ack was lost before the box lost them. */
  readonly heldThoughGone: number;
}
