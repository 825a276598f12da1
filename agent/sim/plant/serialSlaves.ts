/**
 * RTU slaves on one serial line. A slave thinks about one question at a time and keeps silent to others
 * meanwhile; it answers when it is ready, whoever may be speaking: that is what makes late replies dangerous.
 */

import type { Clock } from "../../../config/words/time.ts";
import { openFrame, sealFrame } from "./rtuFrame.ts";
import { SerialWire } from "./serialWire.ts";
import { isWriteRequest, respond, type Station } from "./wireFaults.ts";
import { createWireStats, type LineStats } from "./wireStats.ts";

export interface SerialSlaves extends Disposable {
  /** A symlink to the port. Stays the same when the line goes down and comes back. */
  readonly path: string;
  readonly baud: number;
  stats(): LineStats;
  resetStats(): void;
  /** Takes the port away, as pulling the converter does. Harmless when down. */
  goDown(): void;
  /** Brings it back under the same path. Harmless when up. */
  comeUp(): void;
  /** Puts stray bytes on the wire. */
  disturb(bytes: Uint8Array): void;
}

export interface SerialSlavesOptions {
  readonly stations: readonly Station[];
  readonly clock: Clock;
  readonly baud: number;
  /** Where the stable symlink to the port is made. */
  readonly link: string;
  /** Chance of each byte, either way, to be hit; asked for every frame. Default: none. */
  readonly errorRate?: () => number;
  /** Source of the hits, 0 <= x < 1. */
  readonly random: () => number;
}

/** @throws when no pseudo-terminal can be had or the link cannot be made. */
export function startSerialSlaves(options: SerialSlavesOptions): SerialSlaves {
  const { clock, baud, link, random } = options;
  const stats = createWireStats(clock);
  const stations = new Map(options.stations.map((station) => [station.unit, station]));
  const thinking = new Set<number>();
  const damage = (bytes: Buffer): Buffer =>
    interfere(bytes, { rate: options.errorRate?.() ?? 0, random });
  const wire = new SerialWire({ clock, baud, link, stats, onFrame });
  wire.comeUp();

  return {
    path: link,
    baud,
    stats: stats.read,
    resetStats: stats.reset,
    goDown() {
      wire.goDown();
      thinking.clear();
    },
    comeUp: () => wire.comeUp(),
    disturb: (bytes) => wire.transmit(Buffer.from(bytes)),
    [Symbol.dispose]: () => wire.goDown(),
  };

  function onFrame(bytes: Buffer): void {
    const frame = openFrame(damage(bytes));
    if (frame === null) {
      stats.add("badFrames");
      return;
    }
    if (isWriteRequest(frame.pdu)) stats.add("writeAttempts");
    const station = stations.get(frame.unit);
    if (station === undefined || thinking.has(frame.unit)) return;
    const reply = respond(station, frame.pdu);
    if (reply === null) return;
    thinking.add(frame.unit);
    wire.later(reply.delayMs, () => {
      thinking.delete(frame.unit);
      if (reply.answer.values > 0) stats.answered(frame.unit, reply.answer.values);
      wire.transmit(damage(sealFrame(frame.unit, reply.answer.pdu)));
    });
  }
}

/** What a disturbed wire makes of the bytes: flipped bits, and now and then a stray byte in front. */
function interfere(
  bytes: Buffer,
  { rate, random }: { readonly rate: number; readonly random: () => number },
): Buffer {
  if (rate === 0) return bytes;
  const damaged = Buffer.from(bytes);
  for (let i = 0; i < damaged.length; i += 1) {
    if (random() < rate) damaged[i] = (damaged[i] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  if (random() >= rate * bytes.length) return damaged;
  return Buffer.concat([Buffer.from([Math.floor(random() * 256)]), damaged]);
}
