/**
 * Journal -> uplink -> delivered.
 *
 * - Nothing is delivered before the platform (`ack: platform`) or the broker (`ack: broker`) has said so, and the
 *   journal has been told; at most one such telling is under way, with all that came meanwhile in the next.
 * - Sent again are the same bytes, read again from the journal: here only numbers are kept, and few of them.
 * - A platform that keeps silent is asked by one record at a time; alarms go out all the same.
 * - All happens in `#turn` and `#look`, one after the other on one thread; everything else only wakes them.
 */

import type { Clock } from "../../config/words/time.ts";
import type { Lane, Outbox, SealedRecord } from "../records.ts";
import { parseAck } from "./ackMessage.ts";
import { DeliveryLedger } from "./deliveryLedger.ts";
import { DeliveryMarker } from "./deliveryMarker.ts";
import { type ForwarderStats, noCounts, stateOf } from "./forwarderStats.ts";
import { LaneFeed } from "./laneFeed.ts";
import { LaneRefusals } from "./laneRefusals.ts";
import { createLinkJudge, type LinkJudge } from "./linkJudge.ts";
import { nextLane, sendingOrder } from "./sendOrder.ts";
import { createSendWindow, type SendWindow } from "./sendWindow.ts";
import type { SendOutcome, Uplink, UplinkEvent, UplinkTrouble } from "./uplink.ts";

export interface ForwarderOptions {
  readonly outbox: Outbox;
  readonly uplink: Uplink;
  readonly clock: Clock;
  readonly ack: "platform" | "broker";
  readonly ackTimeoutMs: number;
}

export interface Forwarder {
  /** Runs the uplink too. Ends after `signal` aborts, within about 5 s. */
  run(signal: AbortSignal): Promise<void>;
  /** Something in the status changed: it is published soon. */
  statusChanged(): void;
  stats(): ForwarderStats;
}

/** Sent and unconfirmed records that are remembered; beyond that a lane waits. */
const ledgerBulkMax = 1_024;
const ledgerMax = 5_120;
/** A refused record, and after a row of refusals its whole lane, is tried again after this. */
const refusedMs = 30_000;
/** A platform that was silent and speaks again gets this long to answer for what it was sent before. */
const hurryMs = 2_000;
const contentTypes = { json: "application/json", "json+zstd": "application/json+zstd" } as const;

export function createForwarder(options: ForwarderOptions): Forwarder {
  return new ForwarderLoop(options);
}

class ForwarderLoop implements Forwarder {
  readonly #options: ForwarderOptions;
  readonly #ledger: DeliveryLedger;
  readonly #window: SendWindow = createSendWindow();
  readonly #judge: LinkJudge;
  readonly #feeds: Readonly<Record<Lane, LaneFeed>>;
  readonly #refusals = new LaneRefusals(refusedMs);
  readonly #marker: DeliveryMarker;
  readonly #inFlight = { all: 0, bulk: 0, bulkBytes: 0 };
  readonly #counts = noCounts();
  #isConnected = false;
  #isStopping = false;
  #refusal: UplinkTrouble | null = null;
  #wasLive: boolean | null = null;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#judge = createLinkJudge(options.ackTimeoutMs);
    this.#ledger = new DeliveryLedger(options.ackTimeoutMs);
    this.#marker = new DeliveryMarker({
      outbox: options.outbox,
      onMarked: (seqs, newly) => {
        this.#counts.delivered += newly;
        this.#ledger.forget(seqs);
        this.#turn();
      },
      onFailed: () => {
        this.#counts.journalFailures += 1;
      },
    });
    const feed = (lane: Lane): LaneFeed =>
      new LaneFeed({
        outbox: options.outbox,
        lane,
        onArrived: () => this.#turn(),
        onRead: (span) => this.#ledger.forgetAbsent(span),
      });
    this.#feeds = {
      alarm: feed("alarm"),
      gap: feed("gap"),
      live: feed("live"),
      backlog: feed("backlog"),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { outbox, uplink } = this.#options;
    outbox.onSealed((lane) => {
      this.#feeds[lane].sealed();
      this.#turn();
    }, signal);
    const listening = new AbortController();
    uplink.onEvent((event) => this.#hear(event), listening.signal);
    signal.addEventListener("abort", () => {
      this.#isStopping = true;
    });
    await Promise.all([uplink.run(signal), this.#keepLooking(signal)]);
    listening.abort();
    await this.#settle();
  }

  async #keepLooking(signal: AbortSignal): Promise<void> {
    const { clock, ackTimeoutMs } = this.#options;
    // Not a poll of the journal: time-outs and hysteresis need somebody to look at the clock.
    const lookEveryMs = Math.min(1_000, Math.max(20, ackTimeoutMs / 10));
    while (!signal.aborted) {
      this.#look();
      await clock.sleep(lookEveryMs, signal);
    }
  }

  statusChanged(): void {
    this.#options.uplink.statusChanged();
  }

  stats(): ForwarderStats {
    const uplink = this.#options.uplink.stats();
    return {
      ...this.#counts,
      inFlight: this.#inFlight.all,
      unconfirmed: this.#ledger.size,
      isLive: this.#judge.isLive,
      uplink,
      state: stateOf({
        uplink,
        isSilent: this.#judge.isSilent,
        refusal: this.#ledger.hasRefused ? this.#refusal : null,
        isSending: this.#ledger.isOwed,
      }),
    };
  }

  #hear(event: UplinkEvent): void {
    const nowMs = this.#options.clock.monotonicMs();
    switch (event.kind) {
      case "connected":
        this.#isConnected = true;
        this.#judge.connected(nowMs);
        this.#window.restart();
        // Whatever the broker took before, it may have lost since.
        this.#ledger.releaseHeld(this.#judge.isSilent ? ["alarm"] : sendingOrder);
        this.#look();
        return;
      case "disconnected":
        this.#isConnected = false;
        this.#judge.disconnected();
        return;
      case "ack":
        this.#takeAck(event.payload, nowMs);
        this.#turn();
        return;
    }
  }

  #takeAck(payload: Uint8Array, nowMs: number): void {
    const ack = parseAck(payload);
    if (ack === null) this.#counts.badAcks += 1;
    else if (ack.epoch !== this.#options.outbox.epoch) this.#counts.strayAcks += 1;
    else {
      const confirmed = ack.ranges.flatMap((range) => this.#ledger.confirm(range));
      if (confirmed.length > 0) this.#confirm(confirmed, nowMs);
    }
  }

  #confirm(seqs: readonly number[], nowMs: number): void {
    const { ackTimeoutMs } = this.#options;
    if (this.#judge.isSilent) this.#ledger.hurry(nowMs + Math.min(hurryMs, ackTimeoutMs / 4));
    this.#judge.acked(nowMs);
    this.#counts.lastAckWallMs = this.#options.clock.now().wallMs;
    this.#marker.add(seqs);
  }

  /** Time passes: what is overdue, whether the link is well. Then sends what became possible. */
  #look(): void {
    const { clock, outbox } = this.#options;
    const nowMs = clock.monotonicMs();
    const claims = { isOwed: this.#ledger.isOwed, isRefusing: this.#refusals.isAny };
    this.#judge.look(nowMs, claims);
    const { isSilent, isLive } = this.#judge;
    if (isLive !== this.#wasLive) {
      this.#wasLive = isLive;
      outbox.uplinkIs(isLive ? "live" : "down");
      this.#options.uplink.statusChanged();
    }
    this.#ledger.release(nowMs, isSilent);
    if (this.#isConnected && this.#judge.takeProbe(nowMs)) this.#ledger.probe();
    for (const lane of sendingOrder) {
      const first = this.#ledger.firstDue(lane);
      if (first !== null) this.#feeds[lane].rewindTo(first);
      this.#feeds[lane].retry();
    }
    this.#marker.retry();
    this.#turn();
  }

  /** Sends all that may be sent now. */
  #turn(): void {
    if (this.#isStopping || !this.#isConnected) return;
    const nowMs = this.#options.clock.monotonicMs();
    for (;;) {
      const lane = nextLane({
        ready: (candidate) => this.#head(candidate, nowMs)?.bytes.byteLength ?? null,
        inFlight: this.#inFlight,
        window: this.#window,
        inFlightMax: this.#options.uplink.inFlightMax,
      });
      const record = lane === null ? null : this.#head(lane, nowMs);
      if (lane === null || record === null) return;
      this.#feeds[lane].take();
      this.#launch(record, nowMs);
    }
  }

  #head(lane: Lane, nowMs: number): SealedRecord | null {
    if (this.#refusals.rests(lane, nowMs)) return null;
    const ledger = this.#ledger;
    const isFull = lane === "alarm" ? ledger.size >= ledgerMax : ledger.bulkSize >= ledgerBulkMax;
    const newMayGo = !isFull && (lane === "alarm" || !this.#judge.isSilent);
    // When nothing new may go, reading on would only pass records over that must be read again.
    const feed = this.#feeds[lane];
    if (!newMayGo && !ledger.hasDue(lane)) return null;
    feed.refill();
    return feed.peek((seq) => ledger.isDue(seq) || (newMayGo && ledger.isNew(seq)));
  }

  #launch(record: SealedRecord, nowMs: number): void {
    const sendings = this.#ledger.launch(record);
    this.#judge.sent(nowMs);
    this.#counts.sent += 1;
    if (sendings > 1) this.#counts.resent += 1;
    const bytes = record.bytes.byteLength;
    const isBulk = record.lane !== "alarm";
    const mark = this.#window.sent({ bytes, nowMs });
    this.#inFlight.all += 1;
    this.#inFlight.bulk += Number(isBulk);
    this.#inFlight.bulkBytes += isBulk ? bytes : 0;
    const sending = this.#options.uplink.send({
      kind: record.kind,
      payload: record.bytes,
      contentType: contentTypes[record.encoding],
    });
    void sending.then((outcome) => {
      this.#inFlight.all -= 1;
      this.#inFlight.bulk -= Number(isBulk);
      this.#inFlight.bulkBytes -= isBulk ? bytes : 0;
      const doneMs = this.#options.clock.monotonicMs();
      if (outcome.kind === "lost") this.#window.lost(mark);
      else this.#window.acked(mark, doneMs);
      this.#settleOne(record, outcome, doneMs);
    });
  }

  #settleOne(record: SealedRecord, outcome: SendOutcome, nowMs: number): void {
    const { seq, lane } = record;
    switch (outcome.kind) {
      case "accepted":
        this.#refusals.accepted(lane);
        if (!outcome.hasListener) this.#counts.unheard += 1;
        if (this.#options.ack === "platform") {
          this.#ledger.taken(seq, nowMs);
          if (!outcome.hasListener) this.#judge.unheard();
        } else this.#confirm(this.#ledger.confirm({ from: seq, to: seq }), nowMs);
        this.#turn();
        return;
      case "refused": {
        this.#counts.refused += 1;
        this.#refusal = outcome.trouble;
        this.#ledger.refused(seq, nowMs + refusedMs);
        this.#refusals.refused(lane, nowMs);
        this.#options.uplink.statusChanged();
        this.#turn();
        return;
      }
      case "lost":
        // No turn: it goes again with the next connection or look, never in a circle.
        this.#ledger.lost(seq, nowMs);
    }
  }

  async #settle(): Promise<void> {
    await Promise.all(sendingOrder.map((lane) => this.#feeds[lane].idle()));
    this.#marker.retry();
    await this.#marker.idle();
  }
}
