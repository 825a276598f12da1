/** An outbox in memory that keeps the promises of agent/records.ts `Outbox`; see outboxContract.ts. */

import { rangesOf } from "../../agent/forward/seqRanges.ts";
import type {
  Lane,
  Outbox,
  RecordKind,
  SealedRecord,
  SentAgain,
  SeqRange,
} from "../../agent/records.ts";
import { sealPayload } from "../../agent/wire/payload.ts";

export interface MadeRecord {
  readonly lane: Lane;
  readonly kind?: RecordKind;
  readonly readings?: number;
  readonly padBytes?: number;
}

export class MemoryOutbox implements Outbox {
  readonly epoch: string;
  readonly site: string;
  readonly box: string;
  readonly #records = new Map<number, SealedRecord>();
  readonly #lanes = new Map<Lane, Map<number, SealedRecord>>();
  /** What was delivered stays for a re-request. */
  readonly #history = new Map<number, SealedRecord>();
  readonly #listeners = new Set<(lane: Lane) => void>();
  readonly states: ("live" | "down")[] = [];
  made = { records: 0, readings: 0 };
  deliveredSeqs: number[] = [];
  deliveredCalls = 0;
  deliveredUnderWay = 0;
  deliveredUnderWayMax = 0;
  /** While set, reading or telling fails. */
  isUnreadable = false;
  isUnwritable = false;

  constructor(options: { epoch?: string; site?: string; box?: string } = {}) {
    this.epoch = options.epoch ?? "life-1";
    this.site = options.site ?? "plant1";
    this.box = options.box ?? "box1";
  }

  get stored(): number {
    return this.#records.size;
  }

  record(seq: number): SealedRecord | undefined {
    return this.#records.get(seq);
  }

  /** Retention: these are gone, nobody will ever ask for them again. */
  evict(seq: number): boolean {
    const record = this.#records.get(seq);
    if (record === undefined) return false;
    this.#lanes.get(record.lane)?.delete(seq);
    return this.#records.delete(seq);
  }

  seal(...made: readonly MadeRecord[]): void {
    for (const one of made) this.#sealOne(one);
    for (const lane of new Set(made.map((one) => one.lane))) {
      for (const call of this.#listeners) call(lane);
    }
  }

  #sealOne(made: MadeRecord): void {
    const seq = ++this.made.records;
    const kind = made.kind ?? kindOf(made.lane);
    const readings = kind === "readings" ? (made.readings ?? 1) : 0;
    this.made.readings += readings;
    const envelope = {
      v: 1,
      site: this.site,
      box: this.box,
      epoch: this.epoch,
      seq,
      kind,
      replay: made.lane === "backlog",
      sealedAt: 1_767_225_600_000 + seq,
      clock: { source: "system", state: "unknown", offsetMs: null },
      body: { readings, pad: noise(seq, made.padBytes ?? 0) },
    };
    const payload = sealPayload(new TextEncoder().encode(JSON.stringify(envelope)));
    const record: SealedRecord = { seq, kind, lane: made.lane, readings, ...payload };
    this.#records.set(seq, record);
    const lane = this.#lanes.get(made.lane) ?? new Map<number, SealedRecord>();
    this.#lanes.set(made.lane, lane.set(seq, record));
  }

  async next(request: {
    readonly lane: Lane;
    readonly afterSeq: number;
    readonly maxRecords: number;
    readonly maxBytes: number;
  }): Promise<readonly SealedRecord[]> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.isUnreadable) throw new Error("disk trouble");
    const found: SealedRecord[] = [];
    let bytes = 0;
    for (const record of this.#lanes.get(request.lane)?.values() ?? []) {
      if (record.seq <= request.afterSeq) continue;
      bytes += record.bytes.byteLength;
      if (found.length > 0 && bytes > request.maxBytes) break;
      found.push(record);
      if (found.length >= request.maxRecords) break;
    }
    return found;
  }

  async delivered(ranges: readonly SeqRange[]): Promise<number> {
    this.deliveredCalls += 1;
    this.deliveredUnderWay += 1;
    this.deliveredUnderWayMax = Math.max(this.deliveredUnderWayMax, this.deliveredUnderWay);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.deliveredUnderWay -= 1;
    if (this.isUnwritable) throw new Error("disk trouble");
    let newly = 0;
    for (const { from, to } of ranges) {
      for (let seq = from; seq <= to; seq += 1) {
        const record = this.#records.get(seq);
        if (record === undefined) continue;
        this.evict(seq);
        this.#history.set(seq, record);
        newly += 1;
        this.deliveredSeqs.push(seq);
      }
    }
    return newly;
  }

  async sendAgain(ranges: readonly SeqRange[]): Promise<SentAgain> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.isUnwritable) throw new Error("disk trouble");
    const absent: number[] = [];
    let again = 0;
    for (const { from, to } of ranges) {
      for (let seq = from; seq <= to; seq += 1) {
        const record = this.#history.get(seq);
        if (record !== undefined) {
          this.#history.delete(seq);
          this.#keep(record);
          again += 1;
        } else if (!this.#records.has(seq)) absent.push(seq);
      }
    }
    return { again, absent: rangesOf(absent) };
  }

  /** In the order of the numbers, as a table would give them. */
  #keep(record: SealedRecord): void {
    const bySeq = (a: readonly [number, unknown], b: readonly [number, unknown]) => a[0] - b[0];
    this.#records.set(record.seq, record);
    const lane = [...(this.#lanes.get(record.lane) ?? []), [record.seq, record] as const];
    this.#lanes.set(record.lane, new Map(lane.sort(bySeq)));
  }

  uplinkIs(state: "live" | "down"): void {
    this.states.push(state);
  }

  onSealed(call: (lane: Lane) => void, signal: AbortSignal): void {
    this.#listeners.add(call);
    signal.addEventListener("abort", () => this.#listeners.delete(call));
  }
}

function kindOf(lane: Lane): RecordKind {
  if (lane === "alarm" || lane === "event" || lane === "gap") return lane;
  return "readings";
}

/** Text that does not compress to nothing; the same for the same seed. */
function noise(seed: number, length: number): string {
  let state = seed * 2_654_435_761 + 1;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, length);
}
