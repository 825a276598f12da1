/**
 * Seeded hostile frames on both transports: whatever the far end does, an answer is an error or the
 * right value of the right register of this very request. HAZGATE_FUZZ sets the number per transport
 * (memory wires), HAZGATE_SEED the seed.
 */

import { describe, expect, it } from "vitest";
import type { Result } from "../../config/words/result.ts";
import type { RegisterTable } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { type MemoryWire, rtuWire, tcpWire } from "../fakes/memoryWires.ts";
import { ask, rtuLineTo, tcpLineTo } from "../fakes/modbusAsk.ts";
import {
  replyBytes,
  rtuFrame,
  type SeenRequest,
  tcpFrame,
  tellingWord,
} from "../fakes/modbusFrames.ts";
import { ModbusRtuDevice } from "../fakes/modbusRtuDevice.ts";
import { ModbusTcpDevice, type TcpStage } from "../fakes/modbusTcpDevice.ts";

const count = Number(process.env["HAZGATE_FUZZ"] ?? 4_000);
const seed = Number(process.env["HAZGATE_SEED"] ?? 20_260_101);

/** mulberry32: small, seeded, good enough to choose faults. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Chance {
  below(limit: number): number;
  bytes(length: number): Buffer;
}
function chanceOf(random: () => number): Chance {
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

/** Pieces to send, each with its delay in ms (0: at once). */
type Script = readonly { readonly bytes: Buffer; readonly ms: number }[];

interface Scene {
  readonly good: Buffer;
  readonly previous: Buffer;
  readonly request: SeenRequest;
  readonly right: readonly number[];
  readonly isTcp: boolean;
  frame(bytes: readonly number[]): Buffer;
}

const now = (...bytes: readonly Buffer[]): Script => bytes.map((one) => ({ bytes: one, ms: 0 }));

/** A flipped bit. Over TCP only where the protocol can tell: its data carries no check. */
function flipped({ good, isTcp }: Scene, chance: Chance): Buffer {
  const bad = Buffer.from(good);
  const at = chance.below(isTcp ? 9 : bad.length);
  bad[at] = (bad[at] ?? 0) ^ (1 << chance.below(8));
  return bad;
}

const mutations: readonly ((scene: Scene, chance: Chance) => Script)[] = [
  ({ good }) => now(good),
  () => [],
  (scene, chance) => now(flipped(scene, chance)),
  (scene, chance) => now(flipped(scene, chance), scene.good),
  ({ good }, chance) => now(good.subarray(0, chance.below(good.length))),
  ({ good, previous }, chance) => {
    // A gap filled exactly by another frame in the same segment is beyond what the protocol can tell.
    const cut = chance.below(good.length);
    const shift = cut + previous.length === good.length ? 1 : 0;
    return now(Buffer.concat([good.subarray(0, Math.max(0, cut - shift)), previous]));
  },
  ({ good }) => now(good, good),
  ({ previous }) => now(previous),
  ({ previous, good }) => now(previous, good),
  (_, chance) => now(chance.bytes(1 + chance.below(600))),
  ({ good }, chance) => now(chance.bytes(1 + chance.below(40)), good),
  ({ good }, chance) => now(Buffer.concat([good, chance.bytes(1 + chance.below(40))])),
  ({ good }, chance) => {
    const at = chance.below(good.length);
    return now(Buffer.concat([good.subarray(0, at), chance.bytes(1), good.subarray(at)]));
  },
  ({ good }, chance) => {
    const at = chance.below(good.length);
    return now(Buffer.concat([good.subarray(0, at), good.subarray(at + 1)]));
  },
  ({ good }, chance) => [{ bytes: good, ms: 1 + chance.below(89) }],
  ({ good }, chance) => {
    const at = 1 + chance.below(good.length - 1);
    return [
      { bytes: good.subarray(0, at), ms: 0 },
      { bytes: good.subarray(at), ms: chance.below(30) },
    ];
  },
  ({ right, frame }, chance) =>
    now(frame([(right[0] ?? 0) ^ (1 + chance.below(255)), ...right.slice(1)])),
  ({ right, frame }, chance) => {
    const [unit = 0, functionCode = 0, ...rest] = right;
    return now(frame([unit, functionCode ^ (1 + chance.below(127)), ...rest]));
  },
  ({ right, frame }, chance) => {
    const [unit = 0, functionCode = 0, bytes = 0, ...data] = right;
    return now(frame([unit, functionCode, bytes ^ (1 + chance.below(255)), ...data]));
  },
  ({ right, frame }, chance) => now(frame(right.slice(0, chance.below(right.length)))),
  ({ right, frame }, chance) => now(frame([...right, ...chance.bytes(1 + chance.below(9))])),
  ({ right, frame }, chance) =>
    now(frame([right[0] ?? 0, (right[1] ?? 0) | 0x80, chance.below(256)])),
];

/** An old RTU frame of the same unit, function and length, in time, is the right one to anybody. */
function oldFor(good: Buffer, previous: Buffer, isTcp: boolean): Buffer {
  const isSame = good.subarray(0, 3).equals(previous.subarray(0, 3));
  return !isTcp && isSame ? Buffer.from([0xa5, 0x5a]) : previous;
}

const tables: readonly RegisterTable[] = ["coil", "discrete", "holding", "input"];
const codeOf = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;
/** Few forms, so that late replies meet questions of their own form. */
const countsOf = { coil: [8, 16], discrete: [8], holding: [2, 10], input: [2, 125] } as const;

interface Asked {
  readonly unit: number;
  readonly table: RegisterTable;
  readonly address: number;
  readonly count: number;
}
function anyQuestion(chance: Chance): Asked {
  const table = tables[chance.below(4)] ?? "holding";
  const counts = countsOf[table];
  return {
    unit: 1 + chance.below(3),
    table,
    address: chance.below(2_000),
    count: counts[chance.below(counts.length)] ?? 2,
  };
}

/** The data of the right reply to this very request: identity of each register, and the tick. */
function dataOf(question: Asked, tick: number): Buffer {
  const request: SeenRequest = {
    ...question,
    transactionId: 0,
    functionCode: codeOf[question.table],
  };
  const bytes = replyBytes(request, (address) => wordOf(request, address, tick));
  return Buffer.from(bytes.slice(3));
}
/** For bits, the tick goes into the pattern too: a bit is one of a hash of place and time. */
function wordOf(request: SeenRequest, address: number, tick: number): number {
  if (request.functionCode > 2) return tellingWord(request, address, tick);
  const mixed = Math.imul(
    address * 31 + request.unit * 7 + tick * 131 + request.functionCode,
    0x9e3779b1,
  );
  return (mixed >>> 17) & 1;
}

class Tally {
  good = 0;
  readonly errors = new Map<string, number>();

  take(question: Asked, tick: number, answer: Result<Buffer, DriverError>, label: string): void {
    if (!answer.ok) {
      this.errors.set(answer.error.kind, (this.errors.get(answer.error.kind) ?? 0) + 1);
      return;
    }
    this.good += 1;
    const wanted = dataOf(question, tick);
    if (!wanted.equals(answer.value)) {
      throw new Error(
        `WRONG VALUE, ${label}: ${answer.value.toString("hex")} for ${wanted.toString("hex")}`,
      );
    }
  }
}

describe.each([
  ["TCP", true, tcpWire],
  ["RTU", false, () => rtuWire(115_200)],
] as const)("hostile frames over %s", (name, isTcp, makeWire) => {
  it(`never give a wrong value, and never hang (${count} requests, seed ${seed})`, async () => {
    const wire: MemoryWire = makeWire();
    const chance = chanceOf(randomFrom(seed));
    const tally = new Tally();
    let tick = -1;
    let previous: Buffer = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let mutation = 0;
    const functionCodes = new Set<number>();
    wire.farEnd = (bytes) => {
      tick += 1;
      const pdu = isTcp ? bytes.subarray(6) : bytes;
      const request: SeenRequest = {
        transactionId: isTcp ? bytes.readUInt16BE(0) : 0,
        unit: pdu[0] ?? 0,
        functionCode: pdu[1] ?? 0,
        address: pdu.readUInt16BE(2),
        count: pdu.readUInt16BE(4),
      };
      functionCodes.add(request.functionCode);
      const right = replyBytes(request, (address) => wordOf(request, address, tick));
      const frame = (reply: readonly number[]): Buffer =>
        isTcp ? tcpFrame(request.transactionId, ...reply) : rtuFrame(...reply);
      const good = frame(right);
      mutation = chance.below(mutations.length + 6);
      const make = mutations[mutation] ?? (() => now(good));
      const { generation } = wire;
      for (const piece of make(
        { good, previous: oldFor(good, previous, isTcp), request, right, isTcp, frame },
        chance,
      )) {
        if (wire.generation !== generation) break;
        if (piece.ms === 0) wire.receive(piece.bytes);
        else {
          wire.clock.timer(piece.ms, () => {
            if (wire.generation === generation) wire.receive(piece.bytes);
          });
        }
      }
      previous = good;
    };
    for (let index = 0; index < count; index += 1) {
      const question = anyQuestion(chance);
      const before = wire.clock.monotonicMs();
      const answer = await wire.read({ ...question, timeoutMs: 50 });
      const label = `${name}, seed ${seed}, request ${index}, mutation ${mutation}`;
      tally.take(question, tick, answer, label);
      // Its own time-out, its reply's time on the wire, and the moments of grace.
      expect(wire.clock.monotonicMs() - before, label).toBeLessThan(50 + 23 + 130);
      if (!wire.port.isOpen) throw new Error("the port closed");
      await wire.clock.advance(chance.below(20));
    }
    expect(tally.good).toBeGreaterThan(count / 10);
    expect([...tally.errors.keys()]).toEqual(expect.arrayContaining(["timeout", "badReply"]));
    for (const code of functionCodes) expect([1, 2, 3, 4]).toContain(code);
  }, 3_600_000);
});

const realCount = Math.min(count, 150);

describe("hostile frames over real wires", () => {
  it(`TCP: never a wrong value (${realCount} requests, seed ${seed})`, async () => {
    await using device = await ModbusTcpDevice.start();
    await using line = tcpLineTo(device.port);
    await hostile(device, line, true);
  });
  it(`RTU: never a wrong value (${realCount} requests, seed ${seed})`, async () => {
    await using device = new ModbusRtuDevice();
    await using line = rtuLineTo(device.path);
    await hostile(device, line, false);
  });
});

async function hostile(
  device: ModbusTcpDevice | ModbusRtuDevice,
  line: ReturnType<typeof tcpLineTo>,
  isTcp: boolean,
): Promise<void> {
  const chance = chanceOf(randomFrom(seed + 1));
  const tally = new Tally();
  let previous: Buffer = Buffer.from([9, 9, 9]);
  device.behave = ({ request, tick, send }: Pick<TcpStage, "request" | "tick" | "send">) => {
    const right = replyBytes(request, (address) => wordOf(request, address, tick));
    const frame = (bytes: readonly number[]): Buffer =>
      isTcp ? tcpFrame(request.transactionId, ...bytes) : rtuFrame(...bytes);
    const good = frame(right);
    const make = mutations[chance.below(mutations.length + 10)] ?? (() => now(good));
    for (const piece of make(
      { good, previous: oldFor(good, previous, isTcp), request, right, isTcp, frame },
      chance,
    )) {
      if (piece.ms === 0) send(piece.bytes);
      else send(piece.bytes, piece.ms);
    }
    previous = good;
  };
  for (let index = 0; index < realCount; index += 1) {
    const question = anyQuestion(chance);
    const answer = await ask(line, { ...question, timeoutMs: 50 });
    tally.take(question, device.requests.length - 1, answer, `request ${index}`);
    if (!answer.ok && answer.error.kind === "lineDown") {
      await new Promise((resolve) => setTimeout(resolve, 260));
    }
  }
  expect(tally.good).toBeGreaterThan(realCount / 10);
  for (const code of device.functionCodes) expect([1, 2, 3, 4]).toContain(code);
}
