/** Both Modbus ports on a wire of memory and a clock that stands still: thousands of frames a second. */

import type { Result } from "../../config/words/result.ts";
import { type Clock, type MonotonicMs, monotonicMs } from "../../config/words/time.ts";
import type { ModbusIo } from "../../drivers/contract.ts";
import type { DriverError } from "../../drivers/errors.ts";
import { ModbusClient } from "../../drivers/modbus/client.ts";
import { RtuPort, type SerialHandle } from "../../drivers/modbus/rtuPort.ts";
import { TcpPort } from "../../drivers/modbus/tcpPort.ts";
import { FakeClock } from "./fakeClock.ts";

/** A machine that can stand still: time goes on, and the timers ring only later. */
export class StallingClock extends FakeClock {
  #stalledMs = 0;

  stall(ms: number): void {
    this.#stalledMs += ms;
  }

  override monotonicMs(): MonotonicMs {
    return monotonicMs(super.monotonicMs() + this.#stalledMs);
  }
}

type Request = Omit<Parameters<ModbusIo["read"]>[0], "signal">;

/** What the far end does with the bytes of a request: it may call `receive` now or later. */
export type FarEnd = (bytes: Buffer) => void;

export interface MemoryWire {
  readonly clock: StallingClock;
  readonly client: ModbusIo;
  readonly port: TcpPort | RtuPort;
  /** What the port told its line. */
  readonly told: string[];
  readonly sent: Buffer[];
  farEnd: FarEnd;
  /** Connections given up so far: what was sent on an old one never arrives on a new one. */
  readonly generation: number;
  receive(bytes: Uint8Array): void;
  /** Asks, and lets time pass until the answer is there. */
  read(request: Request, signal?: AbortSignal): Promise<Result<Buffer, DriverError>>;
}

/** What a device reads through: the TCP port itself, or the library on the serial port. */
export function clientOf({ port }: Parts): ModbusIo {
  return port instanceof TcpPort ? port : new ModbusClient(port);
}

export interface Parts {
  port: TcpPort | RtuPort;
  receive(bytes: Uint8Array): void;
}

function wire(
  make: (tools: { clock: StallingClock; told: string[]; send(bytes: Buffer): void }) => Parts,
): MemoryWire {
  const clock = new StallingClock();
  const told: string[] = [];
  const sent: Buffer[] = [];
  const parts = make({
    clock,
    told,
    send(sentBytes) {
      const bytes = Buffer.from(sentBytes);
      sent.push(bytes);
      self.farEnd(bytes);
    },
  });
  const client = clientOf(parts);
  const self: MemoryWire = {
    clock,
    client,
    port: parts.port,
    told,
    sent,
    farEnd: () => {},
    get generation() {
      return brokenIn(told);
    },
    receive: (bytes) => parts.receive(bytes),
    async read(request, signal = new AbortController().signal) {
      let answer: Result<Buffer, DriverError> | null = null;
      const reading = client.read({ ...request, signal }).then((result) => {
        answer = result;
        return result;
      });
      for (let step = 0; answer === null && step < 10_000; step += 1) await clock.advance(1);
      return reading;
    },
  };
  return self;
}

/** A long run is told much: only what is new is counted again. */
const counts = new WeakMap<readonly string[], { seen: number; broken: number }>();
function brokenIn(told: readonly string[]): number {
  const count = counts.get(told) ?? { seen: 0, broken: 0 };
  counts.set(told, count);
  for (; count.seen < told.length; count.seen += 1) {
    if (told[count.seen]?.startsWith("broken")) count.broken += 1;
  }
  return count.broken;
}

export function tcpWire(): MemoryWire {
  return wire(({ clock, told, send }) => {
    return tcpOn({ clock, send, tell: (what) => told.push(what) });
  });
}

/** What a port is built on. */
export interface WireTools {
  readonly clock: Clock;
  send(bytes: Buffer): void;
  /** What the port tells its line: "silent UNIT" or "broken: REASON". */
  tell(what: string): void;
}

/** As the line does it: a connection given up is replaced at once. */
export function tcpOn({ clock, send, tell }: WireTools): Parts {
  const port: TcpPort = new TcpPort(clock, {
    answered: () => {},
    silent: (unit) => tell(`silent ${unit}`),
    broken(reason) {
      tell(`broken: ${reason}`);
      port.detach(reason);
      port.attach({ write: send });
    },
  });
  port.attach({ write: send });
  return { port, receive: (bytes) => port.receive(bytes, bytes.length) };
}

export interface RtuTroubles {
  flushError?: Error;
  writeError?: Error;
  /** Called while the flush is under way; its end comes only with `true`. */
  onFlush?: () => boolean;
  /** What the handle itself waits before it sends. */
  leadMs?: number;
}

export function rtuWire(baud = 9600, troubles: RtuTroubles = {}): MemoryWire {
  return wire(({ clock, told, send }) => {
    const handle: SerialHandle = {
      leadMs: troubles.leadMs ?? 0,
      flush(done) {
        if (troubles.onFlush?.() !== false) queueMicrotask(() => done(troubles.flushError ?? null));
      },
      write(bytes, done) {
        queueMicrotask(() => done(troubles.writeError ?? null));
        if (troubles.writeError === undefined) send(bytes);
      },
    };
    return rtuOn({ clock, tell: (what) => told.push(what), baud, handle });
  });
}

export function rtuOn(options: {
  readonly clock: Clock;
  tell(what: string): void;
  readonly baud: number;
  readonly handle: SerialHandle;
}): Parts {
  const { clock, tell, baud, handle } = options;
  const port = new RtuPort({
    clock,
    format: { baud, dataBits: 8, parity: "none", stopBits: 1 },
    events: {
      answered: () => {},
      silent: (unit) => tell(`silent ${unit}`),
      broken: (reason) => tell(`broken: ${reason}`),
    },
  });
  port.attach(handle);
  return { port, receive: (bytes) => port.receive(bytes) };
}
