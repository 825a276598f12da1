/** RS-485: a serial port opened by its path, for us alone, silence kept between frames, reopened when it went away. */

import { realpathSync } from "node:fs";
import { SerialPort } from "serialport";
import type { SerialBus } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../contract.ts";
import { ModbusClient } from "../modbus/client.ts";
import { RtuPort, type SerialHandle } from "../modbus/rtuPort.ts";
import { Connection, type ConnectionTools, type OpenWire } from "./connection.ts";
import { TurnLine } from "./line.ts";
import { Liveness } from "./liveness.ts";
import { takeLockFile } from "./lockFile.ts";
import { lockHolderOf, openerOf } from "./portHolder.ts";
import { inUseWords, openErrorWords } from "./portWords.ts";
import { type RtsPort, releaseRts, rtsDriven } from "./rtsDirection.ts";

/** No I/O until the first turn. */
export function openSerialLine(options: {
  readonly bus: SerialBus;
  readonly tools: ConnectionTools;
}): Line<ModbusIo> {
  const { bus, tools } = options;
  const liveness = new Liveness();
  const port = new RtuPort({
    clock: tools.clock,
    format: bus,
    events: {
      answered() {
        liveness.answered();
        connection.proved();
      },
      silent(unit) {
        if (liveness.silent(unit)) connection.lost(`${bus.port}: no unit on this line answers`);
      },
      broken: (reason) => connection.lost(`${bus.port}: ${reason}`),
    },
  });
  const lost = (reason: string): void => connection.lost(reason);
  const connection: Connection = new Connection(
    (signal) => openPort({ bus, port, tools, signal, lost }),
    tools,
  );
  return new TurnLine(
    {
      io: new ModbusClient(port),
      ready: (signal) => connection.ready(signal),
      close: () => connection.close(),
    },
    tools.clock,
  );
}

interface Opening {
  readonly bus: SerialBus;
  readonly port: RtuPort;
  readonly tools: ConnectionTools;
  readonly signal: AbortSignal;
  readonly lost: (reason: string) => void;
}

async function openPort(options: Opening): Promise<Result<OpenWire, string>> {
  const { bus, port, tools, signal, lost } = options;
  const opened = await openAlone(bus);
  if (!opened.ok) return opened;
  const { serial, handle, device, release } = opened.value;
  // Whatever an 'error' says, 'close' or a failed write follows.
  let reason = `${bus.port}: the port went away`;
  serial.on("error", (error) => {
    reason = `${bus.port}: ${error.message}`;
  });
  let isClosing = false;
  let isGone = false;
  serial.on("close", () => {
    isGone = true;
    if (!isClosing) lost(reason);
  });
  serial.on("data", (chunk: Buffer) => {
    if (!isClosing) port.receive(chunk);
  });
  port.attach(bus.rs485.mode === "rts" ? rtsDriven(handle, bus, tools.clock) : handle);
  const close = async (why: string): Promise<void> => {
    isClosing = true;
    port.detach(why);
    await called((done) => serial.close(done));
    release();
  };
  // A question of this program's former life may still be answered: see lateReplies.ts. Nothing is sent meanwhile.
  const listened = tools.clock.sleep(bus.timeout, signal);
  const opener = await openerOf(device);
  if (opener === null) await listened;
  if (opener === null && !isGone) return ok({ close });
  if (opener !== null) reason = inUseWords(bus.port, opener);
  await close(reason);
  return fail(reason);
}

interface Handle extends RtsPort {
  /** A USB adapter of the kind that collects bytes for up to 16 ms (FTDI). */
  readonly hasLatencyTimer: boolean;
}

interface Alone {
  readonly serial: SerialPort;
  readonly handle: Handle;
  /** What the port's name stands for now: /dev/ttyUSB0. */
  readonly device: string;
  /** Lets others have the port again. */
  release(): void;
}

/**
 * Nobody else may have the port: looked at first, because the library sets baud rate and parity before it asks for its
 * lock, and would disturb whoever has it.
 */
async function openAlone(bus: SerialBus): Promise<Result<Alone, string>> {
  const device = deviceOf(bus.port);
  const holder = lockHolderOf(device);
  if (holder !== null) return fail(inUseWords(bus.port, holder));
  const release = takeLockFile(device);
  const serial = serialPortOf(bus);
  // Without a listener it would end the process.
  serial.on("error", () => {});
  const handle = handleOf(serial, /\/ttyUSB\d+$/.test(device));
  const error =
    (await called((done) => serial.open(done))) ??
    (await called((done) => atRest(handle, bus, done)));
  if (!error) return ok({ serial, handle, device, release });
  if (serial.isOpen) {
    await called((done) => serial.close(done));
    release();
    return fail(
      `${bus.port}: RTS cannot be switched on this port (${error.message}): not \`rs485.mode: rts\``,
    );
  }
  release();
  const winner = lockHolderOf(device);
  return fail(winner === null ? openErrorWords(error, bus.port) : inUseWords(bus.port, winner));
}

function deviceOf(port: string): string {
  try {
    return realpathSync(port);
  } catch {
    return port;
  }
}

type Done = Parameters<SerialHandle["flush"]>[0];

function called(call: (done: Done) => void): Promise<Error | null | undefined> {
  return new Promise((resolve) => call(resolve));
}

/** As the line must be while nobody asks. */
function atRest(handle: Handle, bus: SerialBus, done: Done): void {
  if (bus.rs485.mode === "rts") releaseRts(handle, bus, done);
  // An adapter that hands over its bytes each millisecond and not each 16: some refuse, no harm. RTS and DTR are on
  // already, from opening. Other ports are left alone: a kernel's RS-485 driver may own their RTS.
  else if (handle.hasLatencyTimer) handle.set({ rts: true }, () => done(null));
  else done(null);
}

/** The library changes the options it is given: it gets its own. Its lock (flock) keeps others off the port. */
function serialPortOf(bus: SerialBus): SerialPort {
  return new SerialPort({
    path: bus.port,
    baudRate: bus.baud,
    dataBits: bus.dataBits,
    parity: bus.parity,
    stopBits: bus.stopBits,
    autoOpen: false,
    lock: true,
  });
}

/** The library sets every flag at each call: what is left out falls back to its default. */
function handleOf(serial: SerialPort, hasLatencyTimer: boolean): Handle {
  return {
    hasLatencyTimer,
    write: (bytes, done) => void serial.write(bytes, done),
    flush: (done) => serial.flush(done),
    drain: (done) => serial.drain(done),
    set({ rts }, done) {
      // The port's own type knows nothing of Linux's flag.
      const flags = { rts, dtr: true, lowLatency: hasLatencyTimer };
      serial.set(flags, done);
    },
  };
}
