/**
 * The best that can be had of one RS-485 line, by arithmetic alone. Pure.
 *
 * A read of N registers takes t(N) = (13 + 2N) c + 2g: 8 bytes of request and 5 + 2N bytes of reply at c ms each, and a
 * silence of g ms (3.5 characters) that ends either. Whoever reads L living units once each needs L t.
 *
 * A dead unit takes the line for its time-out T whenever it is asked. Asking each dead one in every round (the naive
 * loop) makes every living unit wait for L t + D (T + what the request takes). To find out whether a dead one is back,
 * one must be asked now and then; asking one of them per round is the least that can be done in every round, so a
 * living unit waits for L t + T at worst, whatever D is. Where the wanted period P leaves room for that (P - L t >= T),
 * the probe costs nobody anything, and the wait is P itself.
 */

export interface LineShape {
  readonly baud: number;
  readonly units: number;
  readonly dead: number;
  readonly registers: number;
  readonly timeoutMs: number;
  /** Wanted time between two reads of one unit; 0: as fast as the line can. */
  readonly everyMs: number;
}

const requestBytes = 8;
const bitsPerCharacter = 10;

function characterMs(baud: number): number {
  return (bitsPerCharacter * 1000) / baud;
}

function silenceMs(baud: number): number {
  return baud > 19_200 ? 1.75 : 3.5 * characterMs(baud);
}

/** t(N): one read and the silences around it, in ms. */
export function readMs(baud: number, registers: number): number {
  return (13 + 2 * registers) * characterMs(baud) + 2 * silenceMs(baud);
}

/** A request that nobody answers: it takes its own time on the wire, then the time-out. */
export function probeMs({ baud, timeoutMs }: LineShape): number {
  return requestBytes * characterMs(baud) + silenceMs(baud) + timeoutMs;
}

/** Least worst time between two reads of a living unit, with one probe in every round while a unit is dead. */
export function bestWorstMs(line: LineShape): number {
  const roundMs = (line.units - line.dead) * readMs(line.baud, line.registers);
  const wholeMs = roundMs + (line.dead > 0 ? probeMs(line) : 0);
  return Math.max(line.everyMs, wholeMs);
}

/** What a loop costs that asks everybody in turn. */
export function naiveWorstMs(line: LineShape): number {
  const roundMs = (line.units - line.dead) * readMs(line.baud, line.registers);
  return Math.max(line.everyMs, roundMs + line.dead * probeMs(line));
}
