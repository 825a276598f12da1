/** A pseudo-terminal as a serial line: the test holds one end, the program opens the other by path. */

import { closeSync, constants, openSync } from "node:fs";
import type { ReadStream } from "node:tty";
import * as nodePty from "@lydell/node-pty";

interface Pty {
  readonly master: ReadStream;
  readonly slave: ReadStream;
  readonly ptsName: string;
}

/** The library's types leave `open` out. */
const { open } = nodePty as unknown as { open(options: { encoding: null }): Pty };

export interface SerialPair extends AsyncDisposable {
  /** What the program opens: /dev/pts/N. */
  readonly path: string;
  onBytes(take: (bytes: Buffer) => void): void;
  write(bytes: Uint8Array): void;
  /** As if the adapter had been pulled out. */
  unplug(): Promise<void>;
}

export function openSerialPair(): SerialPair {
  const pty = open({ encoding: null });
  pty.slave.setRawMode(true);
  // Someone must hold the far end open, so that the program can close and reopen it, and nobody may
  // read from it. (Never call destroy() of the library's object: it signals process -1.)
  const held = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  pty.slave.destroy();
  pty.master.on("error", () => {});
  let isOpen = true;
  const close = (): Promise<void> => {
    if (!isOpen) return Promise.resolve();
    isOpen = false;
    closeSync(held);
    return new Promise((resolve) => {
      pty.master.once("close", () => resolve());
      pty.master.destroy();
    });
  };
  return {
    path: pty.ptsName,
    onBytes: (take) => void pty.master.on("data", take),
    write(bytes) {
      if (isOpen) pty.master.write(bytes);
    },
    unplug: close,
    [Symbol.asyncDispose]: close,
  };
}
