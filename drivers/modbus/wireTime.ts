/** How long bytes take on a serial line, and how long it must be silent between frames (pure). */

import type { SerialBus } from "../../config/site.ts";

export type SerialFormat = Pick<SerialBus, "baud" | "dataBits" | "parity" | "stopBits">;

/** One character with its start, parity and stop bits, in ms. */
export function charMs(format: SerialFormat): number {
  const bits = 1 + format.dataBits + (format.parity === "none" ? 0 : 1) + format.stopBits;
  return (bits * 1000) / format.baud;
}

/**
 * The silence that must precede a request, in ms: 3.5 characters, and 1.75 ms above 19200 baud
 * as the serial line guide fixes it.
 */
export function silenceMs(format: SerialFormat): number {
  return format.baud > 19_200 ? 1.75 : 3.5 * charMs(format);
}

/** What switching the RS-485 driver by RTS adds to a request, in ms. */
export function directionMs({ rs485 }: SerialBus): number {
  return rs485.mode === "rts" ? rs485.before + rs485.after : 0;
}
