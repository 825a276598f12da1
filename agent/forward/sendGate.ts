/** Which record goes next, and what is under way: the windows to broker and platform, and the rate (pure). */

import type { Lane, SealedRecord } from "../records.ts";
import type { Confirmed, DeliveryLedger } from "./deliveryLedger.ts";
import { LaneShares } from "./laneShares.ts";
import { isUrgent, nextLane } from "./sendOrder.ts";
import { createSendWindow, type SendWindow, type SentMark } from "./sendWindow.ts";
import type { TokenBucket } from "./tokenBucket.ts";
import { createTrustWindow, type TrustWindow } from "./trustWindow.ts";

export interface SendGateOptions {
  readonly ledger: DeliveryLedger;
  readonly bucket: TokenBucket;
  /** With `ack: broker` the broker's answer is the confirmation: there is nothing to bound beyond it. */
  readonly ack: "platform" | "broker";
  readonly ackTimeoutMs: number;
}

/** A message under way; ends once, by `landed`. */
export interface Flight {
  readonly bytes: number;
  readonly isBulk: boolean;
  readonly mark: SentMark;
}

const unbounded = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

export class SendGate {
  readonly #ledger: DeliveryLedger;
  readonly #bucket: TokenBucket;
  readonly #line: SendWindow = createSendWindow();
  readonly #trust: TrustWindow | null;
  readonly #shares = new LaneShares();
  readonly #inFlight = { all: 0, bulk: 0, bulkBytes: 0 };

  constructor(options: SendGateOptions) {
    this.#ledger = options.ledger;
    this.#bucket = options.bucket;
    this.#trust = options.ack === "platform" ? createTrustWindow(options.ackTimeoutMs) : null;
  }

  get inFlight(): number {
    return this.#inFlight.all;
  }

  /** A new connection: all flights have landed, what the old broker held is worth nothing. */
  restart(): void {
    this.#line.restart();
    this.#trust?.restart();
  }

  /** The lane whose ready record goes now. `isSilent`: only what asks a silent platform is ready, it always may. */
  next(state: {
    readonly ready: (lane: Lane) => number | null;
    readonly inFlightMax: number;
    readonly isSilent: boolean;
  }): Lane | null {
    return nextLane({
      ready: state.ready,
      claims: this.#shares.claims,
      inFlightMax: state.inFlightMax,
      inFlight: this.#inFlight,
      window: this.#line,
      owed: this.#ledger.owedBulk,
      trust: this.#trust === null || state.isSilent ? unbounded : this.#trust,
    });
  }

  /**
   * How long the rate holds this lane back; 0: not. Backlog and evidence always pay first. A live record that is alone is
   * fresh and goes at once, at the backlog's expense; live records that queue up have fallen behind and pay too.
   */
  pauseMs(lane: Lane, waiting: number, nowMs: number): number {
    const pays = lane !== "live" ? hasRate(lane) : waiting > 1;
    return pays ? this.#bucket.waitMs(nowMs) : 0;
  }

  /** The ledger knows of it already. */
  launched(record: SealedRecord, nowMs: number): Flight {
    const bytes = record.bytes.byteLength;
    const isBulk = !isUrgent(record.lane);
    this.#inFlight.all += 1;
    this.#inFlight.bulk += Number(isBulk);
    this.#inFlight.bulkBytes += isBulk ? bytes : 0;
    this.#shares.sent(record.lane, bytes);
    if (hasRate(record.lane)) this.#bucket.spend(bytes, nowMs);
    if (isBulk && this.#trust !== null) {
      this.#ledger.mark(
        record.seq,
        this.#trust.sent({ bytes, nowMs, owed: this.#ledger.owedBulk }),
      );
    }
    return { bytes, isBulk, mark: this.#line.sent({ bytes, nowMs }) };
  }

  landed({ bytes, isBulk, mark }: Flight, isAnswered: boolean, nowMs: number): void {
    this.#inFlight.all -= 1;
    this.#inFlight.bulk -= Number(isBulk);
    this.#inFlight.bulkBytes -= isBulk ? bytes : 0;
    if (isAnswered) this.#line.acked(mark, nowMs);
    else this.#line.lost(mark);
  }

  confirmed(records: readonly Confirmed[], nowMs: number): void {
    const marks = records.map(({ mark }) => mark).filter((mark) => mark !== null);
    this.#trust?.confirmed(marks, nowMs);
  }

  look(nowMs: number): void {
    this.#trust?.look(nowMs, this.#ledger.owedBulk);
  }
}

/** Bulk whose bytes the rate bounds. */
function hasRate(lane: Lane): boolean {
  return lane === "live" || lane === "evidence" || lane === "piece" || lane === "backlog";
}
