/** Whether what came out of a mutated journal is true, and whether what did not come was said to be lost (pure). */

import type { SealedRecord } from "../../agent/records.ts";
import { type Envelope, type GapBody, gapBodySchema } from "../../agent/wire/envelope.ts";
import { openPayload, payloadText } from "../../agent/wire/payload.ts";
import { decodeReadings } from "../../agent/wire/readingsDecoder.ts";
import { keyOf, type Truth } from "./preparedJournal.ts";

export interface Verdict {
  readonly faults: readonly string[];
  /** Records that came under a new name. */
  readonly carried: number;
  /** Readings declared lost. */
  readonly lost: number;
  readonly isLostUnknown: boolean;
}

/** The first truth is that of the journal itself; others are of journals whose files were mixed in. */
export function verdictOn(
  truths: readonly Truth[],
  records: readonly SealedRecord[],
  standing: number,
): Verdict {
  const seen = new Seen(truths, records);
  const [own] = truths;
  const faults = [...seen.faults];
  if (own !== undefined) faults.push(...seen.missing(own));
  if (own !== undefined && standing < own.standing && seen.carried === 0 && !seen.isLostUnknown) {
    faults.push(`${standing} alarms stand, ${own.standing} stood`);
  }
  const { carried, lost, isLostUnknown } = seen;
  return { faults, carried, lost, isLostUnknown };
}

class Seen {
  readonly faults: string[] = [];
  carried = 0;
  lost = 0;
  isLostUnknown = false;
  readonly #held = new Set<string>();
  readonly #readings = new Set<string>();
  /** Told to be gone, by epoch. */
  readonly #gone = new Set<string>();
  readonly #texts = new Map<string, string>();

  constructor(truths: readonly Truth[], records: readonly SealedRecord[]) {
    for (const record of records) {
      const opened = openPayload(record.bytes);
      if (opened.ok) this.#take(record, opened.value, truths);
      else this.faults.push(`record ${record.seq}: ${opened.error}`);
    }
  }

  #take(record: SealedRecord, envelope: Envelope, truths: readonly Truth[]): void {
    if (envelope.seq !== record.seq || envelope.kind !== record.kind) {
      this.faults.push(`record ${record.seq} is not what its envelope says`);
    }
    const own = `${envelope.epoch}/${envelope.seq}`;
    const text = payloadText(record.bytes);
    const before = this.#texts.get(own);
    if (text.ok && before !== undefined && before !== text.value) {
      this.faults.push(`${own} came with two contents`);
    }
    if (text.ok) this.#texts.set(own, text.value);
    if (envelope.was !== undefined) this.carried += 1;
    const { epoch, seq } = envelope.was ?? envelope;
    this.#held.add(`${epoch}/${seq}`);
    const truth = truths.find((one) => one.epoch === epoch);
    const original = truth?.texts.get(seq);
    if (original !== undefined && text.ok && !isSameBody(original, text.value, record.kind)) {
      this.faults.push(`${epoch}/${seq} is not what was sealed`);
    }
    if (record.kind === "readings") this.#takeReadings(envelope, truths);
    if (record.kind === "gap") this.#takeGap(gapBodySchema.parse(envelope.body), epoch);
  }

  #takeReadings({ body }: Envelope, truths: readonly Truth[]): void {
    const points = decodeReadings(body);
    if (!points.ok) {
      this.faults.push(points.error);
      return;
    }
    for (const { tag, wallMs, values } of points.value) {
      for (const [i, value] of values.entries()) {
        const key = keyOf(tag, wallMs[i] ?? 0);
        this.#readings.add(key);
        const isTrue = truths.some(({ readings }) => readings.get(key) === value);
        if (!isTrue) this.faults.push(`${key} is ${value}`);
      }
    }
  }

  #takeGap(gap: GapBody, epoch: string): void {
    this.lost += gap.lost;
    this.isLostUnknown ||= gap.isLostUnknown === true;
    for (const [from, to] of gap.seqs) {
      // A skip of numbers that were never given out is wide.
      for (let seq = from; seq <= Math.min(to, from + 5_000); seq += 1) {
        this.#gone.add(`${gap.epoch ?? epoch}/${seq}`);
      }
    }
  }

  /** What neither came nor was declared. */
  missing({ epoch, nextSeq, delivered, texts, readings, unsealed }: Truth): string[] {
    const faults: string[] = [];
    const holes: number[] = [];
    const atPlatform = new Set<string>();
    for (let seq = 1; seq < nextSeq; seq += 1) {
      const name = `${epoch}/${seq}`;
      if (delivered.has(seq)) for (const key of keysIn(texts.get(seq))) atPlatform.add(key);
      else if (!this.#held.has(name) && !this.#gone.has(name)) holes.push(seq);
    }
    if (holes.length > 0 && !this.isLostUnknown) faults.push(`no word of ${holes.join(", ")}`);
    const absent = [...readings.keys()].filter(
      (key) => !atPlatform.has(key) && !this.#readings.has(key),
    );
    if (absent.length > this.lost && !this.isLostUnknown) {
      const open = absent.filter((key) => unsealed.has(key)).length;
      faults.push(`${absent.length} readings (${open} unsealed) are gone, ${this.lost} declared`);
    }
    return faults;
  }
}

const parsedKeys = new Map<string, readonly string[]>();

function keysIn(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const known = parsedKeys.get(text);
  if (known !== undefined) return known;
  const { kind, body } = JSON.parse(text) as { readonly kind: string; readonly body: unknown };
  const points = kind === "readings" ? decodeReadings(body) : null;
  const keys =
    points?.ok === true
      ? points.value.flatMap(({ tag, wallMs }) => wallMs.map((at) => keyOf(tag, at)))
      : [];
  parsedKeys.set(text, keys);
  return keys;
}

/** A gap that is carried over names the epoch of its numbers; all else is the same to the letter. */
function isSameBody(original: string, text: string, kind: SealedRecord["kind"]): boolean {
  const body = (of: string): string => of.slice(of.indexOf(',"body":'));
  if (kind !== "gap") return body(original) === body(text);
  const gap = (of: string): unknown => ({ ...JSON.parse(of).body, epoch: "" });
  return JSON.stringify(gap(original)).length === JSON.stringify(gap(text)).length;
}
