/** What a hostile far end makes of one reply. Each mutation is one that the protocol, or a stated rule, can tell. */

import { crcOf, type SeenRequest } from "../../fakes/modbusFrames.ts";
import type { Chance } from "./chance.ts";

/** Bytes that come together. */
export interface Part {
  readonly bytes: Buffer;
  /** After the part before it. */
  readonly gapMs: number;
}

/** Parts that belong together: over TCP nothing comes in between. */
export interface Emission {
  /** After the request. */
  readonly atMs: number;
  readonly parts: readonly Part[];
  /** It ends in the middle of a frame: the next bytes of a stream would fill that. */
  readonly isTorn?: true;
}

export interface Scene {
  readonly isTcp: boolean;
  readonly request: SeenRequest;
  readonly requestBytes: Buffer;
  /** Unit, function, byte count and data. */
  readonly right: readonly number[];
  readonly good: Buffer;
  /** A reply of this far end to an earlier question; never one that a rule could not tell from the right one. */
  readonly previous: Buffer;
  readonly timeoutMs: number;
  /** Latest begin of a reply that is promised, ms after its request. */
  readonly lateMsMax: number;
  /** The frame of a reply to this request on this transport. */
  frame(bytes: readonly number[]): Buffer;
  /** What another master asks, and what it is answered, as frames on the same two wires. */
  otherMaster(): { readonly asks: Buffer; readonly isAnswered: Buffer };
}

export type Mutation = (scene: Scene, chance: Chance) => readonly Emission[];

const turnaroundMs = 1;

function at(atMs: number, ...bytes: readonly Buffer[]): Emission {
  return { atMs, parts: bytes.map((one) => ({ bytes: one, gapMs: 0 })) };
}
const now = (...frames: readonly Buffer[]): readonly Emission[] =>
  frames.map((frame) => at(turnaroundMs, frame));
const torn = (bytes: Buffer): Emission => ({ ...at(turnaroundMs, bytes), isTorn: true });

/**
 * Flipped bits: up to three, which the CRC always tells; over TCP in the head behind the id, because data carry no check,
 * and an id that becomes another question's is that.
 */
function flipped({ good, isTcp }: Scene, chance: Chance): Buffer {
  const bad = Buffer.from(good);
  const bits = new Set<number>();
  const count = 1 + chance.below(3);
  while (bits.size < count) {
    bits.add(isTcp ? 16 + chance.below(7 * 8) : chance.below(bad.length * 8));
  }
  for (const bit of bits) bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bad;
}

/** Where a frame is cut. What a whole frame would exactly fill, in the same segment, is beyond the protocol. */
function cutOf({ good, previous }: Scene, chance: Chance): number {
  const cut = chance.below(good.length);
  return good.length - cut === previous.length ? Math.max(0, cut - 1) : cut;
}

/** Until it has no good CRC by chance: one in 65,536 would, and nobody could tell. */
function withoutLuck(good: Buffer, make: () => Buffer): Buffer {
  for (;;) {
    const bytes = make();
    const first = bytes.subarray(0, good.length);
    if (first.length < good.length || first.equals(good)) return bytes;
    if (crcOf(first.subarray(0, -2)) !== first.readUInt16LE(first.length - 2)) return bytes;
  }
}

function splitAnywhere(bytes: Buffer, chance: Chance, gapMsMax: number): Emission {
  const cut = 1 + chance.below(bytes.length - 1);
  return {
    atMs: turnaroundMs,
    parts: [
      { bytes: bytes.subarray(0, cut), gapMs: 0 },
      { bytes: bytes.subarray(cut), gapMs: chance.random() * gapMsMax },
    ],
  };
}

function byteByByte(bytes: Buffer, gapMs: number): Emission {
  return {
    atMs: turnaroundMs,
    parts: Array.from(bytes, (byte) => ({ bytes: Buffer.of(byte), gapMs })),
  };
}

const onBoth: Readonly<Record<string, Mutation>> = {
  silence: () => [],
  "flipped bits": (scene, chance) => [torn(flipped(scene, chance))],
  "flipped bits, then right": (scene, chance) => [
    torn(flipped(scene, chance)),
    at(turnaroundMs, scene.good),
  ],
  "cut short": (scene, chance) => [torn(scene.good.subarray(0, cutOf(scene, chance)))],
  "cut short, another frame in the gap": (scene, chance) => {
    const { good, previous } = scene;
    const cut = (): Buffer => good.subarray(0, cutOf(scene, chance));
    return [torn(withoutLuck(good, () => joined(cut(), previous)))];
  },
  twice: ({ good }) => now(good, good),
  "twice in one piece": ({ good }) => now(joined(good, good)),
  "an earlier reply": ({ previous }) => now(previous),
  "an earlier reply first": ({ previous, good }) => now(previous, good),
  "two replies in one piece": ({ previous, good }) => now(joined(previous, good)),
  "an earlier reply behind, in one piece": ({ previous, good }) => now(joined(good, previous)),
  garbage: (_, chance) => [torn(chance.bytes(1 + chance.below(600)))],
  "garbage before": ({ good }, chance) => {
    return [torn(chance.bytes(1 + chance.below(40))), at(turnaroundMs, good)];
  },
  "garbage before, in one piece": ({ good }, chance) => [
    torn(joined(chance.bytes(1 + chance.below(40)), good)),
  ],
  "garbage behind, in one piece": ({ good }, chance) => [
    torn(joined(good, chance.bytes(1 + chance.below(40)))),
  ],
  "only zeros or ones": (_, chance) => [
    torn(Buffer.alloc(1 + chance.below(600), chance.of([0x00, 0xff]))),
  ],
  "a byte too many": ({ good }, chance) => {
    const where = chance.below(good.length);
    return [torn(withoutLuck(good, () => inserted(good, where, chance.bytes(1))))];
  },
  "a byte too few": ({ good }, chance) => {
    const where = chance.below(good.length);
    return [torn(joined(good.subarray(0, where), good.subarray(where + 1)))];
  },
  split: ({ good }, chance) => [splitAnywhere(good, chance, 30)],
  "byte by byte": ({ good }, chance) => [byteByByte(good, chance.of([0, 0.1, 0.5]))],
  "within the time-out": ({ good, timeoutMs }, chance) => [at(chance.random() * timeoutMs, good)],
  late: ({ good, lateMsMax }, chance) => [at(chance.random() * lateMsMax, good)],
  "late exception": ({ right, frame, lateMsMax }, chance) => [
    at(chance.random() * lateMsMax, frame([right[0] ?? 0, (right[1] ?? 0) | 0x80, 6])),
  ],
  "another unit": ({ right, frame }, chance) =>
    now(frame([(right[0] ?? 0) ^ (1 + chance.below(255)), ...right.slice(1)])),
  "another unit's exception": ({ right, frame }, chance) =>
    now(frame([(right[0] ?? 0) ^ (1 + chance.below(255)), (right[1] ?? 0) | 0x80, 2])),
  "another function": ({ right, frame }, chance) =>
    now(frame([right[0] ?? 0, (right[1] ?? 0) ^ (1 + chance.below(127)), ...right.slice(2)])),
  "another byte count": ({ right, frame }, chance) => {
    const [unit = 0, functionCode = 0, count = 0, ...data] = right;
    return now(frame([unit, functionCode, count ^ (1 + chance.below(255)), ...data]));
  },
  "too little data": ({ right, frame }, chance) =>
    now(frame(right.slice(0, 1 + chance.below(right.length - 1)))),
  "less data, and it says so": ({ right, frame }, chance) => {
    const [unit = 0, functionCode = 0, ...rest] = right;
    const data = rest.slice(1, 1 + chance.below(rest.length - 1));
    return now(frame([unit, functionCode, data.length, ...data]));
  },
  "too much data": ({ right, frame }, chance) =>
    now(frame([...right, ...chance.bytes(1 + chance.below(3))])),
  "an exception": ({ right, frame }, chance) =>
    now(frame([right[0] ?? 0, (right[1] ?? 0) | 0x80, chance.below(256)])),
  "busy, or silent behind the gateway": ({ right, frame }, chance) =>
    now(frame([right[0] ?? 0, (right[1] ?? 0) | 0x80, chance.of([5, 6, 10, 11])])),
  "an exception, then right": ({ right, frame, good }) =>
    now(frame([right[0] ?? 0, (right[1] ?? 0) | 0x80, 11]), good),
  "a frame of a write": ({ right, frame }, chance) =>
    now(frame([right[0] ?? 0, chance.of([5, 6, 15, 16, 22, 43]), 0, 1, 0, 1])),
};

const onSerial: Readonly<Record<string, Mutation>> = {
  "echo of a two-wire converter": ({ requestBytes, good }) => now(requestBytes, good),
  "echo in one piece with the reply": ({ requestBytes, good }) => now(joined(requestBytes, good)),
  "echo split": ({ requestBytes, good }, chance) => [
    splitAnywhere(requestBytes, chance, 0.5),
    at(2 + chance.below(20), good),
  ],
  "echo alone": ({ requestBytes }) => now(requestBytes),
  "echo damaged": ({ requestBytes, good }, chance) => {
    const bad = Buffer.from(requestBytes);
    const where = chance.below(bad.length);
    bad[where] = (bad[where] ?? 0) ^ (1 << chance.below(8));
    return [at(turnaroundMs, bad), at(3, good)];
  },
  "another master asks, our reply comes": (scene, chance) => {
    const other = scene.otherMaster();
    return [at(turnaroundMs, other.asks), at(2 + chance.random() * 30, scene.good)];
  },
  "another master asks and is answered before us": (scene, chance) => {
    const other = scene.otherMaster();
    const atMs = chance.random() * scene.timeoutMs;
    const answeredMs = atMs + 1 + chance.random() * 20;
    return [
      at(atMs, other.asks),
      at(answeredMs, other.isAnswered),
      at(answeredMs + 3 + chance.random() * 5, scene.good),
    ];
  },
  "another master asks and is answered, we are not": (scene, chance) => {
    const other = scene.otherMaster();
    const atMs = chance.random() * scene.timeoutMs;
    return [at(atMs, other.asks), at(atMs + chance.random() * scene.lateMsMax, other.isAnswered)];
  },
  "another master's exchange in one piece": (scene) => {
    const other = scene.otherMaster();
    return now(joined(other.asks, other.isAnswered), scene.good);
  },
  "a switching glitch": ({ good }, chance) =>
    now(joined(good, Buffer.alloc(1 + chance.below(2), chance.of([0x00, 0xff])))),
};

const onTcp: Readonly<Record<string, Mutation>> = {
  "another transaction id": ({ good, request }, chance) => {
    const bad = Buffer.from(good);
    bad.writeUInt16BE((request.transactionId + 100 + chance.below(65_000)) & 0xffff, 0);
    return now(bad);
  },
  "transaction id turned round": ({ good, request }) => {
    const { transactionId: id } = request;
    const turned = ((id & 0xff) << 8) | (id >> 8);
    const bad = Buffer.from(good);
    bad.writeUInt16BE(turned === id ? id ^ 0x8000 : turned, 0);
    return now(bad);
  },
  "a protocol id that is none": ({ good }, chance) => {
    const bad = Buffer.from(good);
    bad.writeUInt16BE(1 + chance.below(65_535), 2);
    return [torn(bad)];
  },
  "a huge length": ({ good }, chance) => {
    const bad = Buffer.from(good);
    bad.writeUInt16BE(255 + chance.below(65_280), 4);
    return [torn(bad)];
  },
  "a length too small": ({ good }, chance) => {
    const bad = Buffer.from(good);
    bad.writeUInt16BE(chance.below(good.length - 6), 4);
    return [torn(bad)];
  },
  "the request back": ({ requestBytes }) => now(requestBytes),
  "the request back, then right": ({ requestBytes, good }) => now(requestBytes, good),
};

function joined(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}
function inserted(good: Buffer, where: number, more: Buffer): Buffer {
  return joined(good.subarray(0, where), more, good.subarray(where));
}

export const mutationsOf = (isTcp: boolean): Readonly<Record<string, Mutation>> => ({
  ...onBoth,
  ...(isTcp ? onTcp : onSerial),
});

/** Those after which a TCP connection goes on, so that its ids can come round again. */
export const calmKinds: readonly string[] = [
  ...["silence", "twice", "twice in one piece", "an earlier reply", "an earlier reply first"],
  ...["two replies in one piece", "an earlier reply behind, in one piece", "split"],
  ...["within the time-out", "late", "late exception", "another unit", "another unit's exception"],
  ...["another function", "another byte count", "less data, and it says so", "an exception"],
  ...["busy, or silent behind the gateway", "an exception, then right", "a frame of a write"],
  ...["another transaction id", "transaction id turned round", "the request back"],
];

/** Those in which others ask: only on a line that is shared. */
export function isOfOthers(name: string): boolean {
  return name.startsWith("another master");
}

/** Whether these bytes are one Modbus TCP frame by their header. */
export function isWholeFrame(bytes: Buffer): boolean {
  const isHeader = bytes.length > 8 && bytes.readUInt16BE(2) === 0;
  return isHeader && bytes.readUInt16BE(4) === bytes.length - 6;
}
