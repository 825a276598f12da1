/**
 * A plant for benchmarks: many TCP ports, units and float registers, served at little cost.
 * Registers are holding registers, two for each float, ABCD; every value tells on itself (telltale.ts);
 * one answer is of one tick.
 */

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../../../config/words/time.ts";
import { replyFrame, splitFrames } from "./mbap.ts";
import { refusal } from "./pdu.ts";
import { identityOf, telltale } from "./telltale.ts";

export interface LoadPlantSize {
  readonly ports: number;
  /** Units 1..n on each port, at most 247. */
  readonly unitsPerPort: number;
  /** At most 32768. */
  readonly floatsPerUnit: number;
  /** Length of a tick, ms; default 100: the ticks come round after 13 min. */
  readonly tickMs?: number;
}

export interface LoadPlantStatus {
  readonly ports: readonly number[];
  /** Answered reads since the last reset. */
  readonly requests: number;
  /** Floats handed over since the last reset. */
  readonly floats: number;
  readonly refused: number;
  readonly badFrames: number;
  readonly writeAttempts: number;
  readonly connections: number;
  readonly sinceResetMs: number;
  /** Longest time between two reads of one unit, ms, and which one; null before any second read. */
  readonly worstGap: { readonly port: number; readonly unit: number; readonly ms: number } | null;
  /** The same for every unit, port by port. */
  readonly worstGapMs: readonly number[];
}

export interface LoadPlant extends AsyncDisposable {
  readonly size: Required<LoadPlantSize>;
  readonly ports: readonly number[];
  status(): LoadPlantStatus;
  /** Counts and gaps begin anew; write attempts stay. */
  reset(): void;
  /** The tick told by a value that is read now. */
  tick(): number;
}

const replyHeadBytes = 9;
const requestBytes = 12;
const registersMax = 125;
const readHolding = 3;
const host = "127.0.0.1";

interface Counts {
  requests: number;
  floats: number;
  refused: number;
  badFrames: number;
  writeAttempts: number;
}

/** @throws when a port cannot be had. */
export async function startLoadPlant(
  options: LoadPlantSize & {
    readonly clock: Clock;
    /** Told of every answered read: the unit's place among all, the first register, the moment. */
    readonly onRead?: (unitIndex: number, address: number, nowMs: number) => void;
  },
): Promise<LoadPlant> {
  const { clock, ports: portCount, unitsPerPort, floatsPerUnit, tickMs = 100 } = options;
  const size = { ports: portCount, unitsPerPort, floatsPerUnit, tickMs };
  const counts: Counts = { requests: 0, floats: 0, refused: 0, badFrames: 0, writeAttempts: 0 };
  const units = portCount * unitsPerPort;
  const lastMs = new Float64Array(units).fill(Number.NaN);
  const worstMs = new Float64Array(units);
  const identities = Uint16Array.from({ length: units * floatsPerUnit }, (_, i) => identityOf(i));
  const sockets = new Set<Socket>();
  const startedMs = clock.monotonicMs();
  let resetMs: number = startedMs;
  const tick = (): number => Math.floor((clock.monotonicMs() - startedMs) / tickMs);

  const noteRead = (unitIndex: number, address: number, count: number): void => {
    const now = clock.monotonicMs();
    options.onRead?.(unitIndex, address, now);
    const gap = now - (lastMs[unitIndex] ?? Number.NaN);
    if (gap > (worstMs[unitIndex] ?? 0)) worstMs[unitIndex] = gap;
    lastMs[unitIndex] = now;
    counts.requests += 1;
    counts.floats += count >> 1;
  };
  const serving: Serving = { size, counts, identities, tick, noteRead };

  await using cleanup = new AsyncDisposableStack();
  const ports: number[] = [];
  for (let port = 0; port < portCount; port += 1) {
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      serve(socket, serving, port);
    });
    ports.push(await listen(server));
    cleanup.defer(() => void server.close());
  }
  cleanup.defer(() => {
    for (const socket of sockets) socket.destroy();
  });
  const owned = cleanup.move();

  return {
    size,
    ports,
    tick,
    status() {
      const worst = worstMs.reduce((best, ms, i) => (ms > (worstMs[best] ?? 0) ? i : best), 0);
      const ms = worstMs[worst] ?? 0;
      const port = ports[Math.floor(worst / unitsPerPort)] ?? 0;
      return {
        ports,
        ...counts,
        connections: sockets.size,
        sinceResetMs: clock.monotonicMs() - resetMs,
        worstGap: ms > 0 ? { port, unit: (worst % unitsPerPort) + 1, ms } : null,
        worstGapMs: [...worstMs],
      };
    },
    reset() {
      resetMs = clock.monotonicMs();
      counts.requests = 0;
      counts.floats = 0;
      counts.refused = 0;
      counts.badFrames = 0;
      // Gaps are judged from the reset on, even of a unit that is never asked again.
      lastMs.fill(Number.NaN);
      worstMs.fill(0);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function listen(server: Server): Promise<number> {
  server.listen({ host, port: 0 });
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Serving {
  readonly size: Required<LoadPlantSize>;
  readonly counts: Counts;
  /** Of every float, unit by unit. */
  readonly identities: Uint16Array;
  readonly tick: () => number;
  readonly noteRead: (unitIndex: number, address: number, count: number) => void;
}

function serve(socket: Socket, serving: Serving, port: number): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (bytes: Buffer) => {
    const split = splitFrames(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
    if (split === null) {
      serving.counts.badFrames += 1;
      socket.destroy();
      return;
    }
    rest = split.rest;
    if (split.frames.length === 0) return;
    socket.write(Buffer.concat(split.frames.map((frame) => reply(frame, serving, port))));
  });
}

function reply(frame: Buffer, serving: Serving, port: number): Buffer {
  const unit = frame[6] ?? 0;
  const address = frame.length === requestBytes ? frame.readUInt16BE(8) : 0;
  const count = frame.length === requestBytes ? frame.readUInt16BE(10) : 0;
  const code = refusalCode(frame, { unit, address, count, serving });
  if (code !== 0) {
    serving.counts.refused += 1;
    const refused = refusal(frame[7] ?? 0, code);
    if (refused.isWrite) serving.counts.writeAttempts += 1;
    return replyFrame(frame, refused.pdu);
  }
  const unitIndex = port * serving.size.unitsPerPort + unit - 1;
  serving.noteRead(unitIndex, address, count);
  const bytes = Buffer.allocUnsafe(replyHeadBytes + 2 * count);
  frame.copy(bytes, 0, 0, 8);
  bytes.writeUInt16BE(3 + 2 * count, 4);
  bytes[8] = 2 * count;
  fill(bytes, { serving, unitIndex, address, count });
  return bytes;
}

function refusalCode(
  frame: Buffer,
  asked: {
    readonly unit: number;
    readonly address: number;
    readonly count: number;
    readonly serving: Serving;
  },
): number {
  const { unitsPerPort, floatsPerUnit } = asked.serving.size;
  if (frame[7] !== readHolding) return 1;
  if (asked.unit < 1 || asked.unit > unitsPerPort) return 0x0b;
  if (asked.count < 1 || asked.count > registersMax) return 3;
  return asked.address + asked.count > 2 * floatsPerUnit ? 2 : 0;
}

/** Writes the floats straight into the reply; a request that begins or ends amid a float takes the slow way. */
function fill(
  reply: Buffer,
  asked: {
    readonly serving: Serving;
    readonly unitIndex: number;
    readonly address: number;
    readonly count: number;
  },
): void {
  const { serving, address, count } = asked;
  const tick = serving.tick();
  const firstFloat = address >> 1;
  const floats = ((address + count - 1) >> 1) - firstFloat + 1;
  const base = asked.unitIndex * serving.size.floatsPerUnit + firstFloat;
  const isWhole = (address & 1) === 0 && (count & 1) === 0;
  const target = isWhole ? reply : Buffer.allocUnsafe(4 * floats);
  const from = isWhole ? replyHeadBytes : 0;
  for (let i = 0; i < floats; i += 1) {
    target.writeFloatBE(telltale(serving.identities[base + i] ?? 0, tick), from + 4 * i);
  }
  if (!isWhole) target.copy(reply, replyHeadBytes, 2 * (address & 1), 2 * ((address & 1) + count));
}
