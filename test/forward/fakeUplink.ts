/** An uplink whose broker and platform are played by the test. */

import type {
  SendOutcome,
  Uplink,
  UplinkEvent,
  UplinkMessage,
  UplinkStats,
} from "../../agent/forward/uplink.ts";

export interface Sending {
  readonly seq: number;
  readonly kind: string;
  readonly bytes: Uint8Array;
  settle(outcome: SendOutcome): void;
}

export const accepted: SendOutcome = { kind: "accepted", hasListener: true };

export class FakeUplink implements Uplink {
  readonly #listeners = new Set<(event: UplinkEvent) => void>();
  readonly sendings: Sending[] = [];
  readonly #open = new Set<Sending>();
  isConnected = false;
  inFlightMax = 0;
  grants = 1_000;
  statusChanges = 0;
  openMax = 0;
  /** What the broker answers at once; null: nothing, until the test settles it. */
  answer: ((sending: Sending) => SendOutcome | null) | null = null;

  async run(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve());
    });
    this.disconnect();
  }

  connect(): void {
    this.isConnected = true;
    this.inFlightMax = this.grants;
    this.#emit({ kind: "connected" });
  }

  disconnect(): void {
    this.isConnected = false;
    this.inFlightMax = 0;
    for (const sending of [...this.#open]) sending.settle({ kind: "lost" });
    this.#emit({ kind: "disconnected" });
  }

  ack(ranges: readonly (readonly [number, number])[], epoch = "life-1"): void {
    this.ackBytes(new TextEncoder().encode(JSON.stringify({ v: 1, epoch, ranges })));
  }

  ackBytes(payload: Uint8Array): void {
    this.#emit({ kind: "ack", payload });
  }

  command(payload: Uint8Array): void {
    this.#emit({ kind: "command", payload });
  }

  /** Numbers sent so far, in order. */
  get seqs(): number[] {
    return this.sendings.map((sending) => sending.seq);
  }

  send(message: UplinkMessage): Promise<SendOutcome> {
    if (!this.isConnected) return Promise.resolve({ kind: "lost" });
    return new Promise((resolve) => {
      const sending: Sending = {
        seq: seqOf(message.payload),
        kind: message.kind,
        bytes: message.payload,
        settle: (outcome) => {
          this.#open.delete(sending);
          resolve(outcome);
        },
      };
      this.sendings.push(sending);
      this.#open.add(sending);
      this.openMax = Math.max(this.openMax, this.#open.size);
      const outcome = this.answer?.(sending) ?? null;
      if (outcome !== null) sending.settle(outcome);
    });
  }

  onEvent(call: (event: UplinkEvent) => void, signal: AbortSignal): void {
    this.#listeners.add(call);
    signal.addEventListener("abort", () => this.#listeners.delete(call));
  }

  statusChanged(): void {
    this.statusChanges += 1;
  }

  stats(): UplinkStats {
    return {
      isConnected: this.isConnected,
      connectedSinceWallMs: null,
      dropOuts: 0,
      attempts: 0,
      trouble: null,
    };
  }

  #emit(event: UplinkEvent): void {
    for (const call of this.#listeners) call(event);
  }
}

function seqOf(payload: Uint8Array): number {
  return Number(/"seq":(\d+)/.exec(new TextDecoder().decode(payload))?.[1]);
}
