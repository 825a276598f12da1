/**
 * The same mutations over real sockets and pseudo-terminals, through whole lines, many at once. Times are real here, and
 * a loaded machine keeps none: so on a pseudo-terminal no reply is sent to a question that was given up, and nobody else
 * asks. What a serial line must bear beyond that is tried on the clock that jumps.
 */

import type { Result } from "../../../config/words/result.ts";
import type { Line, ModbusIo } from "../../../drivers/contract.ts";
import type { DriverError } from "../../../drivers/errors.ts";
import { openLine } from "../../../drivers/registry.ts";
import { bareRtu, bareTcp, dropBare } from "../../fakes/bareLibrary.ts";
import { ask, realClock, rtuLineTo, tcpLineTo } from "../../fakes/modbusAsk.ts";
import { rtuFrame, type SeenRequest, tcpFrame } from "../../fakes/modbusFrames.ts";
import { ModbusRtuDevice } from "../../fakes/modbusRtuDevice.ts";
import { rtuOverTcpBus } from "../../fakes/modbusSite.ts";
import { ModbusTcpDevice } from "../../fakes/modbusTcpDevice.ts";
import { openRtuConverter } from "../../fakes/rtuConverter.ts";
import { openSerialPair } from "../../fakes/serialPair.ts";
import { type Chance, chanceFrom } from "./chance.ts";
import { type Emission, isOfOthers, mutationsOf, type Scene } from "./mutations.ts";
import { rightReply } from "./truth.ts";

type RealFigures = {
  asked: number;
  good: number;
  wrong: number;
  readonly errors: Record<string, number>;
};

const timeoutMs = 100;
const lateMsMax = 1.6 * timeoutMs;
const tcpLateMsMax = 300;
const endsWithinMs = 60_000;
const wellOneIn = 3;
const heldBy = [1, 2, 255, 256, 257];

export const emptyReal = (): RealFigures => ({ asked: 0, good: 0, wrong: 0, errors: {} });

interface RealTrial {
  readonly seed: number;
  readonly count: number;
  readonly isTcp: boolean;
  /** RTU frames over TCP, through a converter. */
  readonly isConverted?: boolean;
  /** Of all mutations, only these. */
  readonly only?: readonly string[];
  /** modbus-serial as it comes, in place of our line. */
  readonly isControl?: boolean;
  readonly figures: RealFigures;
  readonly fault: (text: string) => void;
}

/** `count` questions on one line of its own. */
export async function runReal(trial: RealTrial): Promise<void> {
  const { isTcp } = trial;
  if (isTcp) {
    await using device = await ModbusTcpDevice.start();
    const far = new FarEnd(trial);
    device.behave = ({ request, send }) => far.answer(request, send);
    await askAll(trial, far, { port: device.port });
    far.end();
  } else {
    const converter = trial.isConverted === true ? await openRtuConverter() : null;
    await using device = new ModbusRtuDevice(undefined, converter ?? openSerialPair());
    const far = new FarEnd(trial);
    device.behave = ({ request, send }) => far.answer(request, send);
    await askAll(
      trial,
      far,
      converter === null ? { path: device.path } : { converter: converter.port },
    );
    far.end();
  }
}

/** Scripts its replies as the far end of the in-process trials does, by real timers. */
class FarEnd {
  readonly #isTcp: boolean;
  readonly #chance: Chance;
  readonly #kinds: readonly string[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #previous: Buffer = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  #held: { readonly at: number; readonly frame: Buffer }[] = [];
  #stream: Promise<void> = Promise.resolve();
  #requests = 0;
  #tornAt = -1;
  #isOver = false;
  tick = 0;
  last = "";
  /** The question that was asked last waits for its answer. */
  isAwaited = false;
  readonly #isControl: boolean;

  constructor({ isTcp, isControl, seed, only }: RealTrial) {
    this.#isControl = isControl === true;
    this.#isTcp = isTcp;
    this.#chance = chanceFrom(seed);
    this.#kinds = only ?? Object.keys(mutationsOf(isTcp)).filter((name) => !isOfOthers(name));
  }

  end(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  answer(request: SeenRequest, send: (bytes: Uint8Array) => void): void {
    if (request.functionCode < 1 || request.functionCode > 4) throw new Error("no read was sent");
    const chance = this.#chance;
    const frame = (bytes: readonly number[]): Buffer =>
      this.#isTcp ? tcpFrame(request.transactionId, ...bytes) : rtuFrame(...bytes);
    this.#requests += 1;
    this.tick += 1;
    const right = rightReply(request, this.tick);
    const good = frame(right);
    const emit = this.#emitter(send);
    if (this.#isTcp) this.#holdOrRelease(good, emit);
    this.last = chance.oneIn(wellOneIn) ? "right" : chance.of(this.#kinds);
    const mutate = mutationsOf(this.#isTcp)[this.last];
    const emissions = mutate?.(this.#scene({ request, right, good, frame }), chance);
    for (const one of emissions ?? [{ atMs: 0, parts: [{ bytes: good, gapMs: 0 }] }]) emit(one);
    this.#previous = good;
  }

  #scene(parts: Pick<Scene, "request" | "right" | "good" | "frame">): Scene {
    const { request, good } = parts;
    const { unit, functionCode, address, count } = request;
    const asked = [unit, functionCode, address >> 8, address & 255, count >> 8, count & 255];
    const isSame = good.subarray(0, 3).equals(this.#previous.subarray(0, 3));
    return {
      ...{ isTcp: this.#isTcp, requestBytes: parts.frame(asked), timeoutMs, ...parts },
      previous: !this.#isTcp && isSame ? Buffer.from([0xa5, 0x5a]) : this.#previous,
      lateMsMax: this.#isTcp ? tcpLateMsMax : lateMsMax,
      otherMaster() {
        throw new Error("nobody else asks here");
      },
    };
  }

  #holdOrRelease(good: Buffer, emit: (emission: Emission) => void): void {
    for (const { at, frame } of this.#held) {
      if (at === this.#requests) emit({ atMs: 0, parts: [{ bytes: frame, gapMs: 0 }] });
    }
    this.#held = this.#held.filter(({ at }) => at > this.#requests);
    if (this.#chance.oneIn(4)) {
      this.#held.push({ at: this.#requests + this.#chance.of(heldBy), frame: good });
    }
  }

  /** Over TCP one emission after the other; behind what was cut short nothing more until the next request. */
  #emitter(send: (bytes: Uint8Array) => void): (emission: Emission) => void {
    const number = this.#requests;
    const isSendable = (): boolean => {
      if (this.#isOver) return false;
      return this.#isTcp
        ? this.#tornAt < 0 || this.#tornAt !== this.#requests || number === this.#requests
        : this.#isControl || (this.isAwaited && number === this.#requests);
    };
    const play = async ({ parts, isTorn }: Emission): Promise<void> => {
      if (!isSendable()) return;
      if (isTorn && number !== this.#requests) return;
      if (isTorn) this.#tornAt = number;
      for (const { bytes, gapMs } of parts) {
        if (gapMs > 0) await this.#pause(gapMs);
        if (this.#isTcp ? !this.#isOver : isSendable()) send(bytes);
      }
    };
    return (emission) => {
      const waited = emission.atMs <= 1 ? Promise.resolve() : this.#pause(emission.atMs);
      if (this.#isTcp) {
        void waited.then(() => {
          this.#stream = this.#stream.then(() => play(emission));
        });
      } else void waited.then(() => play(emission));
    };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
  }
}

type Where = { readonly port: number } | { readonly path: string } | { readonly converter: number };

interface Question {
  readonly unit: number;
  readonly table: "coil" | "holding";
  readonly functionCode: 1 | 3;
  readonly address: number;
  readonly count: number;
}

async function askAll(trial: RealTrial, far: FarEnd, where: Where): Promise<void> {
  const { seed, count, figures, fault } = trial;
  const chance = chanceFrom(seed ^ 0x5bd1e995);
  await using asker = await askerOn(trial, where);
  for (let number = 0; number < count; number += 1) {
    const isBits = chance.oneIn(4);
    const question: Question = {
      unit: 1 + chance.below(2),
      ...(isBits ? { table: "coil", functionCode: 1 } : { table: "holding", functionCode: 3 }),
      address: isBits && chance.oneIn(2) ? 0x300 + chance.below(200) : chance.below(2_000),
      count: isBits ? chance.of([16, 24]) : chance.of([2, 10]),
    };
    const from = far.tick + 1;
    far.isAwaited = true;
    figures.asked += 1;
    const answer = await within(asker.ask(question));
    far.isAwaited = false;
    const label = `${trial.isTcp ? "socket" : trial.isConverted === true ? "converter" : "pty"}, seed ${seed}, ask ${number}, "${far.last}"`;
    if (answer === null) {
      fault(`${label}: not ended within ${endsWithinMs} ms`);
      return;
    }
    if (!answer.ok)
      figures.errors[answer.error.kind] = (figures.errors[answer.error.kind] ?? 0) + 1;
    else if (isRight(question, answer.value, { from, to: far.tick })) figures.good += 1;
    else {
      figures.wrong += 1;
      if (trial.isControl !== true) fault(`${label}: WRONG VALUE ${answer.value.toString("hex")}`);
    }
    if (!answer.ok && answer.error.kind === "lineDown") await pause(300);
  }
}

interface Asker extends AsyncDisposable {
  ask(question: Question): Promise<Result<Buffer, DriverError>>;
}

async function askerOn({ isControl }: RealTrial, where: Where): Promise<Asker> {
  if (isControl === true) {
    if ("converter" in where) throw new Error("no control behind a converter");
    const client = "port" in where ? await bareTcp(where.port) : await bareRtu(where.path);
    client.setTimeout(timeoutMs);
    return {
      async ask({ unit, table, address, count }) {
        client.setID(unit);
        try {
          const reply =
            table === "coil"
              ? await client.readCoils(address, count)
              : await client.readHoldingRegisters(address, count);
          return { ok: true, value: reply.buffer };
        } catch (error) {
          return { ok: false, error: { kind: "timeout", message: String(error) } };
        }
      },
      [Symbol.asyncDispose]: () => dropBare(client)[Symbol.asyncDispose](),
    };
  }
  const line = lineTo(where);
  return {
    ask: (question) => ask(line, { ...question, timeoutMs }),
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

function lineTo(where: Where): Line<ModbusIo> {
  if ("port" in where) return tcpLineTo(where.port);
  const timeout = `${timeoutMs}ms`;
  if ("path" in where) return rtuLineTo(where.path, { timeout });
  const bus = rtuOverTcpBus(where.converter, { timeout });
  return openLine({ bus, tools: { clock: realClock, random: () => 0 } });
}

function isRight(
  { unit, functionCode, address, count }: Question,
  data: Buffer,
  ticks: { readonly from: number; readonly to: number },
): boolean {
  const request = { transactionId: 0, unit, functionCode, address, count };
  for (let tick = ticks.from; tick <= ticks.to; tick += 1) {
    if (Buffer.from(rightReply(request, tick).slice(3)).equals(data)) return true;
  }
  return false;
}

function within<T>(promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), endsWithinMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
