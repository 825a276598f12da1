/** What is said at the end of a salvage: the numbers that will not come, and how many readings that is (pure). */

import { type Instant, wallMs } from "../../config/words/time.ts";
import type { BoxEvent, SeqRange } from "../records.ts";
import type { HeldRanges } from "../wire/heldRanges.ts";
import type { Gap } from "./recorder.ts";
import type { Books } from "./salvageBooks.ts";
import type { SalvageState } from "./salvageTable.ts";

/** Ranges that one gap record names at most. */
const rangesMax = 500;

export interface Conclusion {
  readonly gaps: readonly Gap[];
  readonly event: BoxEvent;
  readonly figures: Pick<SalvageState, "lost" | "isLostUnknown">;
}

interface Facts {
  readonly name: string;
  readonly books: Books;
  readonly state: SalvageState;
  readonly at: Instant;
  readonly nextSeq: number;
  /** Numbers that came, were delivered, or will come. */
  readonly explained: HeldRanges;
}

export function concluded(facts: Facts): Conclusion {
  const { name, books, state, at, nextSeq, explained } = facts;
  const missing = nextSeq > 1 ? explained.missingIn({ from: 1, to: nextSeq - 1 }) : [];
  const figures = figuresOf(facts, missing);
  const { lost, isLostUnknown } = figures;
  const isAnyGone = lost > 0 || isLostUnknown || missing.length > 0;
  const { records, readings, alarms, events } = state;
  return {
    gaps: [...(isAnyGone ? goneGaps(facts, { missing, ...figures }) : []), ...untoldGaps(facts)],
    figures,
    event: {
      type: "journal-salvaged",
      at,
      by: "box",
      note: `of the damaged journal ${name}, ${records} records were carried over; ${lost} readings are lost${isLostUnknown ? ", perhaps more" : ""}`,
      details: { file: name, epoch: books.epoch, records, readings, alarms, events, ...figures },
    },
  };
}

function figuresOf({ books, state }: Facts, missing: readonly SeqRange[]): Conclusion["figures"] {
  const left = books.storedReadings === null ? null : books.storedReadings - state.readings;
  const lost = Math.max(0, left ?? 0);
  const isUnsure = !books.isMarked || (!books.isExact && lost + missing.length > 0);
  return { lost, isLostUnknown: left === null || left < 0 || isUnsure };
}

function goneGaps(
  { name, books, state, at }: Facts,
  gone: Conclusion["figures"] & { readonly missing: readonly SeqRange[] },
): readonly Gap[] {
  const common = {
    reason: "damaged",
    from: { ...at, wallMs: wallMs(state.writtenWallMs) },
    to: at,
    points: null,
    note: `of the damaged journal ${name} these records could not be read or were already given up`,
    ...(books.epoch === null ? {} : { epoch: books.epoch }),
  } as const;
  const [first = [], ...more] = pieces(gone.missing);
  const unknown = gone.isLostUnknown ? { isLostUnknown: true } : {};
  return [
    { ...common, ...unknown, lost: gone.lost, seqs: first },
    ...more.map((seqs) => ({ ...common, lost: 0, seqs })),
  ];
}

function untoldGaps({ name, books, at }: Facts): readonly Gap[] {
  const { epoch } = books;
  if (epoch === null) return [];
  return books.openGaps().map(({ reason, lost, points, seqs, fromWallMs, toWallMs }) => ({
    ...{ reason, epoch, lost, points, seqs },
    from: { ...at, wallMs: wallMs(fromWallMs) },
    to: { ...at, wallMs: wallMs(toWallMs) },
    note: `given up by the journal ${name} for want of room, before it was damaged`,
  }));
}

function pieces(ranges: readonly SeqRange[]): SeqRange[][] {
  const found: SeqRange[][] = [];
  for (let at = 0; at < ranges.length; at += rangesMax)
    found.push(ranges.slice(at, at + rangesMax));
  return found;
}
