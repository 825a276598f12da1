/**
 * A wire with a hostile far end, on a clock that jumps. Requests go in at once; what comes back arrives at its time,
 * lies in the system's buffer while the machine stands still, and is read after the timers that rang meanwhile.
 *
 * What a serial far end keeps to, because no port could tell otherwise (drivers/modbus/lateReplies.ts): no reply begins
 * later than `lateFactor` time-outs after its request, copies come without a silence between them, and whoever else
 * asks on the line is heard.
 */

import { lateFactor } from "../../../drivers/modbus/lateReplies.ts";
import { JumpClock } from "../../fakes/jumpClock.ts";
import { rtuFrame, type SeenRequest, tcpFrame } from "../../fakes/modbusFrames.ts";
import type { Chance } from "./chance.ts";
import {
  type Emission,
  isOfOthers,
  isWholeFrame,
  type Mutation,
  mutationsOf,
  type Scene,
} from "./mutations.ts";
import { requestOf, rightReply } from "./truth.ts";

interface Arrival {
  readonly atMs: number;
  readonly bytes: Buffer;
}
interface Held {
  /** Number of the request after which it comes. */
  readonly at: number;
  readonly frame: Buffer;
}

export interface Figures {
  requests: number;
  mutated: number;
  readonly mutations: Record<string, number>;
  stalls: number;
  otherMasters: number;
  connections: number;
}

/** Late by so many questions: where ids of 8 or 16 bits come round again, and beside. */
const heldBy = [1, 2, 3, 255, 256, 257, 65_535, 65_536, 65_537];
const heldMax = 600;
const tcpLateMsMax = 400;
/** Shares of all requests and idle moments. */
const wellOneIn = 4;
const stallOneIn = 60;
const idleMasterOneIn = 40;
const stallMsMax = 300;

export class HostileWire {
  readonly clock = new JumpClock();
  readonly isTcp: boolean;
  readonly #chance: Chance;
  readonly #figures: Figures;
  readonly #timeoutMs: number;
  /** Another master asks on this line. */
  readonly #isShared: boolean;
  readonly #kinds: readonly [string, Mutation][];
  #receive: (bytes: Buffer) => void = () => {};
  #arrivals: Arrival[] = [];
  #unread: Buffer[] = [];
  /** What another master is answered, by what it asks. */
  readonly #answerTo = new WeakMap<Buffer, Buffer>();
  #held: Held[] = [];
  #afterPoll: (() => void)[] = [];
  #previous: Buffer = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  #streamFreeMs = 0;
  #isTorn = false;
  /** Times that requests came, and which of them was answered with something cut short. */
  #sends = 0;
  #tornIn = -1;
  /** Reads of the far end so far. */
  tick = 0;
  /** The mutation of the last request. */
  last = "";

  constructor(options: {
    readonly isTcp: boolean;
    readonly chance: Chance;
    readonly figures: Figures;
    readonly timeoutMs: number;
    /** Of all, only these. */
    readonly only?: readonly string[];
  }) {
    const { isTcp, chance, figures, timeoutMs, only } = options;
    this.isTcp = isTcp;
    this.#chance = chance;
    this.#figures = figures;
    this.#timeoutMs = timeoutMs;
    this.#isShared = only?.some(isOfOthers) ?? (!isTcp && chance.oneIn(2));
    this.#kinds = Object.entries(mutationsOf(isTcp)).filter(
      ([name]) => (only?.includes(name) ?? true) && (this.#isShared || !isOfOthers(name)),
    );
  }

  /** Who hears what arrives. */
  onBytes(receive: (bytes: Buffer) => void): void {
    this.#receive = receive;
  }

  /**
   * As a serial port's flush: what the system has and nobody has read is gone. Another master whose request is lost so,
   * in a stall of this machine, is not heard: what it is answered could not be told, and does not come.
   */
  flush(): void {
    for (const bytes of this.#unread) {
      const isAnswered = this.#answerTo.get(bytes);
      this.#arrivals = this.#arrivals.filter((one) => one.bytes !== isAnswered);
    }
    this.#unread = [];
  }

  /** Calls back once whatever has arrived by now was read, as a turn of the event loop does it. */
  afterPoll(done: () => void): void {
    this.#afterPoll.push(done);
  }

  /** A new connection: nothing of the old one arrives any more. */
  renew(): void {
    this.#figures.connections += 1;
    this.#arrivals = [];
    this.#unread = [];
    this.#held = [];
    this.#isTorn = false;
    this.#streamFreeMs = 0;
  }

  /** One or more requests of the program. */
  send(bytes: Buffer): void {
    this.#sends += 1;
    const each = this.isTcp ? 12 : 8;
    for (let at = 0; at + each <= bytes.length; at += each) {
      this.#answer(Buffer.from(bytes.subarray(at, at + each)));
    }
  }

  /** The next thing that happens. False: nothing will ever happen any more. */
  step(): boolean {
    const nextMs = Math.min(this.clock.nextMs, this.#arrivals[0]?.atMs ?? Number.POSITIVE_INFINITY);
    if (this.#afterPoll.length === 0 && !Number.isFinite(nextMs)) return false;
    let untilMs = Number.isFinite(nextMs) ? nextMs : this.clock.monotonicMs();
    if (this.#afterPoll.length > 0) untilMs = this.clock.monotonicMs();
    if (this.#chance.oneIn(stallOneIn)) {
      this.#figures.stalls += 1;
      untilMs += this.#chance.random() * stallMsMax;
    }
    this.clock.jumpTo(untilMs);
    this.#arrive();
    // One at a time, so that promises have their turn in between.
    if (!this.clock.ringOne()) this.#poll();
    return true;
  }

  /** A line that is shared is known to be by its first overheard request: it is asked then, and long over. */
  introduce(): void {
    if (!this.#isShared) return;
    const { asks } = this.#otherMaster(null);
    this.#receive(asks);
    this.clock.jumpTo(this.clock.monotonicMs() + 1_000);
  }

  /** Something that another master asks while we do not: its reply may come when we do. */
  maybeOtherMaster(): void {
    if (!this.#isShared || !this.#chance.oneIn(idleMasterOneIn)) return;
    const { asks, isAnswered } = this.#otherMaster(null);
    const nowMs = this.clock.monotonicMs();
    this.#arrives(nowMs, asks);
    this.#arrives(nowMs + this.#chance.random() * lateFactor * this.#timeoutMs, isAnswered);
  }

  #answer(requestBytes: Buffer): void {
    this.#figures.requests += 1;
    const request = requestOf(requestBytes, this.isTcp);
    if (request.functionCode < 1 || request.functionCode > 4) throw new Error("no read was sent");
    const frame = (bytes: readonly number[]): Buffer =>
      this.isTcp ? tcpFrame(request.transactionId, ...bytes) : rtuFrame(...bytes);
    this.tick += 1;
    const right = rightReply(request, this.tick);
    const good = frame(right);
    if (this.isTcp) this.#holdOrRelease(good);
    const isWell = this.#chance.oneIn(wellOneIn);
    const [name, mutate] = isWell ? ["right", null] : this.#chance.of(this.#kinds);
    this.last = name;
    if (mutate === null) {
      this.#emit({ atMs: 1, parts: [{ bytes: good, gapMs: 0 }] });
    } else {
      this.#figures.mutated += 1;
      this.#figures.mutations[name] = (this.#figures.mutations[name] ?? 0) + 1;
      const scene: Scene = {
        ...{ isTcp: this.isTcp, request, requestBytes, right, good, frame },
        previous: this.#previousFor(good),
        timeoutMs: this.#timeoutMs,
        lateMsMax: this.isTcp ? tcpLateMsMax : lateFactor * this.#timeoutMs,
        otherMaster: () => this.#otherMaster(request),
      };
      for (const emission of mutate(scene, this.#chance)) this.#emit(emission);
    }
    this.#previous = good;
  }

  /** An old serial reply of the same unit, function and length, in time, is the right one to anybody. */
  #previousFor(good: Buffer): Buffer {
    const isSame = good.subarray(0, 3).equals(this.#previous.subarray(0, 3));
    return !this.isTcp && isSame ? Buffer.from([0xa5, 0x5a]) : this.#previous;
  }

  #otherMaster(ours: SeenRequest | null): { readonly asks: Buffer; readonly isAnswered: Buffer } {
    this.#figures.otherMasters += 1;
    const chance = this.#chance;
    const isSameForm = ours !== null && chance.oneIn(2);
    const functionCode = isSameForm ? ours.functionCode : 1 + chance.below(4);
    const request: SeenRequest = {
      transactionId: 0,
      unit: isSameForm ? ours.unit : 1 + chance.below(3),
      functionCode,
      address: chance.below(2_000),
      count: isSameForm ? ours.count : chance.of(functionCode <= 2 ? [8, 16, 24] : [1, 2, 10, 125]),
    };
    const { unit, address, count } = request;
    // Byte for byte our own, right behind it, it is taken for an echo.
    if (unit === ours?.unit && functionCode === ours.functionCode && address === ours.address) {
      return this.#otherMaster(ours);
    }
    const asks = rtuFrame(unit, functionCode, address >> 8, address & 255, count >> 8, count & 255);
    this.tick += 1;
    const isAnswered = rtuFrame(...rightReply(request, this.tick));
    this.#answerTo.set(asks, isAnswered);
    return { asks, isAnswered };
  }

  #holdOrRelease(good: Buffer): void {
    const number = this.#figures.requests;
    for (const { at, frame } of this.#held) {
      if (at === number) this.#emit({ atMs: 0, parts: [{ bytes: frame, gapMs: 0 }] });
    }
    this.#held = this.#held.filter(({ at }) => at > number);
    if (this.#held.length >= heldMax || !this.#chance.oneIn(4)) return;
    this.#held.push({ at: number + this.#chance.of(heldBy), frame: good });
  }

  /**
   * Over TCP the parts of an emission follow one another; what was cut short is followed by whole frames only: a byte lost
   * here and one too many there make up for one another, and nobody could tell.
   */
  #emit({ atMs, parts, isTorn }: Emission): void {
    const nowMs = this.clock.monotonicMs();
    let whenMs = nowMs + atMs;
    if (!this.isTcp) {
      for (const { bytes, gapMs } of parts) {
        whenMs += gapMs;
        this.#arrives(whenMs, bytes);
      }
      return;
    }
    const whole = Buffer.concat(parts.map((one) => one.bytes));
    if (this.#tornIn === this.#sends && !isWholeFrame(whole)) return;
    whenMs = Math.max(whenMs, this.#streamFreeMs);
    const pieces = this.#isTorn ? [{ bytes: whole, gapMs: 0 }] : parts;
    for (const { bytes, gapMs } of pieces) {
      whenMs += gapMs;
      this.#arrives(whenMs, bytes);
    }
    this.#streamFreeMs = whenMs;
    if (!isTorn) return;
    this.#isTorn = true;
    this.#tornIn = this.#sends;
  }

  #arrives(atMs: number, bytes: Buffer): void {
    let at = this.#arrivals.length;
    while (at > 0 && (this.#arrivals[at - 1]?.atMs ?? 0) > atMs) at -= 1;
    this.#arrivals.splice(at, 0, { atMs, bytes });
  }

  #arrive(): void {
    const nowMs = this.clock.monotonicMs();
    while ((this.#arrivals[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const first = this.#arrivals.shift();
      if (first !== undefined) this.#unread.push(first.bytes);
    }
  }

  #poll(): void {
    const chunks = this.#unread;
    const done = this.#afterPoll;
    this.#unread = [];
    this.#afterPoll = [];
    // What came while the machine stood still is read in one piece.
    const isMerged = chunks.length > 1 && !this.#isTorn && this.#chance.oneIn(2);
    const { connections } = this.#figures;
    for (const bytes of isMerged ? [Buffer.concat(chunks)] : chunks) {
      if (this.#figures.connections === connections) this.#receive(bytes);
    }
    for (const one of done) one();
  }
}
