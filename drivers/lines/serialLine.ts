/** RS-485: a serial port opened by its path, silence kept between frames, reopened when it went away. */

import { SerialPort } from "serialport";
import type { SerialBus } from "../../config/site.ts";
import { fail, ok, type Result } from "../../config/words/result.ts";
import type { Line, ModbusIo } from "../contract.ts";
import { ModbusClient } from "../modbus/client.ts";
import { RtuPort } from "../modbus/rtuPort.ts";
import { Connection, type ConnectionTools, type OpenWire } from "./connection.ts";
import { TurnLine } from "./line.ts";
import { Liveness } from "./liveness.ts";

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
  const serial = serialPortOf(bus);
  // 'error' without listener would end the process; whatever it says, 'close' or a failed write follows.
  let reason = `${bus.port}: the port went away`;
  serial.on("error", (error) => {
    reason = `${bus.port}: ${error.message}`;
  });
  const error = await new Promise<Error | null>((resolve) => serial.open(resolve));
  if (error !== null) return fail(wordsFor(error, bus.port));
  let isClosing = false;
  let isGone = false;
  serial.on("close", () => {
    isGone = true;
    if (!isClosing) lost(reason);
  });
  serial.on("data", (chunk: Buffer) => {
    if (!isClosing) port.receive(chunk);
  });
  port.attach({
    write: (bytes, done) => void serial.write(bytes, done),
    flush: (done) => serial.flush(done),
  });
  // A question of this program's former life may still be answered: see lateReplies.ts.
  await tools.clock.sleep(bus.timeout, signal);
  if (isGone) {
    port.detach(reason);
    return fail(reason);
  }
  return ok({
    close(why) {
      isClosing = true;
      port.detach(why);
      return new Promise((resolve) => serial.close(() => resolve()));
    },
  });
}

/** The library changes the options it is given: it gets its own. Its lock keeps others off the port. */
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

function wordsFor(error: Error, path: string): string {
  const text = error.message;
  if (/No such (file|device)/i.test(text)) {
    return `${path}: no such port; is the adapter plugged in?`;
  }
  if (/Permission denied|Access denied/i.test(text)) {
    return `${path}: permission denied; add the user to the group dialout`;
  }
  if (/lock|temporarily unavailable|busy/i.test(text)) {
    return `${path}: in use by another program`;
  }
  return `${path}: ${text}`;
}
