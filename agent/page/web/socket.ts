/** The live channel: opens, resumes after the last message heard, and never believes a silent socket. */

import { type Signal, signal } from "@preact/signals";
import type { FromBox, ToBox } from "../protocol/live.ts";
import { after, browserMonotonicMs, every } from "./browserClock.ts";
import { take } from "./live.ts";
import { isSoundHeard } from "./soundState.ts";
import { Delay, freshMsMax } from "./staleness.ts";
import { heardFromBox, sinceHeardMs } from "./veilWatch.ts";

const aliveEveryMs = 3_000;
const retryMsMin = 500;
const retryMsMax = 5_000;

/** False: the page is trying to reach the box. */
export const isConnected: Signal<boolean> = signal(false);

/** One open channel for as long as somebody is logged in. Dispose to end it. */
export class LiveChannel {
  readonly #onRefused: () => void;
  readonly #stops: (() => void)[] = [];
  #socket: WebSocket | null = null;
  #stopRetry: () => void = () => {};
  #retryMs: number = retryMsMin;
  #life: string | null = null;
  #seq: number = 0;
  #delay: Delay = new Delay();
  #isOver: boolean = false;

  /** `onRefused` is called when the box closes a channel that never opened: perhaps nobody is logged in any more. */
  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
    this.#stops.push(every(aliveEveryMs, () => this.#sayAlive()));
    this.#stops.push(every(1_000, () => this.#dropSilent()));
    this.#stops.push(isSoundHeard.subscribe(() => this.#sayAlive()));
    this.#open();
  }

  dispose(): void {
    this.#isOver = true;
    for (const stop of this.#stops) stop();
    this.#stopRetry();
    this.#drop();
  }

  #open(): void {
    const address = new URL("/api/live", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    if (this.#life !== null) {
      address.searchParams.set("life", this.#life);
      address.searchParams.set("after", String(this.#seq));
    }
    const socket = new WebSocket(address);
    const begunMs = browserMonotonicMs();
    let isOpened = false;
    this.#socket = socket;
    socket.onopen = () => {
      isOpened = true;
      this.#sayAlive();
    };
    socket.onmessage = (event) => {
      if (this.#socket === socket && typeof event.data === "string") this.#hear(event.data);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      if (!isOpened && browserMonotonicMs() - begunMs < freshMsMax) this.#onRefused();
      this.#again();
    };
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as FromBox;
    if (message.kind === "hello") {
      this.#life = message.life;
      this.#delay = new Delay();
    } else if (message.seq !== this.#seq + 1) {
      // A hole: what came between is not known, so ask for everything.
      this.#life = null;
      this.#again();
      return;
    }
    this.#seq = message.seq;
    this.#retryMs = retryMsMin;
    isConnected.value = true;
    take(message);
    if (message.kind === "box" || message.kind === "hello") this.#judgeDelay(message.box.nowMs);
    else if (sinceHeardMs() <= freshMsMax) heardFromBox();
  }

  /** Only a heartbeat carries the box's time; after a long silence nothing else proves that the news is fresh. */
  #judgeDelay(sentMs: number): void {
    if (this.#delay.of(sentMs, browserMonotonicMs()) <= freshMsMax) {
      heardFromBox();
      return;
    }
    // What is resent is old news: everything anew is the shorter way to what is true now.
    this.#life = null;
    this.#again();
  }

  #sayAlive(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const alive: ToBox = { kind: "alive", isSoundOn: isSoundHeard.peek() };
    this.#socket.send(JSON.stringify(alive));
  }

  #dropSilent(): void {
    const isTrying = this.#socket === null || this.#socket.readyState === WebSocket.CONNECTING;
    if (sinceHeardMs() > freshMsMax && !isTrying) this.#again();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    isConnected.value = false;
    if (socket === null) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
  }

  #again(): void {
    this.#drop();
    if (this.#isOver) return;
    this.#stopRetry();
    this.#stopRetry = after(this.#retryMs, () => this.#open());
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
  }
}
