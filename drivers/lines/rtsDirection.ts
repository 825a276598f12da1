/**
 * Half duplex by the RTS line, for adapters that do not switch their RS-485 driver by themselves: RTS goes on before a
 * request and off once its last bit has left, so that the unit can answer.
 *
 * This runs beside everything else that the box does: RTS can go off some milliseconds late, and a unit that answers
 * sooner loses the beginning of its reply (which is then damaged, never misread). A unit must wait 3.5 characters:
 * 3.6 ms at 9600 baud, but 1.75 ms from 38400 on. Hence the advice in the manual: an adapter that switches by itself,
 * or a driver that does.
 */

import type { SerialBus } from "../../config/site.ts";
import type { Clock } from "../../config/words/time.ts";
import type { SerialHandle } from "../modbus/rtuPort.ts";
import { charMs } from "../modbus/wireTime.ts";

type Done = (error: Error | null | undefined) => void;

/** What is needed of the serial library's port. */
export interface RtsPort extends SerialHandle {
  set(flags: { readonly rts: boolean }, done: Done): void;
  /** Calls back when the system has handed all bytes to the hardware. */
  drain(done: Done): void;
}

/** RTS at rest: the driver is off, and others can talk. */
export function releaseRts(port: RtsPort, bus: SerialBus, done: Done): void {
  port.set({ rts: bus.rs485.invert }, done);
}

export function rtsDriven(port: RtsPort, bus: SerialBus, clock: Clock): SerialHandle {
  const { before, after, invert } = bus.rs485;
  const later = (ms: number, next: () => void): void => {
    if (ms > 0) clock.timer(ms, next);
    else next();
  };
  return {
    leadMs: before,
    flush: (done) => port.flush(done),
    write(bytes, done) {
      const orFail =
        (next: () => void): Done =>
        (error) => {
          if (error) done(error);
          else next();
        };
      const release = (): void => releaseRts(port, bus, done);
      const send = (): void => {
        const goneMs = clock.monotonicMs() + bytes.length * charMs(bus);
        // USB adapters call a byte gone when it lies in their own memory: the wire's time is waited for, too.
        const awaitGone = (): void => {
          const leftMs = goneMs - clock.monotonicMs();
          later(leftMs >= 1 ? Math.floor(leftMs) : leftMs, () => {
            if (clock.monotonicMs() < goneMs) awaitGone();
            else later(after, release);
          });
        };
        port.write(
          bytes,
          orFail(() => port.drain(orFail(awaitGone))),
        );
      };
      port.set(
        { rts: !invert },
        orFail(() => later(before, send)),
      );
    },
  };
}
