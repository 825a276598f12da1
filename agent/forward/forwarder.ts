/**
 * Journal -> uplink -> delivered.
 *
 * - Nothing is delivered before the platform (`ack: platform`) or the broker (`ack: broker`) has said so, and the
 *   journal has been told; at most one such telling is under way, with all that came meanwhile in the next.
 * - Sent again are the same bytes, read again from the journal: here only numbers are kept, and few of them.
 * - A platform that keeps silent is asked by one record at a time; alarms go out all the same.
 * - All happens in `#turn` and `#look`, one after the other on one thread; everything else only wakes them.
 */

import type { Clock, Timer } from "../../config/words/time.ts";
import type { Outbox, SealedRecord, SentAgain, SeqRange } from "../records.ts";
import { type CommandDesk, type CommandReport, createCommandDesk } from "./commandDesk.ts";
import { type Confirmed, DeliveryLedger } from "./deliveryLedger.ts";
import { DeliveryMarker } from "./deliveryMarker.ts";
import { type ForwarderStats, noCounts, stateOf } from "./forwarderStats.ts";
import { LaneRefusals } from "./laneRefusals.ts";
import { createLinkJudge, type LinkJudge } from "./linkJudge.ts";
import { messageOf } from "./recordMessage.ts";
import { RecordPicker } from "./recordPicker.ts";
import { SendGate } from "./sendGate.ts";
import { sendingOrder } from "./sendOrder.ts";
import { takeAck } from "./takeAck.ts";
import { createTokenBucket, type TokenBucket } from "./tokenBucket.ts";
import type { SendOutcome, Uplink, UplinkEvent, UplinkTrouble } from "./uplink.ts";

export interface ForwarderOptions {
  readonly outbox: Outbox;
  readonly uplink: Uplink;
  readonly clock: Clock;
  readonly ack: "platform" | "broker";
  readonly ackTimeoutMs: number;
  /** Bytes of routine readings a second, in the mean; null or none: as fast as the link. */
  readonly rateBytesPerS?: number | null;
  /** Called once for each command of the platform that is answered, after it was obeyed or not. */
  readonly onCommand?: (report: CommandReport) => void;
}

export interface Forwarder {
  /** Runs the uplink too. Ends after `signal` aborts, within about 5 s. */
  run(signal: AbortSignal): Promise<void>;
  /** Something in the status changed: it is published soon. */
  statusChanged(): void;
  stats(): ForwarderStats;
}

/** A refused record, and after a row of refusals its whole lane, is tried again after this. */
const refusedMs = 30_000;
/** A platform that was silent and speaks again gets this long to answer for what it was sent before. */
const hurryMs = 2_000;

export function createForwarder(options: ForwarderOptions): Forwarder {
  return new ForwarderLoop(options);
}

class ForwarderLoop implements Forwarder {
  readonly #options: ForwarderOptions;
  readonly #ledger: DeliveryLedger;
  readonly #bucket: TokenBucket;
  readonly #gate: SendGate;
  readonly #judge: LinkJudge;
  readonly #picker: RecordPicker;
  readonly #refusals = new LaneRefusals(refusedMs);
  readonly #marker: DeliveryMarker;
  readonly #desk: CommandDesk;
  readonly #counts = noCounts();
  #isConnected = false;
  #isStopping = false;
  #refusal: UplinkTrouble | null = null;
  #wasLive: boolean | null = null;
  #paced: Timer | null = null;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#judge = createLinkJudge(options.ackTimeoutMs);
    this.#ledger = new DeliveryLedger(options.ackTimeoutMs);
    this.#bucket = createTokenBucket(options.rateBytesPerS ?? null, options.clock.monotonicMs());
    this.#gate = new SendGate({ ...options, ledger: this.#ledger, bucket: this.#bucket });
    this.#marker = new DeliveryMarker({
      clock: options.clock,
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
    this.#picker = new RecordPicker({
      outbox: options.outbox,
      ...{ ledger: this.#ledger, gate: this.#gate, refusals: this.#refusals, judge: this.#judge },
      onArrived: () => this.#turn(),
    });
    this.#desk = createCommandDesk({
      ...{ clock: options.clock, epoch: options.outbox.epoch },
      resend: (ranges) => this.#sendAgain(ranges),
      setRate: (asked) => {
        this.#bucket.ask(asked, options.clock.monotonicMs());
        this.#turn();
        return this.#bucket.bytesPerS;
      },
      report: (report) => options.onCommand?.(report),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { outbox, uplink } = this.#options;
    outbox.onSealed((lane) => {
      this.#picker.sealed(lane);
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
      inFlight: this.#gate.inFlight,
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
        this.#gate.restart();
        // Whatever the broker took before, it may have lost since.
        this.#ledger.releaseHeld(this.#judge.isSilent ? ["alarm"] : sendingOrder);
        this.#look();
        return;
      case "disconnected":
        this.#isConnected = false;
        this.#judge.disconnected();
        // What a command asked for ends with the connection it came by.
        this.#bucket.ask(null, nowMs);
        return;
      case "ack":
        this.#takeAck(event.payload, nowMs);
        this.#turn();
        return;
      case "command":
        if (!this.#desk.take(event.payload)) this.#counts.ignoredCommands += 1;
        return;
    }
  }

  #takeAck(payload: Uint8Array, nowMs: number): void {
    const { epoch } = this.#options.outbox;
    const confirmed = takeAck(payload, { epoch, ledger: this.#ledger, counts: this.#counts });
    if (confirmed.length > 0) this.#confirm(confirmed, nowMs);
  }

  #confirm(confirmed: readonly Confirmed[], nowMs: number): void {
    const { ackTimeoutMs } = this.#options;
    if (this.#judge.isSilent) this.#ledger.hurry(nowMs + Math.min(hurryMs, ackTimeoutMs / 4));
    this.#judge.acked(nowMs);
    this.#counts.lastAckWallMs = this.#options.clock.now().wallMs;
    this.#gate.confirmed(confirmed, nowMs);
    this.#marker.add(confirmed.map(({ seq }) => seq));
  }

  /** The platform asks for a past range once more. */
  async #sendAgain(ranges: readonly SeqRange[]): Promise<SentAgain> {
    // What is being noted as delivered just now would not be found delivered, and stay so.
    await this.#marker.idle();
    const answer = await this.#options.outbox.sendAgain(ranges);
    for (const range of ranges) this.#ledger.askedAgain(range);
    this.#picker.rewindTo(Math.min(...ranges.map((range) => range.from)));
    this.#turn();
    return answer;
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
    this.#gate.look(nowMs);
    if (this.#isConnected && this.#judge.takeProbe(nowMs)) this.#ledger.probe();
    this.#picker.look();
    this.#marker.retry();
    this.#turn();
  }

  /** Sends all that may be sent now. */
  #turn(): void {
    if (this.#isStopping || !this.#isConnected) return;
    const nowMs = this.#options.clock.monotonicMs();
    const { inFlightMax } = this.#options.uplink;
    for (;;) {
      const record = this.#picker.pick(nowMs, inFlightMax);
      if (record === null) break;
      this.#launch(record, nowMs);
    }
    this.#comeAgainIn(this.#picker.pauseMs);
  }

  /** The rate holds something back: somebody must come when it no longer does. */
  #comeAgainIn(pauseMs: number): void {
    if (pauseMs === 0) return;
    this.#paced ??= this.#options.clock.timer(pauseMs, () => {
      this.#paced = null;
      this.#turn();
    });
  }

  #launch(record: SealedRecord, nowMs: number): void {
    const sendings = this.#ledger.launch(record);
    this.#judge.sent(nowMs);
    this.#counts.sent += 1;
    if (sendings > 1) this.#counts.resent += 1;
    const flight = this.#gate.launched(record, nowMs);
    void this.#options.uplink.send(messageOf(record)).then((outcome) => {
      const doneMs = this.#options.clock.monotonicMs();
      this.#gate.landed(flight, outcome.kind !== "lost", doneMs);
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
    this.#paced?.cancel();
    await this.#desk.idle();
    await this.#picker.idle();
    this.#marker.retry();
    await this.#marker.idle();
  }
}
