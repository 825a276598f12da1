/** One line with its questions against a hostile wire: every answer is right, or an error, and comes in time. */

import { deviceId, pointId } from "../../../config/words/names.ts";
import { qualityCode } from "../../../config/words/quality.ts";
import type { Result } from "../../../config/words/result.ts";
import type { ModbusIo, Question, RegisterTable, Samples } from "../../../drivers/contract.ts";
import { openRegisterMap } from "../../../drivers/devices/registerMap.ts";
import type { DriverError } from "../../../drivers/errors.ts";
import { TurnLine } from "../../../drivers/lines/line.ts";
import { askTogether } from "../../../drivers/lines/together.ts";
import { clientOf, rtuOn, tcpOn } from "../../fakes/memoryWires.ts";
import { deviceSettings, pointSettings, serialBus, tcpBus } from "../../fakes/modbusSite.ts";
import { type Chance, chanceFrom } from "./chance.ts";
import { type Figures, HostileWire } from "./hostileWire.ts";
import { plainPort } from "./plainPorts.ts";
import { codeOf, wordAt } from "./truth.ts";

/** `rtu-socket`: RTU frames over a network: nothing that the system has received can be discarded there. */
export type Transport = "tcp" | "rtu" | "rtu-socket";

export interface Tally extends Figures {
  good: number;
  wrong: number;
  /** Asked with others at once. */
  together: number;
  readonly errors: Record<string, number>;
  /** Wrong values of a control, by the mutation before them. */
  readonly wrongAfter: Record<string, number>;
  /** Longest ask, as a share of what its question promises. */
  worstShare: number;
}

export function emptyTally(): Tally {
  return {
    ...{ requests: 0, mutated: 0, mutations: {}, stalls: 0, otherMasters: 0, connections: 0 },
    ...{ good: 0, wrong: 0, together: 0, errors: {}, wrongAfter: {}, worstShare: 0 },
  };
}

const timeoutMs = 50;
const baud = 115_200;
const tables: readonly RegisterTable[] = ["coil", "discrete", "holding", "input"];
const countsOf = { coil: [8, 16, 24], discrete: [8, 24], holding: [1, 2, 10], input: [2, 125] };
const questionCount = 24;
const abortOneIn = 200;
/** Over TCP, one ask of so many is of several questions at once, so many at most. */
const togetherOneIn = 8;
const togetherMax = 8;
/** A stall of the machine is nobody's fault: it is taken off the time of the ask. */
const stallMsMax = 300;

interface Asked {
  readonly question: Question;
  readonly unit: number;
  readonly functionCode: number;
  readonly addresses: readonly number[];
}

export interface Trial {
  readonly transport: Transport;
  /** A usual master in place of ours. */
  readonly isControl?: boolean;
  readonly seed: number;
  readonly count: number;
  /** Of all mutations, only these. */
  readonly only?: readonly string[];
  readonly tally: Tally;
  readonly fault: (text: string) => void;
}

/** Asks `count` times on one line. */
export async function runTrial(trial: Trial): Promise<void> {
  const { transport, seed, count, only, tally, fault } = trial;
  const chance = chanceFrom(seed);
  const isTcp = transport === "tcp";
  const wire = new HostileWire({
    isTcp,
    chance,
    figures: tally,
    timeoutMs,
    ...(only ? { only } : {}),
  });
  const line = new TurnLine<ModbusIo>({ ...ioOn(wire, trial), ready: () => null }, wire.clock);
  wire.introduce();
  const asked = questionsOn(line, { wire, isTcp, chance });
  for (let number = 0; number < count; number += 1) {
    if (isTcp && trial.isControl !== true && chance.oneIn(togetherOneIn)) {
      number += (await askSeveral(asked, { line, wire, chance, trial })) - 1;
      await idle(wire, chance);
      continue;
    }
    const one = chance.of(asked);
    const label = (): string => `${transport}, seed ${seed}, ask ${number}, "${wire.last}"`;
    const tickBefore = wire.tick;
    const stallsBefore = tally.stalls;
    const startMs = wire.clock.monotonicMs();
    const answer = await asking(one.question, wire, chance);
    if (answer === null) {
      fault(`${label()}: never ended`);
      return;
    }
    const tookMs = wire.clock.monotonicMs() - startMs - (tally.stalls - stallsBefore) * stallMsMax;
    tally.worstShare = Math.max(tally.worstShare, tookMs / one.question.readMsMax);
    if (tookMs > one.question.readMsMax + 1) fault(`${label()}: took ${tookMs} ms`);
    if (!answer.ok) tally.errors[answer.error.kind] = (tally.errors[answer.error.kind] ?? 0) + 1;
    else if (isRight(one, answer.value, { from: tickBefore + 1, to: wire.tick })) tally.good += 1;
    else {
      tally.wrong += 1;
      tally.wrongAfter[wire.last] = (tally.wrongAfter[wire.last] ?? 0) + 1;
      if (trial.isControl !== true) fault(`${label()}: WRONG VALUE of ${one.question.name}`);
    }
    await idle(wire, chance);
  }
  await line[Symbol.asyncDispose]();
  if (wire.clock.pending > 0)
    fault(`${transport}, seed ${seed}: ${wire.clock.pending} timers left`);
}

/** Several questions at once over one connection. @returns how many. */
async function askSeveral(
  asked: readonly Asked[],
  parts: {
    readonly line: TurnLine<ModbusIo>;
    readonly wire: HostileWire;
    readonly chance: Chance;
    readonly trial: Trial;
  },
): Promise<number> {
  const { line, wire, chance, trial } = parts;
  const { tally, fault, seed } = trial;
  const from = chance.below(asked.length - togetherMax);
  const some = asked.slice(from, from + 2 + chance.below(togetherMax - 1));
  const questions = some.flatMap(({ question: { direct, readMsMax } }) =>
    direct === undefined ? [] : [{ direct, readMsMax }],
  );
  const ticksFrom = wire.tick + 1;
  const taken = new Set<number>();
  let isOver = false;
  const asking = askTogether(line, questions, {
    signal: new AbortController().signal,
    take(index, answer) {
      const one = some[index];
      if (one === undefined || taken.has(index)) return fault(`seed ${seed}: an answer to nothing`);
      taken.add(index);
      if (!answer.ok) tally.errors[answer.error.kind] = (tally.errors[answer.error.kind] ?? 0) + 1;
      else if (isRight(one, answer.value, { from: ticksFrom, to: wire.tick })) tally.good += 1;
      else {
        tally.wrong += 1;
        fault(
          `${trial.transport}, seed ${seed}, several at once: WRONG VALUE of ${one.question.name}`,
        );
      }
    },
  });
  void asking.then(() => {
    isOver = true;
  });
  await settled();
  while (!isOver && wire.step()) await settled();
  if (!isOver || taken.size !== questions.length) fault(`seed ${seed}: not all of several ended`);
  tally.together += questions.length;
  return questions.length;
}

function ioOn(
  wire: HostileWire,
  { transport, isControl }: Trial,
): { readonly io: ModbusIo; close(): Promise<void> } {
  const { clock } = wire;
  const send = (bytes: Buffer): void => wire.send(bytes);
  if (isControl === true) {
    const io = plainPort({ clock, idBits: transport === "tcp" ? 8 : 0, send });
    wire.onBytes((bytes) => io.receive(bytes));
    return { io, close: () => Promise.resolve() };
  }
  const tell = (what: string): void => {
    if (what.startsWith("broken")) wire.renew();
  };
  const parts =
    transport === "tcp"
      ? tcpOn({ clock, send, tell })
      : rtuOn({
          ...{ clock, tell, baud },
          handle: {
            flush(done) {
              if (transport === "rtu-socket") wire.afterPoll(() => done(null));
              else {
                wire.flush();
                queueMicrotask(() => done(null));
              }
            },
            write(bytes, done) {
              send(bytes);
              queueMicrotask(() => done(null));
            },
          },
        });
  wire.onBytes((bytes) => parts.receive(bytes));
  return { io: clientOf(parts), close: async () => parts.port.detach("closed") };
}

const bases = {
  tcp: tcpBus(1, `${timeoutMs}ms`),
  serial: serialBus("/dev/x", { baud, timeout: `${timeoutMs}ms` }),
  device: deviceSettings({ maxGap: 125 }),
  point: pointSettings({ address: 0 }),
};

/** Few forms and few units, so that late replies meet questions of their own form; any addresses. */
function questionsOn(
  line: TurnLine<ModbusIo>,
  { wire, isTcp, chance }: { wire: HostileWire; isTcp: boolean; chance: Chance },
): readonly Asked[] {
  return Array.from({ length: questionCount }, (_, index): Asked => {
    const table = chance.of(tables);
    const unit = 1 + chance.below(3);
    const count = chance.of(countsOf[table]);
    // Bit reads in 0x0300..0x03FF: their own request looks like their reply.
    const address =
      count === 24 && chance.oneIn(2) ? 0x300 + chance.below(256) : chance.below(2_000);
    const last = address + count - 1;
    const among = Array.from({ length: 6 }, () => address + chance.below(count));
    const addresses = [...new Set([address, last, ...among])].sort((a, b) => a - b);
    const { register } = bases.point;
    const driver = openRegisterMap({
      device: deviceId(`d${index}`),
      settings: { ...bases.device, unit },
      points: addresses.map((at) => ({
        id: pointId(`p${at}`),
        settings: { ...bases.point, register: { ...register, table, address: at } },
      })),
      bus: isTcp ? bases.tcp : bases.serial,
      tools: { line, clock: wire.clock },
    });
    const [question] = driver.questions;
    if (question === undefined || driver.questions.length !== 1) throw new Error("one question");
    return { question, unit, functionCode: codeOf[table], addresses };
  });
}

/** Null: nothing happens any more, and there is no answer. */
async function asking(
  question: Question,
  wire: HostileWire,
  chance: Chance,
): Promise<Result<Samples, DriverError> | null> {
  const stop = new AbortController();
  const aborting = chance.oneIn(abortOneIn)
    ? wire.clock.timer(chance.random() * timeoutMs, () => stop.abort())
    : null;
  const reading: { answer: Result<Samples, DriverError> | null } = { answer: null };
  void question.read(stop.signal).then((answer) => {
    reading.answer = answer;
  });
  await settled();
  while (reading.answer === null) {
    if (!wire.step()) return null;
    await settled();
  }
  aborting?.cancel();
  return reading.answer;
}

async function idle(wire: HostileWire, chance: Chance): Promise<void> {
  if (chance.oneIn(2)) return;
  let isOver = false;
  const timer = wire.clock.timer(chance.random() * 40, () => {
    isOver = true;
  });
  wire.maybeOtherMaster();
  while (!isOver && wire.step()) await settled();
  timer.cancel();
}

/** All promises have had their turns. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Of its own registers, all of one read of the far end, and of one that was made since it was asked. */
function isRight(
  { unit, functionCode, addresses }: Asked,
  { values, qualities }: Samples,
  ticks: { readonly from: number; readonly to: number },
): boolean {
  if (qualities.some((quality) => quality !== qualityCode.good)) return false;
  const request = { transactionId: 0, unit, functionCode, address: 0, count: 0 };
  for (let tick = ticks.from; tick <= ticks.to; tick += 1) {
    if (addresses.every((address, slot) => values[slot] === wordAt(request, address, tick)))
      return true;
  }
  return false;
}
